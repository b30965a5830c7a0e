"""The headline table: every lane, sortable."""

from dataclasses import dataclass

import numpy as np

from experiments.compare import LaneResult, counterparts, policy_name
from experiments.estimate import Estimate
from experiments.report.looks import Lanes
from experiments.report.results import Results
from experiments.report.text import NONE, decimals, half, number, safe
from experiments.report.verdict import verdict
from experiments.world_metrics import WORLD_METRICS

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


RACE = (
    Column("descent_area", "Descent area A", "100 · ln"),
    Column("descent_area", "A, difference to baseline", "100 · ln", paired=True),
    Column("crowns", "Crowns", "count", 1.0),
    Column("reign_mean", "Mean reign", "days", 1.0),
    Column("stagnation_longest", "Longest stagnation", "days", 1.0),
    Column("eligibility_gap", "Eligibility gap", "100 · ln"),
    Column("false_dethroning", "False dethroning"),
    Column("luck", "Luck"),
    Column("hhi", "HHI", "0 to 1", 1.0),
    Column("misallocation", "Misallo­cation TV"),
    Column("rank_correlation", "Rank corre­lation", "−1 to 1", 1.0),
)


def table(results: Results, lanes: Lanes, columns: tuple[Column, ...]) -> str:
    """The table as HTML, the largest descent area first."""
    base = {results.lanes[i].lane for i in counterparts(results.lanes, results.manifest["baseline"])}
    ordered = sorted(results.lanes, key=lambda lane: -_key(lane.metrics["descent_area"]))
    marks = {name: look.colour for look in lanes.looks if look.shown for name in look.alike}
    shown = [column for column in columns if not _says_nothing(column, ordered)]
    cells = [_cells(column, ordered, base) for column in shown]
    rows = []
    for i, lane in enumerate(ordered):
        own = ' class="baseline"' if lane.lane in base else ""
        rows.append(
            f"<tr{own}>{_name(lane, marks.get(policy_name(lane)), lane.lane in base)}"
            f"{''.join(column[i] for column in cells)}</tr>"
        )
    heads = "".join(map(_head, shown))
    return (
        f'<div class="scroll"><table class="lanes"><thead><tr><th scope="col" data-text><button>Lane</button></th>'
        f"{heads}</tr></thead><tbody>\n{chr(10).join(rows)}\n</tbody></table></div>"
    )


def _key(e: Estimate) -> float:
    return e.mean if e.n else -np.inf


def _says_nothing(column: Column, lanes: list[LaneResult]) -> bool:
    if column.dull is None:
        return False
    return all(not e.n or e.mean == column.dull for e in (lane.metrics[column.metric] for lane in lanes))


def _name(lane: LaneResult, colour: str | None, is_base: bool) -> str:
    dot = f'<i style="background:{colour}"></i>' if colour else "<i></i>"
    policy = policy_name(lane)
    notes = [safe(lane.population)] * (policy != lane.lane) + ["baseline"] * is_base
    note = f" <small>{' · '.join(notes)}</small>" if notes else ""
    return (
        f'<th scope="row" data-v="{safe(lane.lane.lower())}" title="{safe(lane.lane)}: {safe(lane.policy)}, '
        f'{safe(lane.semantics)}">{dot}<span>{safe(policy)}{note}</span></th>'
    )


def _head(column: Column) -> str:
    metric = WORLD_METRICS[column.metric]
    direction = f"; {metric.better} is better" if metric.better else ""
    about = f"paired difference to the baseline of: {metric.about}" if column.paired else metric.about
    arrow = f' <b class="arrow">{ARROWS[metric.better]}</b>' if metric.better else ""
    return (
        f'<th scope="col" title="{safe(about)} [{safe(column.unit)}]{direction}"><button>{column.title}</button>'
        f"<small>{column.unit}{arrow}</small></th>"
    )


def _cells(column: Column, lanes: list[LaneResult], base: set[str]) -> list[str]:
    found = [(lane.differences if column.paired else lane.metrics)[column.metric] for lane in lanes]
    mean = column.scale * np.array([e.mean for e in found])
    halves = column.scale * np.array([half(e) for e in found])
    places = decimals(halves, mean)
    usual = max((e.n for e in found), default=0)
    best = _best(column, np.round(mean, places))
    cells = [_cell(column, e, places, usual, bool(b)) for e, b in zip(found, best, strict=True)]
    if not column.paired or not usual:
        return cells
    zero = '<td data-v="0" class="level">0</td>'
    return [zero if lane.lane in base else cell for lane, cell in zip(lanes, cells, strict=True)]


def _best(column: Column, mean: np.ndarray) -> np.ndarray:
    """Which values are the best of their column as far as the shown digits go."""
    better = WORLD_METRICS[column.metric].better
    there = mean[np.isfinite(mean)]
    if not better or not len(there) or there.min() == there.max():
        return np.zeros(len(mean), dtype=bool)
    return np.asarray(mean == (there.max() if better == "higher" else there.min()))


def _cell(column: Column, e: Estimate, places: int, usual: int, best: bool) -> str:
    if not e.n:
        return f'<td data-v="">{NONE}</td>'
    names = [name for name, on in (("best", best), ("level", column.paired and verdict(e) == "level")) if on]
    kind = f' class="{" ".join(names)}"' if names else ""
    count = "" if e.n == usual else f" (n {e.n})"
    return (
        f'<td data-v="{e.mean:.9g}"{kind}>{number(column.scale * e.mean, places, column.paired)}'
        f"<small>{_interval(column, e, places)}{count}</small></td>"
    )


def _interval(column: Column, e: Estimate, places: int) -> str:
    if not np.isfinite(e.lo):
        return ""
    if column.paired:
        ends = [number(column.scale * end, places, sign=True) for end in (e.lo, e.hi)]
        return f"{ends[0]} to {ends[1]}"
    return f"± {number(column.scale * half(e), places)}"
