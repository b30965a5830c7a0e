"""Bounds of a race's file, and the error of a file that is no race."""

from policies.errors import InputError

MOST_BYTES = 64 * 2**20  #: of a file, and of the texts of a parquet file once they are unpacked
#: thousands of times any known race, and half a gigabyte as Python's objects
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 1_000, 5_000_000
MOST_TEXT = 1_000  #: characters of a cell
MOST_LINE = 4 * 2**20  #: bytes of a line of JSON
MOST_LOSSES = 4_000_000  #: steps times models of a validator's log
MOST_LINES = 20_000  #: rows of a race whose rows build on others: the memory for lineages grows with the square
MOST_BLOCKS = 10**9  #: nearly four centuries; a longer race was stretched by mistake


class RaceError(InputError):
    """A race does not exist, or its file breaks a rule."""


def shown(value: object) -> str:
    """A value as a message quotes it, cut where it is long."""
    text = repr(value[:100] if isinstance(value, str) else value)
    return text if len(text) <= 80 else text[:77] + "..."
