"""The trade-off: how fast the loss falls against what that costs."""

import numpy as np

from experiments.compare import LaneResult
from experiments.report.figure import Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import SYMBOLS, Lanes, Look
from experiments.report.results import Results
from experiments.report.text import label, number
from experiments.report.world.parts import crowds, within

AGAINST = (
    ("misallocation", "paid to others than those who made the loss fall (% of emission)", 100.0),
    ("dishonest_share", "paid to dishonest strategies (% of emission)", 100.0),
    ("gpu_hours", "machine time of all miners (million GPU hours)", 1e-6),
)
"""Metric, its axis, and what it is multiplied by."""


def figure(results: Results, lanes: Lanes) -> Figure:
    """The figure, one panel per cost."""
    return Figure(
        "tradeoff",
        "Descent against its price",
        (
            "A dot is a lane, with 95 % intervals both ways: upwards the descent area A, to the right what it costs. "
            "Up and to the left is better; a lane with another one above it and to its left is beaten in both. "
            f"Colours are policies, symbols populations. {lanes.left_out}"
        ),
        [_panel(results, lanes, *each) for each in AGAINST if _differs(results, each[0])],
    )


def _differs(results: Results, metric: str) -> bool:
    """Where all lanes pay the same there is no trade-off."""
    values = results.values[metric]
    there = values[np.isfinite(values)]
    return bool(len(there) and np.ptp(there) > 0)


def _panel(results: Results, lanes: Lanes, metric: str, title: str, scale: float) -> Panel:
    names = crowds(results)
    dots = []
    for symbol, name in zip(_symbols(len(names)), names, strict=True):
        alone = within(results, name)
        dots += [_dot(alone.lanes[look.row], look, metric, scale, symbol, name == names[0]) for look in lanes.looks]
    picture = layout(axis(title), axis("descent area A (≈ % of the loss)"))
    key = ", ".join(
        f"{_SHAPES[symbol]} {label(name)}" for symbol, name in zip(_symbols(len(names)), names, strict=True)
    )
    note = f"Populations: {key}." if len(names) > 1 else ""
    return Panel(metric.replace("_", " "), dots, picture, height(len(lanes.looks), 520), note)


_SHAPES = {"circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲", "cross": "✚"}


def _symbols(count: int) -> list[str]:
    return [SYMBOLS[i % len(SYMBOLS)] for i in range(count)]


def _dot(lane: LaneResult, look: Look, metric: str, scale: float, symbol: str, named: bool) -> Trace:
    x, y = lane.metrics[metric], lane.metrics["descent_area"]
    says = f"{label(lane.lane, 80)}<br>A %{{y:.3f}} %<br>{metric.replace('_', ' ')} {number(scale * x.mean, 2)}"
    return {
        "type": "scatter",
        "mode": "markers",
        "name": look.label,
        "legendgroup": look.label,
        "showlegend": named,
        "x": [scale * x.mean] if x.n else [],
        "y": [100 * y.mean] if y.n else [],
        "error_x": _bar(scale * np.array([x.lo, x.mean, x.hi]), look.colour),
        "error_y": _bar(100 * np.array([y.lo, y.mean, y.hi]), look.colour),
        "marker": {"size": 11, "color": look.colour, "symbol": symbol},
        "hovertemplate": f"{says}<extra></extra>",
    }


def _bar(ends: np.ndarray, colour: str) -> Trace:
    low, mean, high = np.nan_to_num(ends - ends[1])
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - mean],
        "arrayminus": [mean - low],
        "color": colour,
        "thickness": 1,
        "width": 0,
    }
