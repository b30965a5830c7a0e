"""A race from the rows of a table: what each cell means, and what rows may stand next to each other."""

import itertools
from collections.abc import Iterable
from datetime import UTC, date, datetime
from difflib import get_close_matches
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BeforeValidator, FailFast, Field, TypeAdapter, ValidationError

from experiments.submissions.columns import plain
from experiments.submissions.limits import MOST_BLOCKS, MOST_LINES, RaceError, shown
from experiments.submissions.table import Table
from policies.errors import nearest
from sim.clock import BLOCK_SECONDS, BLOCKS_PER_DAY
from sim.race.race import UNITS, Race

if TYPE_CHECKING:
    import pandas as pd

MOST = 2**53
"""Whole numbers up to here are exact as float64."""
SPELLINGS = {
    "nats": ("nats", "nat", "nats per token", "nats token"),
    "bpb": ("bpb", "bits per byte", "bits byte"),
    "minutes": ("minutes", "minute", "mins", "min"),
}
UNIT_OF = {spelling: unit for unit, spellings in SPELLINGS.items() for spelling in spellings}


def race_of(table: Table, days_per_day: float, unit: str | None, name: str) -> Race:
    """The race that a table describes.

    Raises:
        RaceError: the first fault found; of cells that break their own rules, the topmost.
    """
    frame = _parse(table)
    said = [("the argument unit", unit)]
    if "unit" in frame:  # a file may spell one unit in thousands of ways
        first = frame["unit"][~frame["unit"].map(_unit).duplicated()]
        said += [(f"{table.place(row)}, column {table.names['unit']!r}", text) for row, text in first.items()]
    implied = plain(table.names["loss"]).removeprefix("val_")
    said.append(("the comment '# unit:'", table.remarks.get("unit")))
    said.append((f"the column name {table.names['loss']!r}", implied if implied in UNIT_OF else None))
    unit = agreed_unit(table.path, said)
    when = "block" if "block" in frame else "time"
    _check_order(table, frame, when)
    if pair := _repeat(frame, [key for key in ("clock", "exact", "miner", "loss", "id") if key in frame]):
        rule = "duplicate rows (same miner, moment and loss) are not allowed; remove one, or give each an id"
        raise table.fault(pair[0], "loss", f"as in {table.place(pair[1])}, but {rule}")
    frame["commit"] = _blocks(table.path, frame, days_per_day)
    if pair := _repeat(frame, ["commit", "miner"]):
        same = f"in the same block as {table.place(pair[1])} by the same miner {shown(frame['miner'][pair[0]])}"
        remedy = "" if days_per_day >= 1 else f", or choose a larger days_per_day than {days_per_day:g}"
        raise table.fault(pair[0], when, f"{same}, but a miner has one commitment per block; keep one of them{remedy}")
    block, loss, sd = (frame[key].to_numpy() for key in ("commit", "loss", "sd"))
    return Race(name, unit, block, tuple(frame["miner"]), loss, sd, _parents(table), table.remarks.get("source", ""))


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


def agreed_unit(path: Path, statements: Iterable[tuple[str, str | None]]) -> str:
    """The unit that all statements give, nats where there are none; a statement is its place and its text, or None.

    Raises:
        RaceError: an unknown unit, or mixed units.
    """
    first: tuple[str, str] | None = None
    for place, given in statements:
        if given is None:
            continue
        unit = _unit(given)
        if unit is None:
            rule = f"must be one of {', '.join(UNITS)}; {nearest(given, UNITS)}"
            raise RaceError(f"{path}: {place} is {shown(given)}, but {rule}")
        first = first or (place, unit)
        if first[1] != unit:
            raise RaceError(
                f"{path}: mixed units: {first[0]} says {first[1]!r}, {place} says {unit!r}, but a "
                "race has one unit; correct one of them, or split the file"
            )
    return first[1] if first else "nats"


