"""The trade-off: how fast the loss falls against what that costs."""

from itertools import cycle

import numpy as np

from experiments.compare import LaneResult
from experiments.estimate import Estimate, estimate
from experiments.report.figure import Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import Lanes, Look
from experiments.report.results import Results
from experiments.report.text import label, percent, plain, safe
from experiments.report.world.parts import crowds, within

AGAINST = (
    ("misallocation", "misallocation", "paid to others than those who made the loss fall (% of the emission)", 100.0),
    ("dishonest_share", "dishonest share", "paid to dishonest strategies (% of the emission)", 100.0),
    ("gpu_hours", "GPU hours", "machine time of all miners (million GPU hours)", 1e-6),
)
"""Metric, its name, its axis, and what it is multiplied by."""
KINDS = {"": "filled", "-open": "hollow", "-dot": "filled with a dot", "-open-dot": "hollow with a dot"}
"""How symbols tell populations apart."""


def figure(results: Results, lanes: Lanes) -> Figure:
    """The figure, one panel per cost."""
    return Figure(
        "tradeoff",
        "Descent against its price",
        (
            "A dot is a lane, with 95 % intervals both ways: upwards its descent area A less that of "
            f"{safe(results.manifest['baseline'])} in the same worlds, to the right what it costs. Up and to the left "
            "is better; a lane with another one above it and to its left is beaten in both. "
            f"Intervals of shares are cut at 0 and 100 %. {lanes.left_out}"
        ),
        [_panel(results, lanes, *each) for each in AGAINST if _differs(results, each[0])],
    )


def _differs(results: Results, metric: str) -> bool:
    """Where all lanes pay the same there is no trade-off."""
    lanes = [lane for lane in results.lanes if lane.population in crowds(results)]
    return len({lane.metrics[metric].mean for lane in lanes if lane.metrics[metric].n}) > 1


def _panel(results: Results, lanes: Lanes, metric: str, name: str, title: str, scale: float) -> Panel:
    dots, told = [], []
    area = results.values["descent_area"]
    base = area[results.lanes.index(results.baseline)]
    gained = {
        lane.lane: estimate(a - base, results.race, results.world) for lane, a in zip(results.lanes, area, strict=True)
    }
    for i, (population, kind) in enumerate(zip(crowds(results), cycle(KINDS), strict=False)):
        here = within(results, population)
        for look in lanes.looks:
            lane = here.lanes[look.row]
            dots.append(_dot(lane, gained[lane.lane], look, metric, scale, f"{look.symbol}{kind}", not i))
        told.append(f"{KINDS[kind]} {safe(population)}")
    picture = layout(axis(title), axis("A less that of the baseline (≈ % of the loss)"))
    note = f"Populations: {', '.join(told)}." if len(told) > 1 else ""
    return Panel(name, dots, picture, height(len(lanes.looks), 520), note)


def _dot(lane: LaneResult, y: Estimate, look: Look, metric: str, scale: float, symbol: str, named: bool) -> Trace:
    x = lane.metrics[metric]
    there = bool(x.n and y.n)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": look.label,
        "legendgroup": look.label,
        "showlegend": named,
        "x": [scale * x.mean] if there else [],
        "y": [100 * y.mean] if there else [],
        "text": [
            f"{label(lane.lane, 80)}<br>A {percent(y, sign=True)}<br>{metric.replace('_', ' ')} {_told(x, scale)}"
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "error_x": _bar(x, scale, look.colour, most=1.0 if scale == 100 else np.inf),
        "error_y": _bar(y, 100.0, look.colour),
        "marker": {
            "size": 11,
            "color": look.colour,
            "symbol": symbol,
            "line": {"width": 1.5, "color": "white"},
        },
    }


def _told(e: Estimate, scale: float) -> str:
    return percent(e) if scale == 100 else plain(Estimate(scale * e.mean, scale * e.lo, scale * e.hi, e.n), "million")


def _bar(e: Estimate, scale: float, colour: str, most: float = np.inf) -> Trace:
    """An interval, cut where no value can be."""
    ends = scale * np.clip([e.lo, e.mean, e.hi], 0.0 if np.isfinite(most) else -np.inf, most)
    low, mean, high = np.nan_to_num(ends - ends[1])
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - mean],
        "arrayminus": [mean - low],
        "color": f"{colour}77",
        "thickness": 1.2,
        "width": 0,
    }
