"""The unit of a race's losses, from everything that says something about it."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from experiments.submissions.cells import text
from experiments.submissions.columns import plain
from experiments.submissions.errors import RaceError, shown
from experiments.submissions.table import Table
from policies.errors import nearest
from sim.race.race import UNITS

SPELLINGS = {
    "nats": ("nats", "nat", "nats per token", "nats token"),
    "bpb": ("bpb", "bits per byte", "bits byte"),
    "minutes": ("minutes", "minute", "mins", "min"),
}
UNIT_OF = {spelling: unit for unit, spellings in SPELLINGS.items() for spelling in spellings}
IMPLIED = {"bpb": "bpb", "val_bpb": "bpb", "minutes": "minutes"}
"""Names of the loss column that say its unit."""

Statement = tuple[str, str]
"""Who says it, and the unit."""


def unit_of(table: Table, given: str | None) -> str:
    """What the argument, the rows, the comment and the loss column's name agree on; nats if all are silent.

    Raises:
        RaceError: an unknown unit, or mixed units.
    """
    return agreed(table.path, itertools.chain(of_argument(table.path, given), _of_table(table)))


def agreed(path: Path, statements: Iterable[Statement]) -> str:
    """The unit that all statements say, nats where there is none."""
    first: Statement | None = None
    for who, unit in statements:
        if first is not None and first[1] != unit:
            raise RaceError(
                f"{path}: mixed units: {first[0]} says {first[1]!r}, {who} says {unit!r}, but a "
                "race has one unit; correct one of them, or split the file"
            )
        first = first or (who, unit)
    return first[1] if first else "nats"


def of_argument(path: Path, given: str | None) -> Iterator[Statement]:
    """What the caller says."""
    if given is not None:
        yield "the argument unit", _known(given, f"{path}: the argument unit")


def _of_table(table: Table) -> Iterator[Statement]:
    for row in range(len(table) if "unit" in table.columns else 0):
        where = f"{table.place(row)}, column {table.names['unit']!r}"
        yield where, _known(text(table, row, "unit"), f"{table.path}: {where}:")
    if "unit" in table.remarks:
        yield "the comment '# unit:'", _known(table.remarks["unit"], f"{table.path}: the comment '# unit:'")
    column = table.names["loss"]
    if plain(column) in IMPLIED:
        yield f"the column name {column!r}", IMPLIED[plain(column)]


def _known(given: str, where: str) -> str:
    unit = UNIT_OF.get(plain(given.replace("/", " ")).replace("_", " "))
    if unit is None:
        raise RaceError(f"{where} is {shown(given)}, but must be one of {', '.join(UNITS)}; {nearest(given, UNITS)}")
    return unit
