"""What all figures share: their parts, their layout, common marks, and their JSON for the page."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from markupsafe import Markup

from experiments.report.text import label
from experiments.results.estimate import Estimate

INK, SOFT, PALE, PAPER = "#222222", "#666666", "#bdbdbd", "#ffffff"
"""Of text, remarks, lines and the page. On a dark screen `script.js` exchanges all colours written as `#rrggbb`."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#aa3377", "#56b4e9", "#e69f00", "#882255", "#999933")
"""Told apart by people with any colour vision; dashes change each time the colours are used up."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")
ROOM = 0.7
"""How much of a row's height its dots take."""
Trace = dict[str, Any]
"""A trace or a layout, by plotly's names; `Panel.json` has plotly check it."""


@dataclass(frozen=True)
class Panel:
    """One picture of a figure."""

    name: str  #: of the button that chooses it
    data: list[Trace]
    layout: Trace
    height: int  #: in pixels
    about: dict[str, Any] = field(default_factory=dict)  #: values for the note below it; no note without them

    def json(self) -> Markup:
        """The picture for a script element: plotly escapes what could end one."""
        from plotly.graph_objects import Figure as Picture  # noqa: PLC0415 - slow to import
        from plotly.io import to_json  # noqa: PLC0415

        # an empty template, or plotly writes its own of some kilobytes into every picture
        picture = Picture(data=self.data, layout={**self.layout, "template": {}})
        return Markup(to_json(picture, engine="json"))  # noqa: S704 - see above


@dataclass(frozen=True)
class Figure:
    """A figure of the page.

    Attributes:
        key: for links and ids. The template `figures.html` has its title by this key, how to read it in the macro KEY,
            and the notes below its pictures in the macro KEY_note.
        panels: one is shown at a time; empty if there is nothing to draw.
        about: values that the macro KEY needs.
    """

    key: str
    panels: list[Panel]
    about: dict[str, Any] = field(default_factory=dict)


Series = tuple[str, list[Estimate], list[str]]
"""Dots of one colour: a name for the legend, an estimate per row, and what is read at each dot, as plotly's HTML."""


def axis(title: str, **more: Any) -> Trace:
    """An axis with a title that says the unit."""
    return {"title": {"text": title}, **more}


def layout(x: Trace, y: Trace, **more: Any) -> Trace:
    """A layout; what all layouts share is in `script.js`, so that it is in the page once."""
    return {"xaxis": x, "yaxis": y, **more}


def rows_axis(rows: list[str], room: float = 0.6, first: int = 0, **more: Any) -> Trace:
    """A vertical axis with a named row at each whole number from `first` downwards."""
    last = first + len(rows) - 1
    marks = {"tickvals": list(range(first, last + 1)), "ticktext": rows, "range": [last + room, first - room]}
    return axis("", **{"gridcolor": "#f4f4f4", **marks, **more})


def height(entries: int, least: int = 460) -> int:
    """High enough for a legend of so many entries beside the picture."""
    return max(least, 110 + 20 * entries)


def zero_line() -> Trace:
    """A vertical line at 0, behind everything."""
    line = {"color": INK, "width": 1.5}
    return {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "layer": "below", "line": line}


def day_lines(days: list[tuple[float, str]]) -> tuple[list[Trace], list[Trace]]:
    """Lines across a picture of time at these days, and their names, for a layout."""
    line = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "line": {"color": "#888888", "width": 1, "dash": "dash"}}
    name = {"yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False, "font": {"size": 11, "color": SOFT}}
    return (
        [{**line, "x0": day, "x1": day} for day, _ in days],
        [{**name, "x": day, "text": label(text, 60)} for day, text in days],
    )


def line(name: str, x: Any, y: Any, look: Trace, **more: Any) -> Trace:
    """One curve."""
    return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "line": look, **more}


def markers(name: str, x: Any, y: Any, text: list[str], marker: Trace, **more: Any) -> Trace:
    """Marks that show a text of their own when pointed at."""
    trace = {"type": "scatter", "mode": "markers", "x": x, "y": y, "text": text, "marker": marker}
    return {**trace, "hovertemplate": "%{text}<extra></extra>", **({"name": name} if name else {}), **more}


def ends_of(estimates: list[Estimate]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, lower and upper ends."""
    mean, lo, hi = (np.array([getattr(e, part) for e in estimates]) for part in ("mean", "lo", "hi"))
    return mean, lo, hi


def error_bars(mean: np.ndarray, lo: np.ndarray, hi: np.ndarray, **look: Any) -> Trace:
    """Intervals around means; of no width where there is no interval."""
    array, arrayminus = np.nan_to_num(hi - mean), np.nan_to_num(mean - lo)
    return {"type": "data", "symmetric": False, "array": array, "arrayminus": arrayminus, **look}


def dots(name: str, rows: list[str], series: list[Series], title: str, scale: float) -> Panel:
    """Dots with intervals: several series side by side in rows, and a line at 0.

    Args:
        name: of the panel.
        rows: their names, escaped for plotly.
        series: what is in each row.
        title: of the axis, with its unit.
        scale: what estimates are multiplied by.
    """
    traces = []
    for place, (text, estimates, hover) in enumerate(series):
        there = [row for row, e in enumerate(estimates) if e.n]
        mean, lo, hi = (scale * values for values in ends_of([estimates[row] for row in there]))
        colour = COLOURS[place % len(COLOURS)]
        trace = markers(
            label(text),
            mean,
            np.array(there) + ROOM * ((place + 0.5) / len(series) - 0.5),
            [hover[row] for row in there],
            {"size": 9, "color": colour, "symbol": SYMBOLS[place % len(SYMBOLS)]},
            showlegend=True,
            hovertemplate="%{text}<extra>%{fullData.name}</extra>",
            error_x=error_bars(mean, lo, hi, color=colour, thickness=1.5, width=3),
        )
        traces.append(trace)
    picture = layout(axis(title), rows_axis(rows, 0.5), shapes=[zero_line()])
    return Panel(name, traces, picture, 110 + max(len(rows), 3) * max(26, 8 + 12 * len(series)))  # dots do not touch
