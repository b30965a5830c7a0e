"""Dots with intervals: several series side by side in rows."""

from dataclasses import dataclass

import numpy as np

from experiments.estimate import Estimate
from experiments.report.figure import INK, Trace, axis, layout
from experiments.report.looks import COLOURS, SYMBOLS
from experiments.report.text import label

ROOM = 0.7
"""How much of a row's height its dots take."""


@dataclass(frozen=True)
class Series:
    """Dots of one colour.

    Attributes:
        name: for the legend.
        estimates: one per row.
        says: what to read at each dot, as plotly's HTML.
    """

    name: str
    estimates: list[Estimate]
    says: list[str]


def dots(
    rows: list[str], series: list[Series], title: str, scale: float, zero: bool = False
) -> tuple[list[Trace], Trace]:
    """Traces and layout.

    Args:
        rows: names, escaped for plotly.
        series: what is in each row.
        title: of the axis, with its unit.
        scale: what estimates are multiplied by.
        zero: whether there is a line at 0.
    """
    picture = layout(
        axis(title),
        axis(
            "",
            tickvals=list(range(len(rows))),
            ticktext=rows,
            range=[len(rows) - 0.5, -0.5],
            gridcolor="#f4f4f4",
        ),
        shapes=[_zero()] if zero else [],
    )
    return [_trace(each, i, len(series), scale) for i, each in enumerate(series)], picture


def tall(rows: int, series: int) -> int:
    """Height in pixels at which dots do not touch."""
    return 110 + max(rows, 3) * max(26, 8 + 12 * series)


def _trace(series: Series, place: int, of: int, scale: float) -> Trace:
    there = [row for row, e in enumerate(series.estimates) if e.n]
    mean, lo, hi = (
        scale * np.array([getattr(series.estimates[i], part) for i in there]) for part in ("mean", "lo", "hi")
    )
    colour = COLOURS[place % len(COLOURS)]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label(series.name),
        "showlegend": True,
        "x": mean,
        "y": np.array(there) + ROOM * ((place + 0.5) / of - 0.5),
        "text": [series.says[i] for i in there],
        "hovertemplate": "%{text}<extra>%{fullData.name}</extra>",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(hi - mean),
            "arrayminus": np.nan_to_num(mean - lo),
            "color": colour,
            "thickness": 1.5,
            "width": 3,
        },
        "marker": {"size": 9, "color": colour, "symbol": SYMBOLS[place % len(SYMBOLS)]},
    }


def _zero() -> Trace:
    line = {"color": INK, "width": 1.5}
    return {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "layer": "below", "line": line}
