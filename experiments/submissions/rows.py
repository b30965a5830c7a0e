"""A race from the rows of a table: what each cell means, and what rows may stand next to each other."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from experiments.submissions.columns import plain
from experiments.submissions.limits import MOST_BLOCKS, MOST_LINES, RaceError, shown
from experiments.submissions.table import Table
from policies.errors import nearest
from sim.clock import BLOCK_SECONDS, BLOCKS_PER_DAY
from sim.race.race import UNITS, Race

WHOLE = re.compile(r"([+-]?[0-9]{1,16})(\.0*)?")
MOST = 2**53
"""Whole numbers up to here are exact as float64."""
SPELLINGS = {
    "nats": ("nats", "nat", "nats per token", "nats token"),
    "bpb": ("bpb", "bits per byte", "bits byte"),
    "minutes": ("minutes", "minute", "mins", "min"),
}
UNIT_OF = {spelling: unit for unit, spellings in SPELLINGS.items() for spelling in spellings}
IMPLIED = {"bpb": "bpb", "val_bpb": "bpb", "minutes": "minutes"}
"""Names of the loss column that say its unit."""
Statement = tuple[str, str]
"""Where a unit is said, and the unit."""


def race_of(table: Table, days_per_day: float, unit: str | None, name: str) -> Race:
    """The race that a table describes.

    Raises:
        RaceError: the first fault found, by row.
    """
    rows = range(len(table))
    read = [(_moment(table, i), _text(table, i, "miner"), _loss(table, i), _sd(table, i)) for i in rows]
    moments, miners, losses, sds = zip(*read, strict=True)
    unit = agreed_unit(table.path, itertools.chain(unit_of_argument(table.path, unit), _units(table)))
    _check_sorted(table, moments)
    _check_duplicates(table, moments, losses)
    places = _spread(moments) * days_per_day
    check_span(table.path, float(places.max()), days_per_day)
    blocks = _settle(moments, places)
    _check_commitments(table, blocks, days_per_day)
    source = table.remarks.get("source", "")
    return Race(name, unit, blocks, miners, np.array(losses), np.array(sds), _parents(table), source)


def check_span(path: Path, blocks: float, days_per_day: float) -> None:
    """Hold a race to a length in blocks that counts and clocks can carry.

    Raises:
        RaceError: longer than `MOST_BLOCKS`.
    """
    if not blocks <= MOST_BLOCKS:
        raise RaceError(
            f"{path}: lasts {blocks:.3g} blocks at days_per_day {days_per_day:g}, but a race may "
            f"last {MOST_BLOCKS:,}; choose a smaller days_per_day, or check the first row"
        )


def _text(table: Table, row: int, meaning: str) -> str:
    """The text of a cell that must not be empty."""
    given = table.cell(row, meaning)
    if not given:
        raise table.fault(row, meaning, "is empty, but every row needs a value; fill it in or remove the row")
    return given


def _number(table: Table, row: int, meaning: str) -> float:
    """A cell as a float, which may be infinite or NaN."""
    given = _text(table, row, meaning)
    try:
        return float(given.replace("_", "?"))  # Python reads 3_2 as 32, a person reads a slip
    except ValueError:
        rule = "must be a number such as 3.276; correct it or remove the row"
        raise table.fault(row, meaning, f"is {shown(given)}, but {rule}") from None


def _loss(table: Table, row: int) -> float:
    """The loss of a row, finite and positive."""
    value = _number(table, row, "loss")
    if not (math.isfinite(value) and value > 0):
        rule = "must be a finite positive number; correct it or remove the row"
        raise table.fault(row, "loss", f"is {shown(table.cell(row, 'loss'))}, but {rule}")
    return value


def _whole(table: Table, row: int, meaning: str, least: int) -> int:
    """A cell as a whole number from `least` to `MOST`."""
    given = _text(table, row, meaning)
    match = WHOLE.fullmatch(given)
    if match is None or not least <= int(match[1]) <= MOST:
        rule = f"must be a whole number from {least} to {MOST}; correct it or remove the row"
        raise table.fault(row, meaning, f"is {shown(given)}, but {rule}")
    return int(match[1])


def _sd(table: Table, row: int) -> float:
    """The sd of one evaluation's paired loss difference, in the loss's unit; NaN where the row does not say.

    A row that gives `samples` too gives the sd of one sample; the mean over n samples has 1/sqrt(n) of that.
    """
    samples = _whole(table, row, "samples", 1) if table.cell(row, "samples") else 1
    if not table.cell(row, "sd"):
        return math.nan
    value = _number(table, row, "sd")
    if not (math.isfinite(value) and value >= 0):
        rule = "must be a finite number, 0 or more; correct it, or leave it empty where it is not known"
        raise table.fault(row, "sd", f"is {shown(table.cell(row, 'sd'))}, but {rule}")
    return value / math.sqrt(samples)


@dataclass(frozen=True, slots=True)
class Moment:
    """A place on a clock that counts blocks from any start.

    Attributes:
        blocks: blocks since that start; of a date without a time of day, the day's first.
        exact: whether the block is known, not just the day.
    """

    blocks: float
    exact: bool

    def before(self, other: "Moment") -> bool:
        """Whether this is surely earlier: by the day where one of the two knows no more."""
        if self.exact and other.exact:
            return self.blocks < other.blocks
        return self.blocks // BLOCKS_PER_DAY < other.blocks // BLOCKS_PER_DAY


def _moment(table: Table, row: int) -> Moment:
    """The moment of a row, from its time (naive times are UTC) or its block."""
    if "block" in table.names:
        return Moment(float(_whole(table, row, "block", 0)), exact=True)
    given = _text(table, row, "time")
    try:
        return Moment(float(date.fromisoformat(given).toordinal() * BLOCKS_PER_DAY), exact=False)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(given)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        rule = "must be an ISO 8601 date or date-time; write it as 2026-03-18 or 2026-03-18T09:30:00Z"
        raise table.fault(row, "time", f"is {shown(given)}, but {rule}") from None
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    blocks = day.toordinal() * BLOCKS_PER_DAY + (at - day).total_seconds() / BLOCK_SECONDS
    return Moment(blocks, exact=True)


def _spread(moments: Sequence[Moment]) -> np.ndarray:
    """Blocks, float64, the first at 0.

    Of n rows that share a date without a time of day, the k-th (from 0) stands at (k+1)/(n+1) of that day.
    """
    rows = Counter(m.blocks for m in moments if not m.exact)
    seen: Counter[float] = Counter()
    places = []
    for m in moments:
        place = m.blocks
        if not m.exact:
            seen[m.blocks] += 1
            place += BLOCKS_PER_DAY * seen[m.blocks] / (rows[m.blocks] + 1)
        places.append(place)
    return np.array(places, dtype=np.float64) - places[0]


def _settle(moments: Sequence[Moment], places: np.ndarray) -> np.ndarray:
    """Places rounded to whole blocks, int64, non-decreasing.

    Only rows whose blocks are known share one. Two models of one block remove each other in the competitive
    filter, and a guessed time of day must not cause that.
    """
    rounded = np.rint(places).astype(np.int64).tolist()
    blocks = rounded[:1]
    for i in range(1, len(rounded)):
        together = moments[i].exact and moments[i - 1].exact and rounded[i] == rounded[i - 1]
        blocks.append(max(rounded[i], blocks[-1] + (not together)))
    return np.array(blocks, dtype=np.int64)


def _check_sorted(table: Table, moments: Sequence[Moment]) -> None:
    """Check that rows are in the order of their times; ties are allowed."""
    when = _clock(table)
    latest = exact = 0
    for row, moment in enumerate(moments):
        # A bare date between two times of its day would hide that they are out of order.
        for earlier in (latest, exact):
            if moment.before(moments[earlier]):
                above = f"{table.place(earlier)} above it has {shown(table.cell(earlier, when))}"
                rule = f"rows must be sorted by {when}; sort the file"
                raise table.fault(row, when, f"is {shown(table.cell(row, when))}, but {above}, and {rule}")
        latest = row
        exact = row if moment.exact else exact


def _check_duplicates(table: Table, moments: Sequence[Moment], losses: Sequence[float]) -> None:
    """Check that no two rows say the same; rows of different ids do not."""
    seen: dict[object, int] = {}
    for row, moment in enumerate(moments):
        first = seen.setdefault((moment, table.cell(row, "miner"), losses[row], table.cell(row, "id")), row)
        if first != row:
            rule = "duplicate rows (same miner, moment and loss) are not allowed; remove one, or give each an id"
            raise table.fault(
                row, "loss", f"is {shown(table.cell(row, 'loss'))} as in {table.place(first)}, but {rule}"
            )


def _check_commitments(table: Table, blocks: np.ndarray, days_per_day: float) -> None:
    """Check that a miner has one commitment per block."""
    when = _clock(table)
    remedy = "" if days_per_day >= 1 else f", or choose a larger days_per_day than {days_per_day:g}"
    seen: dict[tuple[int, str], int] = {}
    for row, block in enumerate(blocks.tolist()):
        miner = table.cell(row, "miner")
        first = seen.setdefault((block, miner), row)
        if first != row:
            same = f"in the same block as {table.place(first)} by the same miner {shown(miner)}"
            rule = f"a miner has one commitment per block; keep one of them{remedy}"
            raise table.fault(row, when, f"is {shown(table.cell(row, when))}, {same}, but {rule}")


def _clock(table: Table) -> str:
    """The meaning of the column that says when: time or block."""
    return "block" if "block" in table.names else "time"


def _parents(table: Table) -> tuple[tuple[int, ...], ...]:
    """Row indices that each row builds on, in the order they are named, each once.

    Rows are named by the `id` column, or by their number from 1 where there is none. Nothing can build on a
    row whose id is empty.
    """
    rows = _ids(table) if "id" in table.names else {str(row + 1): row for row in range(len(table))}
    found = tuple(_parents_of(table, row, rows) for row in range(len(table)))
    if any(found) and len(table) > MOST_LINES:
        raise RaceError(
            f"{table.path}: has {len(table):,} rows, but a race whose rows build on others may have {MOST_LINES:,}; "
            "leave builds_on out, or keep the rows that matter"
        )
    return found


def _ids(table: Table) -> dict[str, int]:
    rows: dict[str, int] = {}
    for row in range(len(table)):
        name = table.cell(row, "id")
        if len(_split(name)) > 1 or ";" in name:
            rule = "an id must not have spaces or semicolons, which separate ids in builds_on; leave them out"
            raise table.fault(row, "id", f"is {shown(name)}, but {rule}")
        first = rows.setdefault(name, row) if name else row
        if first != row:
            rule = "an id must be unique; change one, or leave it empty"
            raise table.fault(row, "id", f"is {shown(name)}, as in {table.place(first)}, but {rule}")
    return rows


def _parents_of(table: Table, row: int, rows: dict[str, int]) -> tuple[int, ...]:
    found: dict[int, None] = {}
    for name in _split(table.cell(row, "builds_on")):
        if name not in rows:
            close = get_close_matches(name, list(itertools.islice(rows, 10_000)), n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else "leave out what is not in the file"
            raise table.fault(row, "builds_on", f"is {shown(name)}, but must name {_names(table)}; {hint}")
        if rows[name] >= row:
            rule = "a row builds on earlier rows only; leave it out"
            raise table.fault(row, "builds_on", f"is {shown(name)}, {table.place(rows[name])}, but {rule}")
        found[rows[name]] = None
    return tuple(found)


def _split(text: str) -> list[str]:
    return text.replace(";", " ").split()


def _names(table: Table) -> str:
    return "ids of earlier rows" if "id" in table.names else "numbers of earlier rows (no column is an id)"


def agreed_unit(path: Path, statements: Iterable[Statement]) -> str:
    """The unit that all statements say, nats where there is none.

    Raises:
        RaceError: an unknown unit, or mixed units.
    """
    first: Statement | None = None
    for who, unit in statements:
        if first is not None and first[1] != unit:
            raise RaceError(
                f"{path}: mixed units: {first[0]} says {first[1]!r}, {who} says {unit!r}, but a "
                "race has one unit; correct one of them, or split the file"
            )
        first = first or (who, unit)
    return first[1] if first else "nats"


def unit_of_argument(path: Path, given: str | None) -> Iterator[Statement]:
    """What the caller says."""
    if given is not None:
        yield "the argument unit", _known_unit(given, f"{path}: the argument unit")


def _units(table: Table) -> Iterator[Statement]:
    """What the rows, the comment and the loss column's name say."""
    for row in range(len(table) if "unit" in table.names else 0):
        given = _text(table, row, "unit")
        if row and given == table.cell(0, "unit"):
            continue
        where = f"{table.place(row)}, column {table.names['unit']!r}"
        yield where, _known_unit(given, f"{table.path}: {where}:")
    if "unit" in table.remarks:
        yield "the comment '# unit:'", _known_unit(table.remarks["unit"], f"{table.path}: the comment '# unit:'")
    column = table.names["loss"]
    if plain(column) in IMPLIED:
        yield f"the column name {column!r}", IMPLIED[plain(column)]


def _known_unit(given: str, where: str) -> str:
    unit = UNIT_OF.get(plain(given.replace("/", " ")).replace("_", " "))
    if unit is None:
        raise RaceError(f"{where} is {shown(given)}, but must be one of {', '.join(UNITS)}; {nearest(given, UNITS)}")
    return unit
