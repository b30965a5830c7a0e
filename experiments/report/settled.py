"""Where crowds settled: the mix of every lane, how it came about round by round, and what a single deviant gains."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import numpy as np

from experiments.play.replicator import SETTLED
from experiments.report.drawn_lanes import DrawnLane, DrawnLanes
from experiments.report.figure import DASHES, Figure, Panel, Trace, axis, dots, height, layout, line, rows_axis
from experiments.report.results import Results
from experiments.report.strategies import HONEST, OTHERS
from experiments.report.text import format_estimate, label
from experiments.results.compare import LaneResult
from sim.miners.strategies import find


@dataclass(frozen=True)
class Settled:
    """A lane that played."""

    drawn: DrawnLane
    result: LaneResult
    mix: dict[str, float]  #: share of the miners by strategy
    restless: bool  #: whether its mix still moves, or had too few rounds to tell


def settled_lanes(results: Results, drawn: DrawnLanes) -> list[list[Settled]]:
    """For each policy that is drawn its lanes, one from each start; empty where nobody plays."""
    games: dict[str, list[dict[str, Any]]] = {}
    for game in results.manifest.get("games", []):
        games.setdefault(game["lane"], []).append(game)
    crowds = [results.select_population(name) for name in results.crowds]
    found = []
    for lane in drawn.lanes:
        own = [here.lanes[lane.row] for here in crowds if here.lanes[lane.row].lane in games]
        found.append([_read_lane(lane, result, games[result.lane], results) for result in own])
    return [lanes for lanes in found if lanes]


def settled_mixes(lanes: list[list[Settled]]) -> Figure:
    """Stacked bars: the mix that each policy's crowd ended in, from each start."""
    if not lanes:
        return Figure("settled", [])
    flat = [each for group in lanes for each in group]
    rows = [f"{each.drawn.label}, {label(each.result.population)}{' ◦' if each.restless else ''}" for each in flat]
    traces: list[Trace] = []
    for name, colour in colours(each.mix for each in flat).items():
        share = [100 * each.mix.get(name, 0.0) for each in flat]
        trace = {
            "type": "bar",
            "orientation": "h",
            "name": label(name),
            "y": list(range(len(flat))),
            "x": share,
            "marker": {"color": colour},
            "hovertemplate": "%{y}: %{x:.1f} %<extra>%{fullData.name}</extra>",
        }
        traces.append(trace)
    legend = {"title": {"text": "strategy"}, "traceorder": "normal"}
    picture = layout(axis("share of the miners (%)", range=[0, 100.5]), rows_axis(rows), barmode="stack", legend=legend)
    several = [group for group in lanes if len(group) > 1]
    apart = [unescape(group[0].drawn.label) for group in several if _distance(group) > SETTLED]
    about = {
        "apart": apart,
        "together": len(several) - len(apart),
        "restless": [f"{unescape(each.drawn.label)}, {each.result.population}" for each in flat if each.restless],
        "lanes": len(flat),
        "bound": 100 * SETTLED,
    }
    return Figure("settled", [Panel("all", traces, picture, 130 + 24 * max(len(flat), 4))], about)


def composition(results: Results, lanes: list[list[Settled]]) -> Figure:
    """Shares over rounds: a colour for each strategy, a dash for each start; one panel for each policy and case."""
    paths: dict[tuple[str, str, str], list[tuple[int, float, float]]] = {}
    for row in results.rounds:
        key = row["race"], row["lane"], row["strategy"]
        paths.setdefault(key, []).append((row["round"], row["share"], row["after"]))
    palette = colours(each.mix for group in lanes for each in group)
    cases = [contest.name for contest in results.contests]
    panels = []
    for group in lanes:
        for case in cases:
            traces = []
            for place, each in enumerate(group):
                for name, colour in palette.items():
                    path = sorted(paths.get((case, each.result.lane, name), []))
                    if not path:
                        continue
                    shares = [100 * share for _, share, _ in path] + [100 * path[-1][2]]
                    look = {"color": colour, "width": 2, "dash": DASHES[place % len(DASHES)]}
                    text = f"{label(name)}, {label(each.result.population)}"
                    traces.append(line(text, list(range(len(shares))), shares, look))
            title = f"{unescape(group[0].drawn.label)} | {case}" if len(cases) > 1 else unescape(group[0].drawn.label)
            picture = layout(axis("rounds (number)"), axis("share of the miners (%)", rangemode="tozero"))
            panels.append(Panel(title, traces, picture, height(len(traces))))
    return Figure("composition", panels)


def regret(lanes: list[list[Settled]]) -> Figure:
    """The best single deviation from each policy's mix, from each start."""
    series = []
    for own in zip(*lanes, strict=True):  # all policies from one start
        estimates = [each.result.metrics["regret"] for each in own]
        hover = [
            f"{label(each.result.lane, 80)}<br>{format_estimate(e, 'equal shares')}, n = {e.n}"
            for each, e in zip(own, estimates, strict=True)
        ]
        series.append((own[0].result.population, estimates, hover))
    rows = [group[0].drawn.label for group in lanes]
    return Figure("regret", [dots("all", rows, series, "regret (equal shares of emission)", 1.0)] if lanes else [])


def colours(mixes: Iterator[dict[str, float]]) -> dict[str, str]:
    """A colour for each strategy: cool ones for the honest, warm ones for the others."""
    names = list(dict.fromkeys(name for mix in mixes for name in mix))
    honest = [name for name in names if find(name.split()[0]).honest]
    others = [name for name in names if name not in honest]
    return {
        name: palette[i % len(palette)]
        for group, palette in ((honest, HONEST), (others, OTHERS))
        for i, name in enumerate(group)
    }


def _read_lane(drawn: DrawnLane, result: LaneResult, games: list[dict[str, Any]], results: Results) -> Settled:
    restless = any(game["moved"] is None or game["moved"] > SETTLED for game in games)
    return Settled(drawn, result, results.manifest["mixes"].get(result.lane, {}), restless)


def _distance(group: list[Settled]) -> float:
    """The largest difference of a share between two starts."""
    names = list(dict.fromkeys(name for each in group for name in each.mix))
    shares = np.array([[each.mix.get(name, 0.0) for name in names] for each in group])
    return float((shares.max(axis=0) - shares.min(axis=0)).max())
