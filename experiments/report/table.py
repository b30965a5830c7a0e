"""Tables of estimates that a reader can sort; the headline table has a row for every lane."""

from dataclasses import dataclass
from math import nan
from typing import NamedTuple

import numpy as np

from experiments.report.drawn_lanes import DrawnLanes
from experiments.report.results import Results
from experiments.report.text import NONE, decimals, estimate_texts, verdict
from experiments.results.compare import LaneResult, counterparts, policy_name
from experiments.results.estimate import Estimate
from experiments.results.metrics import METRICS

ARROWS = {"higher": "↑", "lower": "↓", "": ""}


class Head(NamedTuple):
    """The heading of a column."""

    title: str
    unit: str
    about: str  #: the tooltip
    arrow: str = ""  #: which direction is better


class Cell(NamedTuple):
    """A number in a table."""

    value: str  #: the sort key; empty if there is no value, and then always last
    shown: str  #: the number as people read it
    small: str = ""  #: smaller text below the number
    kind: str = ""  #: classes of the style sheet
    title: str = ""  #: the tooltip


class Row(NamedTuple):
    """A lane or a candidate and its numbers."""

    name: str
    note: str  #: smaller text behind the name
    title: str  #: the tooltip of the name
    colour: str | None  #: of the dot before the name
    cells: list[Cell]
    detail: str = ""  #: smaller text below the name
    baseline: bool = False


class Table(NamedTuple):
    """A sortable table; `first` is the heading of the names."""

    name: str
    first: str
    heads: list[Head]
    rows: list[Row]


@dataclass(frozen=True)
class Column:
    """A column of the headline table: the numbers of a metric, times `scale`, in `unit`."""

    metric: str
    title: str
    unit: str = "%"
    scale: float = 100.0
    paired: bool = False  #: whether it shows the difference to the baseline
    dull: float | None = None  #: the column is left out if all lanes have this value or none; NaN: if none has any


AREA = (
    Column("descent_area", "Descent area A", "100 · ln"),
    Column("descent_area", "A, difference to baseline", "100 · ln", paired=True),
)
CROWNS = Column("crowns", "Crowns", "count", 1.0)
STAGNATION = Column("stagnation_longest", "Longest stagnation", "days", 1.0)
FALSE = Column("false_dethroning", "False dethroning")
MISALLOCATION = Column("misallocation", "Misallo\u00adcation TV")
HHI = Column("hhi", "HHI", "0 to 1", 1.0)

RACE = (
    *AREA,
    CROWNS,
    Column("reign_mean", "Mean reign", "days", 1.0),
    STAGNATION,
    Column("eligibility_gap", "Eligibility gap", "100 · ln"),
    FALSE,
    Column("luck", "Luck"),
    HHI,
    MISALLOCATION,
    Column("rank_correlation", "Rank corre\u00adlation", "−1 to 1", 1.0),
)
WORLD = (
    *AREA,
    Column("rate_early", "Rate, early", "100 · ln / day"),
    Column("rate_middle", "Rate, middle", "100 · ln / day"),
    Column("rate_late", "Rate, late", "100 · ln / day"),
    Column("excess_rate", "Rate of the excess", "100 · ln / day", dull=nan),
    Column("efficiency", "Descent per GPU time η", "100 · ln / M GPU h", 1e5),  # kept per 1,000 GPU hours
    Column("gpu_hours", "GPU time", "M GPU h", 1e-6),
    Column("effort", "Effort", dull=1.0),
    Column("dissipation", "Cost / pay"),
    Column("waste", "Waste W", dull=nan),
    Column("eligibility_gap", "Eligibility gap G1", "100 · ln"),
    Column("withholding_gap", "Withholding gap G2", "100 · ln"),
    Column("lag", "Lag G1 + G2", "100 · ln"),
    STAGNATION,
    FALSE,
    MISALLOCATION,
    Column("dishonest_share", "Dishonest share", dull=0.0),
    Column("copied_share", "Paid to copies", dull=0.0),
    Column("beside_king", "Paid beside king"),
    Column("ic_gap", "IC gap", "equal shares", 1.0, dull=0.0),
    Column("regret", "Regret", "equal shares", 1.0, dull=nan),
    Column("selfishness", "A kept", dull=1.0),
    HHI,
    Column("hhi_excess", "HHI less luck’s", "−1 to 1", 1.0),
    Column("pay_luck", "Luck of pay", "ratio", 1.0),
    Column("entrant_share", "Entrants’ share"),
    CROWNS,
    Column("delay_p95", "Delay, p95", "hours", 24.0),  # kept in days
    Column("disagreement", "Dis\u00adagreement"),
    Column("storage", "Models held", "models", 1.0),
)


