"""Reading one race from one file: the entry point of this package."""

import math
from pathlib import Path

import numpy as np

from experiments.submissions import cells, order
from experiments.submissions.csv_table import read_csv
from experiments.submissions.errors import RaceError, shown
from experiments.submissions.moments import moment, settle, spread
from experiments.submissions.parents import parents
from experiments.submissions.parquet_table import read_parquet
from experiments.submissions.steps import read_steps
from experiments.submissions.table import Table, check_span
from experiments.submissions.units import unit_of
from sim.race.race import Race

MOST_BYTES = 64 * 2**20


def read_race(path: Path, days_per_day: float = 1.0, unit: str | None = None, name: str | None = None) -> Race:
    """The race in a submissions table (CSV or parquet) or in a validator's recorded steps (JSON lines).

    A table has the columns of `columns.MEANINGS`; others are ignored unless they look like a misspelling.
    `moments`, `cells` and `parents` say how rows become blocks, sds and links, `steps` how a log does.

    Args:
        path: the file, at most 64 MB.
        days_per_day: subnet days per day of the race; 0.1 puts ten days of the race into one subnet day.
        unit: one of `sim.race.race.UNITS`, where the file does not say; it must not contradict the file.
        name: the race's name; the file's name without its ending by default.

    Raises:
        RaceError: the first fault found: where it is, what was given, the rule, and what to do.
    """
    path = Path(path)
    if not (isinstance(days_per_day, int | float) and math.isfinite(days_per_day) and days_per_day > 0):
        raise RaceError(
            f"days_per_day is {shown(days_per_day)}, but must be a finite number above 0; 1 keeps the race's own pace"
        )
    data = _load(path)
    name = path.stem if name is None else name
    if path.suffix.lower() == ".jsonl" or data.lstrip()[:1] == b"{":
        return read_steps(path, data, days_per_day, unit, name)
    parquet = path.suffix.lower() in {".parquet", ".pq"} or data[:4] == b"PAR1"
    table = read_parquet(path, data) if parquet else read_csv(path, data)
    return _race(table, days_per_day, unit, name)


def _race(table: Table, days_per_day: float, unit: str | None, name: str) -> Race:
    read = [
        (moment(table, i), cells.text(table, i, "miner"), cells.loss(table, i), cells.sd(table, i))
        for i in range(len(table))
    ]
    moments, miners, losses, sds = zip(*read, strict=True)
    unit = unit_of(table, unit)
    order.check_sorted(table, moments)
    order.check_duplicates(table, moments, losses)
    places = spread(moments) * days_per_day
    check_span(table.path, float(places.max()), days_per_day)
    blocks = settle(moments, places)
    order.check_commitments(table, blocks, days_per_day)
    return Race(
        name, unit, blocks, miners, np.array(losses), np.array(sds), parents(table), table.remarks.get("source", "")
    )


def _load(path: Path) -> bytes:
    """A file's bytes, within bounds."""
    try:
        if path.is_dir():
            raise RaceError(f"{path}: is a folder, but a race is one file; name a file in it")
        if not path.is_file():
            raise RaceError(f"{path}: there is no such file; check the path")
        if path.stat().st_size > MOST_BYTES:
            raise RaceError(
                f"{path}: has {path.stat().st_size:,} bytes, but a race's file may have "
                f"{MOST_BYTES:,}; keep the columns and rows that matter"
            )
        return path.read_bytes()
    except OSError as error:
        raise RaceError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