def _unit(given: str) -> str | None:
    return UNIT_OF.get(plain(given.replace("/", " ")).replace("_", " "))


def _parse(table: Table) -> "pd.DataFrame":
    """The table with numbers for texts, and for `time` or `block` the columns `clock` and `exact`.

    `clock` counts blocks from any start; of a date without a time of day it is the day's first block, and not `exact`.
    `sd` is that of one evaluation's paired loss difference, NaN where a row does not say. A row that gives `samples`
    too gives the sd of one sample; the mean over n samples has 1/sqrt(n) of that.
    """
    values: dict[str, list[Any]] = {}
    faults: list[tuple[int, str]] = []
    for meaning in [meaning for meaning in CELLS if meaning in table.names]:
        # Only the first fault of a column is wanted, and there may be hundreds of thousands.
        cell: Any = CELLS[meaning][0]
        try:
            column: Any = TypeAdapter(Annotated[list[cell], FailFast()])
            values[meaning] = column.validate_python(table.frame[meaning].tolist())
        except ValidationError as error:
            faults.append((int(error.errors()[0]["loc"][0]), meaning))
    if faults:
        # Of the columns' first faults the topmost is told; in one row that of the first column.
        row, meaning = min(faults, key=itemgetter(0))
        rule = f"but must be {CELLS[meaning][1]}; correct it or remove the row"
        empty = "but every row needs a value; fill it in or remove the row"
        raise table.fault(row, meaning, rule if table.frame[meaning][row] else empty)
    unknown = [None] * len(table.frame)
    samples = np.nan_to_num(np.array(values.get("samples", unknown), dtype=np.float64), nan=1.0)
    sd = np.array(values.get("sd", unknown), dtype=np.float64) / np.sqrt(samples)
    clock, exact = (values["block"], True) if "block" in values else zip(*values["time"], strict=True)
    return table.frame.assign(clock=np.array(clock, dtype=np.float64), exact=exact, loss=values["loss"], sd=sd)


def _clock(text: str) -> tuple[float, bool]:
    """Clock and exactness of a date or a date-time; one without a zone is UTC."""
    try:
        return float(date.fromisoformat(text).toordinal() * BLOCKS_PER_DAY), False
    except ValueError:
        at = datetime.fromisoformat(text)
    try:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as error:  # before the year 1
        raise ValueError(str(error)) from None
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return day.toordinal() * BLOCKS_PER_DAY + (at - day).total_seconds() / BLOCK_SECONDS, True


FILLED = Annotated[str, Field(min_length=1)]
DIGITS = BeforeValidator(lambda text: text.replace("_", "?") or None)
"""Before a number is read: pydantic would take the slip 3_2 for 32."""
CELLS: dict[str, tuple[Any, str]] = {
    "time": (
        Annotated[Any, BeforeValidator(_clock)],
        "an ISO 8601 date or date-time such as 2026-03-18 or 2026-03-18T09:30:00Z",
    ),
    "block": (Annotated[int, Field(ge=0, le=MOST), DIGITS], f"a whole number from 0 to {MOST}"),
    "miner": (FILLED, "a name"),
    "loss": (Annotated[float, Field(gt=0, allow_inf_nan=False), DIGITS], "a finite positive number such as 3.276"),
    "unit": (FILLED, "a unit"),
    "sd": (Annotated[float | None, Field(ge=0, allow_inf_nan=False), DIGITS], "a finite number, 0 or more, or empty"),
    "samples": (Annotated[int | None, Field(ge=1, le=MOST), DIGITS], f"a whole number from 1 to {MOST}"),
    "id": (
        Annotated[str, Field(pattern=r"^[^\s;]*$")],
        "without spaces and semicolons, which separate ids in builds_on",
    ),
}
"""Meaning -> the type of the cells of its column, and what a cell must be, as messages say it."""