def table(name: str, results: Results, drawn: DrawnLanes, columns: tuple[Column, ...]) -> Table:
    """The table of all lanes, the largest descent area first."""
    base = {results.lanes[i].lane for i in counterparts(results.lanes, results.manifest["baseline"])}
    areas = {lane.lane: lane.metrics["descent_area"] for lane in results.lanes}
    ordered = sorted(results.lanes, key=lambda lane: -areas[lane.lane].mean if areas[lane.lane].n else np.inf)
    colours = {alike: lane.colour for lane in drawn.lanes if lane.shown for alike in lane.alike}
    shown = []
    for column in columns:
        values = [lane.metrics[column.metric] for lane in ordered]
        if column.dull is None or any(e.n and e.mean != column.dull for e in values):
            shown.append(column)
    cells = zip(*(_cells(column, ordered, base) for column in shown), strict=True)
    rows = []
    for lane, own in zip(ordered, cells, strict=True):
        policy, is_base = policy_name(lane), lane.lane in base
        note = " · ".join([lane.population] * (policy != lane.lane) + ["baseline"] * is_base)
        title = f"{lane.lane}: {lane.policy}, {lane.semantics}"
        rows.append(Row(policy, note, title, colours.get(policy), list(own), baseline=is_base))
    return Table(name, "Lane", list(map(_head, shown)), rows)


def _head(column: Column) -> Head:
    metric = METRICS[column.metric]
    direction = f"; {metric.better} is better" if metric.better else ""
    about = f"paired difference to the baseline of: {metric.about}" if column.paired else metric.about
    return Head(column.title, column.unit, f"{about} [{column.unit}]{direction}", ARROWS[metric.better])


def _cells(column: Column, lanes: list[LaneResult], base: set[str]) -> list[Cell]:
    """The cells of a column: all with the same digits, and the best value tinted, as far as these digits go."""
    estimates = [(lane.differences if column.paired else lane.metrics)[column.metric] for lane in lanes]
    mean = column.scale * np.array([e.mean for e in estimates])
    places = decimals(column.scale * np.array([(e.hi - e.lo) / 2 for e in estimates]), mean)
    usual = max((e.n for e in estimates), default=0)
    rounded, better = np.round(mean, places), METRICS[column.metric].better
    there = rounded[np.isfinite(rounded)]
    best = None
    if better and len(there) and there.min() < there.max():
        best = there.max() if better == "higher" else there.min()
    cells = []
    for lane, e, value in zip(lanes, estimates, rounded, strict=True):
        cell = estimate_cell(e, column.scale, places, column.paired)
        if column.paired and usual and lane.lane in base:
            cell = Cell("0", "0", kind="level")
        elif e.n:
            small = cell.small + ("" if e.n == usual else f" (n {e.n})")
            cell = cell._replace(small=small, kind=f"best {cell.kind}".strip() if value == best else cell.kind)
        cells.append(cell)
    return cells


def estimate_cell(e: Estimate, scale: float, places: int | None = None, paired: bool = True) -> Cell:
    """A mean and its half-width, or a difference and the ends of its interval, grey where that contains 0."""
    if not e.n or not np.isfinite(e.mean):
        return Cell("", NONE)
    mean, half, ends = estimate_texts(e, scale, places, sign=paired)
    interval = "" if not ends else " to ".join(ends) if paired else f"± {half}"
    return Cell(f"{e.mean:.9g}", mean, interval, "level" if paired and verdict(e) == "level" else "")
