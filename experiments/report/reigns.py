"""Reigns: who was king when, one row per lane, at a resolution that a picture can show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.report.drawn_lanes import DrawnLane, Part
from experiments.report.figure import SOFT, Figure, Panel, Trace, axis, day_lines, height, layout, rows_axis
from experiments.report.results import numbers
from experiments.report.strategies import Kind, kinds
from experiments.report.text import label, number

GOLDEN = (5**0.5 - 1) / 2
"""Moments at equal distances would see one king only where two of them take turns in step with the moments."""
BINS = 600
"""Finest grid of times: what a screen shows."""
MOST_RACE, MOST_WORLD = 6000, 4000
"""Bars per panel: what a browser draws in a second."""
NAMED = 36
"""Kings in the legend; more do not fit beside the picture."""
ROWS = 12
"""Policies in a world; the story of one world is an illustration, and more do not help it."""
FAINT = 0.62
"""Every other reign of a strategy is drawn so faint, so that its reigns can be told apart."""


@dataclass(frozen=True)
class Reigns:
    """The kings of one lane in one world, in the order of time; arrays are `[reigns]`.

    Attributes:
        start, end: in days.
        model: the king, as a number: in races the submission.
        crowns: how many reigns there truly were; more than are here in a coarse view.
    """

    start: np.ndarray
    end: np.ndarray
    model: np.ndarray
    crowns: int

    def __len__(self) -> int:
        """Number of reigns."""
        return len(self.start)

    def coarsen(self, days: float, bins: int) -> "Reigns":
        """Reigns as seen once in each of so many equal times; shares of time stay true, short reigns may go."""
        edges = np.arange(bins) * days / bins
        moment = edges + np.arange(bins) * GOLDEN % 1.0 * days / bins
        seen = np.flatnonzero(moment >= self.start[0]) if len(self) else np.empty(0, dtype=int)
        if not len(seen):
            return self
        king = self.model[np.searchsorted(self.start, moment[seen], side="right") - 1]
        new = np.flatnonzero(np.append(True, king[1:] != king[:-1]))
        start = np.append(self.start[0], edges[seen[new[1:]]])
        return Reigns(start, np.append(start[1:], self.end[-1]), king[new], self.crowns)


def part_crowns(part: Part) -> pa.Table:
    """The crowns of the world that is drawn."""
    crowns = part.results.crowns
    return crowns.filter(pc.equal(crowns["race"], part.contest.name))


def lane_reigns(crowns: pa.Table, lanes: Sequence[DrawnLane], model: np.ndarray) -> list[Reigns]:
    """The reigns of some lanes; `model` numbers the king of each crown."""
    day, days = numbers(crowns, "day"), numbers(crowns, "days")
    names = np.array(crowns["lane"].to_pylist(), dtype=object)
    rows = [np.flatnonzero(names == lane.result.lane) for lane in lanes]
    return [Reigns(day[mine], day[mine] + days[mine], model[mine], len(mine)) for mine in rows]


def thin(reigns: list[Reigns], days: float, bins: int, most: int) -> tuple[list[Reigns], int]:
    """The reigns on the finest grid, from `bins` downwards, that leaves at most `most` of them in all.

    Returns:
        The reigns, and the number of bins.
    """
    result = [r.coarsen(days, bins) for r in reigns]
    while sum(map(len, result)) > most and bins >= 50:
        bins //= 2
        result = [r.coarsen(days, bins) for r in reigns]
    return result, bins


def race_reigns(parts: list[Part]) -> Figure:
    """The figure of races: the colour is the submission."""
    return Figure("reigns", [_race_panel(part) for part in parts], {"world": False})


def world_reigns(parts: list[Part]) -> Figure:
    """The figure of worlds: the colour is the king's strategy; empty where no crowns were kept."""
    kept = "events" in parts[0].results.kept
    return Figure("reigns", [_world_panel(part) for part in parts] if kept else [], {"world": True})


def _race_panel(part: Part) -> Panel:
    from plotly.colors import sample_colorscale  # noqa: PLC0415 - slow to import

    race, lanes = part.contest, part.drawn.lanes
    crowns = part_crowns(part)
    reigns = lane_reigns(crowns, lanes, numbers(crowns, "submission"))
    drawn, bins = thin(reigns, race.days, BINS, MOST_RACE)
    kings = sorted({int(model) for r in drawn for model in r.model})
    # not from 0 on: the first colours of Viridis cannot be told from a dark page
    colours = sample_colorscale("Viridis", np.linspace(0.15, 1.0, len(kings)).tolist()) if kings else []
    bars = []
    for king, colour in zip(kings, colours, strict=True):
        name = f"#{king} {label(race.miner[king])}"
        hover = f"%{{fullData.name}}, loss {race.loss[king]:.5g}<br>day %{{base:.2f}} to %{{customdata:.2f}}"
        mine = [np.flatnonzero(r.model == king) for r in drawn]
        bars.append(_bars(drawn, mine, colour, name=name, hovertemplate=f"{hover}<extra></extra>"))
    named = len(kings) if len(kings) <= NAMED else 0
    tall = height(named and named + 3, 100 + 25 * max(len(lanes), 4))
    time, legend = "days since the first submission", "king: submission and miner"
    panel = _panel(part, lanes, bars, reigns, drawn, bins, time, legend, tall)
    panel.layout["showlegend"] = bool(named)
    return replace(panel, about={**panel.about, "kings": 0 if named else len(kings)})