def _check_order(table: Table, frame: "pd.DataFrame", when: str) -> None:
    """Check that rows are in the order of their times; ties are allowed."""
    day, known = frame["clock"] // BLOCKS_PER_DAY, frame["clock"].where(frame["exact"])
    # A date between two times of its day would hide that they are out of order, so each time is held to the last time.
    early = (day < day.shift()) | (known < known.ffill().shift())
    if not early.any():
        return
    row = int(early.idxmax())
    last = row - 1 if day[row] < day[row - 1] else int(known[:row].last_valid_index())
    above = f"{table.place(last)} above it has {shown(table.frame[when][last])}"
    raise table.fault(row, when, f"but {above}, and rows must be sorted by {when}; sort the file")


def _repeat(frame: "pd.DataFrame", keys: list[str]) -> tuple[int, int] | None:
    """The first row with the same values there as a row above it, and that row; None where all rows differ."""
    again = frame.duplicated(keys)
    if not again.any():
        return None
    row = int(again.idxmax())
    return row, int((frame[keys] == frame.loc[row, keys]).all(axis=1).idxmax())


def _blocks(path: Path, frame: "pd.DataFrame", days_per_day: float) -> np.ndarray:
    """Commit blocks, int64, non-decreasing, the first at 0.

    Of n rows that share a date without a time of day, the k-th (from 0) stands at (k+1)/(n+1) of that day. Only rows
    whose blocks are known share one: two models of one block remove each other in the competitive filter, and a guessed
    time of day must not cause that.
    """
    clock, exact = frame["clock"].copy(), frame["exact"].to_numpy()
    dates = clock[~exact]
    alike = dates.groupby(dates)
    clock[dates.index] += BLOCKS_PER_DAY * (alike.cumcount() + 1) / (alike.transform("size") + 1)
    places = (clock - clock[0]).to_numpy() * days_per_day
    check_span(path, float(places.max()), days_per_day)
    rounded = np.rint(places).astype(np.int64)
    together = exact[1:] & exact[:-1] & (rounded[1:] == rounded[:-1])
    # Each row stands on its own block or later, and at least one block after the row above unless they are together.
    least = np.concatenate([[0], np.cumsum(~together)])
    return np.asarray(least + np.maximum.accumulate(rounded - least))


def _parents(table: Table) -> tuple[tuple[int, ...], ...]:
    """Row indices that each row builds on, in the order they are named, each once.

    Rows are named by the `id` column, or by their number from 1 where there is none. Nothing can build on a
    row whose id is empty.
    """
    rows, names = {str(row + 1): row for row in table.frame.index}, "numbers of earlier rows (no column is an id)"
    if "id" in table.names:
        ids = table.frame[table.frame["id"] != ""]
        if pair := _repeat(ids, ["id"]):
            rule = "but an id must be unique; change one, or leave it empty"
            raise table.fault(pair[0], "id", f"as in {table.place(pair[1])}, {rule}")
        rows, names = {name: row for row, name in ids["id"].items()}, "ids of earlier rows"
    found: list[tuple[int, ...]] = []
    for row, text in enumerate(table.frame["builds_on"] if "builds_on" in table.names else [""] * len(table.frame)):
        parents: dict[int, None] = {}
        for name in text.replace(";", " ").split():
            if name not in rows:
                close = get_close_matches(name, list(itertools.islice(rows, 10_000)), n=1, cutoff=0.5)
                hint = f"did you mean {close[0]!r}?" if close else "leave out what is not in the file"
                raise table.fault(row, "builds_on", f"but must name {names}; {hint}", name)
            if rows[name] >= row:
                rule = f"{table.place(rows[name])}, but a row builds on earlier rows only; leave it out"
                raise table.fault(row, "builds_on", rule, name)
            parents[rows[name]] = None
        found.append(tuple(parents))
    if any(found) and len(found) > MOST_LINES:
        raise RaceError(
            f"{table.path}: has {len(found):,} rows, but a race whose rows build on others may have {MOST_LINES:,}; "
            "leave builds_on out, or keep the rows that matter"
        )
    return tuple(found)
