"""Reigns: who was king when, one row per lane."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.report.figure import Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import Lanes, Look
from experiments.report.reigns import Reigns, fine, reigns
from experiments.report.results import RaceFacts, Results
from experiments.report.text import label, number

BINS, MOST = 600, 6000
"""Finest grid of times, and bars per race: what a screen shows, and what a browser draws in a second."""
NAMED = 36
"""Kings in the legend; more do not fit beside the picture."""


def figure(results: Results, lanes: Lanes) -> Figure:
    """The figure, one panel per race."""
    return Figure(
        "reigns",
        "Reigns",
        (
            "One row per lane, the fastest descent on top; the colour is the king. Later submissions are brighter, so "
            "a row that brightens earlier followed the descent sooner, and a stripe pattern is a crown that flaps "
            f"between models. The number of crowns stands at the right. {lanes.left_out}"
        ),
        [_panel(results, race, lanes) for race in results.races],
    )


def _panel(results: Results, race: RaceFacts, lanes: Lanes) -> Panel:
    found = reigns(results, race, [look.result.lane for look in lanes.looks])
    drawn, bins = fine(found, race.days, BINS, MOST)
    kings = sorted({int(model) for r in drawn for model in r.model})
    made = [_bars(drawn, race, king, colour) for king, colour in zip(kings, _colours(len(kings)), strict=True)]
    named = len(kings) if len(kings) <= NAMED else 0
    picture = chart(race, lanes.looks, "days since the first submission", "king: submission and miner")
    picture["showlegend"] = bool(named)
    tall = height(named and named + 3, 100 + 25 * max(len(lanes.looks), 4))
    return Panel(race.name, [*made, counts(found, race)], picture, tall, _note(race, found, drawn, bins, len(kings)))


def chart(race: RaceFacts, looks: Sequence[Look], time: str, legend: str) -> Trace:
    """The layout: a row per lane over time, and room for the number of crowns at the right."""
    rows = len(looks)
    picture = layout(
        axis(time, range=[0, race.days * 1.09]),
        axis(
            "",
            tickvals=list(range(rows)),
            ticktext=[look.label for look in looks],
            range=[rows - 0.4, -0.6],
            showgrid=False,
        ),
        annotations=[
            {
                "text": "crowns",
                "x": race.days * 1.005,
                "y": 1,
                "yref": "paper",
                "xanchor": "left",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": 11, "color": "#666666"},
            }
        ],
        barmode="overlay",
        margin={"l": 60, "r": 10, "t": 54, "b": 50},
    )
    picture["legend"]["title"] = {"text": legend}
    return picture


def bars(row: np.ndarray, start: np.ndarray, end: np.ndarray, colour: str, **more: Any) -> Trace:
    """Reigns of one colour: in which rows they are, and from when to when."""
    return {
        "type": "bar",
        "orientation": "h",
        "y": row.astype(np.uint16),
        "width": 0.8,  # of itself plotly fits it to the rows that have this king
        "base": start.astype(np.float32),
        "x": (end - start).astype(np.float32),
        "customdata": end.astype(np.float32),
        "marker": {"color": colour, "line": {"width": 0.6, "color": colour}},
        **more,
    }


def _bars(drawn: list[Reigns], race: RaceFacts, king: int, colour: str) -> Trace:
    mine = [np.flatnonzero(r.model == king) for r in drawn]
    start = np.concatenate([r.start[m] for r, m in zip(drawn, mine, strict=True)])
    end = np.concatenate([r.end[m] for r, m in zip(drawn, mine, strict=True)])
    row = np.repeat(np.arange(len(drawn)), [len(m) for m in mine])
    return bars(
        row,
        start,
        end,
        colour,
        name=f"#{king} {label(race.miner[king])}",
        hovertemplate=f"%{{fullData.name}}, loss {race.loss[king]:.5g}<br>"
        "day %{base:.2f} to %{customdata:.2f}<extra></extra>",
    )


def counts(found: list[Reigns], race: RaceFacts) -> Trace:
    """The number of crowns of each row."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [race.days * 1.005] * len(found),
        "y": list(range(len(found))),
        "text": [number(r.crowns) if r.crowns else "no king" for r in found],
        "textposition": "middle right",
        "textfont": {"size": 11, "color": "#666666"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _colours(count: int) -> list[str]:
    from plotly.colors import sample_colorscale  # noqa: PLC0415 - slow to import

    return list(sample_colorscale("Viridis", np.linspace(0.0, 1.0, count).tolist())) if count else []


def _note(race: RaceFacts, found: list[Reigns], drawn: list[Reigns], bins: int, kings: int) -> str:
    if race.drawn is None:
        return "No world of this race finished."
    parts = [f"World {race.drawn}.", merged(race, found, drawn, bins)]
    if kings > NAMED:
        parts.append(f"{kings} models were king: point at a bar for its name.")
    return " ".join(filter(None, parts))


def merged(race: RaceFacts, found: list[Reigns], drawn: list[Reigns], bins: int) -> str:
    """A sentence where not every reign is drawn."""
    if not any(r.merged for r in drawn):
        return ""
    return (
        f"A screen cannot show every reign: the colour is that of the king at one moment in every "
        f"{number(24 * race.days / bins, 1)} hours, which leaves {number(sum(map(len, drawn)))} bars of "
        f"{number(sum(map(len, found)))} reigns. The counts at the right are of all crowns."
    )