def _world_panel(part: Part) -> Panel:
    lanes = part.drawn.lanes
    rows = {lane.row for lane in [*(lane for lane in lanes if lane.shown), *lanes][:ROWS]}
    lanes = tuple(lane for lane in lanes if lane.row in rows)
    crowns = part_crowns(part)
    crowned = list(zip(crowns["miner"].to_pylist(), crowns["strategy"].to_pylist(), strict=True))
    kings = list(dict.fromkeys(crowned))
    place = {king: i for i, king in enumerate(kings)}
    reigns = lane_reigns(crowns, lanes, np.array([place[king] for king in crowned], dtype=np.int32))
    drawn, bins = thin(reigns, part.contest.days, BINS, MOST_WORLD)
    bars = [bar for kind in kinds(part.results.populations) for bar in _strategy_bars(drawn, kings, kind)]
    tall = height(len({strategy for _, strategy in kings}) + 3, 100 + 26 * max(len(lanes), 4))
    time, legend = "days since the contest began", "the king's strategy"
    return _panel(part, lanes, bars, reigns, drawn, bins, time, legend, tall)


def _panel(
    part: Part,
    lanes: Sequence[DrawnLane],
    bars: list[Trace],
    reigns: list[Reigns],
    drawn: list[Reigns],
    bins: int,
    time: str,
    legend: str,
    tall: int,
) -> Panel:
    """A row per lane over time, with the number of crowns at the right."""
    days = part.contest.days
    counts = {
        "type": "scatter",
        "mode": "text",
        "x": [days * 1.005] * len(reigns),
        "y": list(range(len(reigns))),
        "text": [number(own.crowns) if own.crowns else "no king" for own in reigns],
        "textposition": "middle right",
        "cliponaxis": False,
        "textfont": {"size": 11, "color": SOFT},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    corner = {"xref": "paper", "x": 1, "xanchor": "right", "yref": "paper", "y": 1, "yanchor": "bottom"}
    heading = {**corner, "text": "crowns", "showarrow": False, "font": {"size": 11, "color": SOFT}}
    lines, names = day_lines(part.data_switches)
    picture = layout(
        axis(time, range=[0, days * 1.09]),
        rows_axis([lane.label for lane in lanes], showgrid=False),
        shapes=lines,
        annotations=[heading, *names],
        barmode="overlay",
        margin={"l": 60, "r": 10, "t": 54, "b": 50},
        legend={"title": {"text": legend}},
    )
    is_thinned = any(own.crowns > len(own) for own in drawn)
    about = {
        "contest": part.contest,
        "hours": 24 * days / bins if is_thinned else None,
        "bars": sum(map(len, drawn)),
        "reigns": sum(map(len, reigns)),
    }
    return Panel(part.name, [*bars, counts], picture, tall, about)


def _bars(drawn: list[Reigns], mine: list[np.ndarray], colour: str, **more: Any) -> Trace:
    """Some reigns of each row, all of one colour."""
    start, end = (
        np.concatenate([getattr(r, key)[m] for r, m in zip(drawn, mine, strict=True)]) for key in ("start", "end")
    )
    return {
        "type": "bar",
        "orientation": "h",
        "y": np.repeat(np.arange(len(drawn)), [len(m) for m in mine]).astype(np.uint16),
        "width": 0.8,  # of itself plotly fits it to the rows that have this king
        "base": start.astype(np.float32),
        "x": (end - start).astype(np.float32),
        "customdata": end.astype(np.float32),
        "marker": {"color": colour, "line": {"width": 0.6, "color": colour}},
        **more,
    }


def _strategy_bars(drawn: list[Reigns], kings: list[tuple[str, str]], kind: Kind) -> list[Trace]:
    """The reigns of a strategy, every other one fainter."""
    bars: list[Trace] = []
    own = [np.array([kings[i][1] == kind.name for i in r.model], dtype=bool) for r in drawn]
    for odd in (False, True):
        mine = [np.flatnonzero(is_own & ((np.cumsum(is_own) % 2 == 0) == odd)) for is_own in own]
        model = np.concatenate([r.model[m] for r, m in zip(drawn, mine, strict=True)])
        if not len(model):
            continue
        bar = _bars(
            drawn,
            mine,
            kind.colour,
            name=kind.label,
            legendgroup=kind.name,
            showlegend=not bars,
            opacity=FAINT if odd else 1.0,
            text=[label(kings[i][0]) for i in model],
            textposition="none",
            hovertemplate="%{text}, %{fullData.name}<br>day %{base:.2f} to %{customdata:.2f}<extra></extra>",
        )
        bars.append(bar)
    return bars
