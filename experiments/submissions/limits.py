"""What a race's file may be at most, and the error of one that is not a race."""

from policies.errors import InputError

MOST_BYTES = 64 * 2**20
"""Of a file, and of the texts of a parquet file once they are unpacked."""
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 1_000, 5_000_000
"""Thousands of times any known race, and half a gigabyte as Python's objects."""
MOST_TEXT = 1_000
"""Characters of a cell."""
MOST_LINE = 4 * 2**20
"""Bytes of a line of JSON."""
MOST_LOSSES = 4_000_000
"""Steps times models of a validator's log."""
MOST_LINES = 20_000
"""Rows of a race whose rows build on others: who stands in whose line grows with the square."""
MOST_BLOCKS = 10**9
"""Nearly four centuries; beyond it a clock was stretched by mistake."""


class RaceError(InputError):
    """A race does not exist, or its file breaks a rule."""


def shown(value: object) -> str:
    """A value as a message quotes it, cut where it is long."""
    text = repr(value[:100] if isinstance(value, str) else value)
    return text if len(text) <= 80 else text[:77] + "..."
