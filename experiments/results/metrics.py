"""The metrics by name: what each column of the metrics table means, from `metrics.csv` beside it."""

import csv
from dataclasses import dataclass
from pathlib import Path

from sim.clock import LATE_DAYS, LONG_DAYS


@dataclass(frozen=True)
class Metric:
    """What a column of the metrics table means."""

    about: str  #: the definition in a sentence
    unit: str
    better: str  #: which direction is better, "higher", "lower", or "" where that depends


with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as _file:
    _rows = list(csv.DictReader(_file))

METRICS = {
    row["metric"]: Metric(row["about"].format(LATE_DAYS=LATE_DAYS, LONG_DAYS=LONG_DAYS), row["unit"], row["better"])
    for row in _rows
}
"""All metrics, in the order of tables: after those of races those that only worlds have, where miners decide."""

RACE_METRICS = {row["metric"]: METRICS[row["metric"]] for row in _rows if row["of"] == "races and worlds"}
"""The metrics of races and of worlds, in the order of tables."""
