"""The headline table: every lane, sortable."""

from dataclasses import dataclass
from math import nan

import numpy as np

from experiments.report.looks import Lanes
from experiments.report.page import Cell, Head, Row, Table
from experiments.report.results import Results
from experiments.report.text import NONE, decimals, ends, half, number, scaled, verdict
from experiments.results.compare import LaneResult, counterparts, policy_name
from experiments.results.estimate import Estimate
from experiments.results.metrics import METRICS

ARROWS = {"higher": "↑", "lower": "↓", "": ""}


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes:
        metric: its name.
        title: its heading.
        unit: what the shown numbers are in.
        scale: what the numbers of the results are multiplied by.
        paired: whether it shows the difference to the baseline.
        dull: the column is left out where every lane has this value, or none; NaN: where none has any.
    """

    metric: str
    title: str
    unit: str = "%"
    scale: float = 100.0
    paired: bool = False
    dull: float | None = None


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


def table(name: str, results: Results, lanes: Lanes, columns: tuple[Column, ...]) -> Table:
    """The table of all lanes, the largest descent area first."""
    base = {results.lanes[i].lane for i in counterparts(results.lanes, results.manifest["baseline"])}
    ordered = sorted(results.lanes, key=lambda lane: -_rank(lane.metrics["descent_area"]))
    colours = {name: look.colour for look in lanes.looks if look.shown for name in look.alike}
    shown = [column for column in columns if not _says_nothing(column, ordered)]
    cells = zip(*(_cells(column, ordered, base) for column in shown), strict=True)
    rows = [
        _row(lane, colours.get(policy_name(lane)), lane.lane in base, list(own))
        for lane, own in zip(ordered, cells, strict=True)
    ]
    return Table(name, "Lane", list(map(_head, shown)), rows)


def _rank(e: Estimate) -> float:
    return e.mean if e.n else -np.inf


def _says_nothing(column: Column, lanes: list[LaneResult]) -> bool:
    if column.dull is None:
        return False
    return all(not e.n or e.mean == column.dull for e in (lane.metrics[column.metric] for lane in lanes))


def _row(lane: LaneResult, colour: str | None, is_base: bool, cells: list[Cell]) -> Row:
    policy = policy_name(lane)
    notes = [lane.population] * (policy != lane.lane) + ["baseline"] * is_base
    title = f"{lane.lane}: {lane.policy}, {lane.semantics}"
    return Row(policy, " · ".join(notes), lane.lane.lower(), title, colour, cells, baseline=is_base)


def _head(column: Column) -> Head:
    metric = METRICS[column.metric]
    direction = f"; {metric.better} is better" if metric.better else ""
    about = f"paired difference to the baseline of: {metric.about}" if column.paired else metric.about
    return Head(column.title, column.unit, f"{about} [{column.unit}]{direction}", ARROWS[metric.better])


def _cells(column: Column, lanes: list[LaneResult], base: set[str]) -> list[Cell]:
    estimates = [(lane.differences if column.paired else lane.metrics)[column.metric] for lane in lanes]
    mean = column.scale * np.array([e.mean for e in estimates])
    places = decimals(column.scale * np.array([half(e) for e in estimates]), mean)
    usual = max((e.n for e in estimates), default=0)
    best = _best(column, np.round(mean, places))
    cells = [_cell(column, e, places, usual, bool(b)) for e, b in zip(estimates, best, strict=True)]
    if not column.paired or not usual:
        return cells
    zero = Cell("0", "0", kind="level")
    return [zero if lane.lane in base else cell for lane, cell in zip(lanes, cells, strict=True)]


def _best(column: Column, mean: np.ndarray) -> np.ndarray:
    """Which values are the best of their column as far as the shown digits go."""
    better = METRICS[column.metric].better
    defined = mean[np.isfinite(mean)]
    if not better or not len(defined) or defined.min() == defined.max():
        return np.zeros(len(mean), dtype=bool)
    return np.asarray(mean == (defined.max() if better == "higher" else defined.min()))


def _cell(column: Column, e: Estimate, places: int, usual: int, best: bool) -> Cell:
    if not e.n:
        return Cell("", NONE)
    kinds = [kind for kind, on in (("best", best), ("level", column.paired and verdict(e) == "level")) if on]
    few = "" if e.n == usual else f" (n {e.n})"
    shown, interval = scaled(e, column.scale), ""
    if np.isfinite(e.lo):
        interval = " to ".join(ends(shown, places)) if column.paired else f"± {number(half(shown), places)}"
    return Cell(f"{e.mean:.9g}", number(shown.mean, places, column.paired), f"{interval}{few}", " ".join(kinds))
