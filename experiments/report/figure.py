"""What all figures share: their parts, their layout, and their JSON for the page."""

from dataclasses import dataclass
from typing import Any

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
INK, PALE, GRID = "#222222", "#bdbdbd", "#e8e8e8"
Trace = dict[str, Any]
"""A trace or a layout, by plotly's names; `Panel.json` has plotly check it."""


@dataclass(frozen=True)
class Panel:
    """One picture of a figure.

    Attributes:
        name: what the button says that chooses it.
        data, layout: for plotly.
        height: in pixels.
        note: a sentence below it, as HTML; may be empty.
    """

    name: str
    data: list[Trace]
    layout: Trace
    height: int
    note: str = ""

    def json(self) -> str:
        """The picture for a script element: plotly escapes what could end one."""
        from plotly.graph_objects import Figure as Picture  # noqa: PLC0415 - slow to import
        from plotly.io import to_json  # noqa: PLC0415

        picture = Picture(data=self.data, layout={**self.layout, "template": {}})
        return str(to_json(picture, engine="json"))


@dataclass(frozen=True)
class Figure:
    """A figure of the page.

    Attributes:
        key: for links and ids.
        title: its heading.
        reading: how to read it, as HTML.
        panels: one is shown at a time; empty if there is nothing to draw.
    """

    key: str
    title: str
    reading: str
    panels: list[Panel]


def axis(title: str, **more: Any) -> Trace:
    """An axis with a title that says the unit."""
    return {
        "title": {"text": title, "standoff": 10},
        "gridcolor": GRID,
        "linecolor": PALE,
        "showline": True,
        "zeroline": False,
        "ticks": "outside",
        "tickcolor": PALE,
        "automargin": True,
        **more,
    }


def layout(x: Trace, y: Trace, **more: Any) -> Trace:
    """A layout in the manner of the page."""
    return {
        "xaxis": x,
        "yaxis": y,
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "margin": {"l": 60, "r": 10, "t": 34, "b": 50},
        "hovermode": "closest",
        "hoverlabel": {"font": {"family": FONT, "size": 13}, "namelength": -1, "align": "left"},
        "legend": {"font": {"size": 12}, "tracegroupgap": 0, "itemsizing": "constant"},
        **more,
    }


def height(entries: int, least: int = 460) -> int:
    """High enough for a legend of so many entries beside the picture."""
    return max(least, 110 + 20 * entries)
