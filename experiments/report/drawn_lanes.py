"""Which lanes figures draw, and how: their colour, dash and symbol, and which of them are shown at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from itertools import zip_longest

import numpy as np

from experiments.report.figure import COLOURS, DASHES, SYMBOLS
from experiments.report.results import Contest, Results
from experiments.report.text import label
from experiments.results.compare import LaneResult, policy_name
from sim.clock import BLOCKS_PER_DAY

MOST = 40
"""Lanes in figures; the table has all."""
SHOWN = 6
"""Lanes that are visible before anybody clicks."""
BASELINE = "#111111"


@dataclass(frozen=True)
class DrawnLane:
    """A lane in figures; lanes of one policy and equal results are drawn once."""

    result: LaneResult  #: the first of the lanes
    row: int  #: its place in the panel of the recipe
    alike: tuple[str, ...]  #: names of all policies that this one stands for, its own included
    label: str  #: a short name, escaped for plotly
    title: str  #: the full name, escaped for plotly
    colour: str  #: the same in every figure, as are dash and symbol
    dash: str
    symbol: str
    shown: bool  #: whether it is visible at once where lanes overlap

    @property
    def name(self) -> str:
        """The label outside pictures, not escaped."""
        return unescape(self.label)

    @property
    def visible(self) -> bool | str:
        """Plotly's word for `shown`."""
        return True if self.shown else "legendonly"


@dataclass(frozen=True)
class DrawnLanes:
    """The lanes of the figures, the fastest descent first."""

    lanes: tuple[DrawnLane, ...]  #: at most `MOST`
    groups: int  #: how many there are in all, alike ones counted once

    def rank(self, results: Results) -> "DrawnLanes":
        """The same policies in another population or contest, the fastest descent there first."""
        lanes = [replace(lane, result=results.lanes[lane.row]) for lane in self.lanes]
        lanes.sort(key=lambda lane: -np.nan_to_num(lane.result.metrics["descent_area"].mean, nan=-np.inf))
        return replace(self, lanes=tuple(lanes))


@dataclass(frozen=True)
class Part:
    """One population in one case, or one race: what a picture shows."""

    name: str  #: of the button that chooses it
    contest: Contest
    results: Results  #: of its lanes and worlds
    drawn: DrawnLanes

    @property
    def data_switches(self) -> list[tuple[float, str]]:
        """Days at which other data began to be judged, and what a picture says of them."""
        data = self.results.case(self.contest.name).get("data") or {}
        phases = (data.get("judging") or {}).get("phases", [])
        days = [(block / BLOCKS_PER_DAY, f"judged on {mixture['name']}") for block, mixture in phases]
        return [(day, text) for day, text in days if 0 < day < self.contest.days]


def split(results: Results, drawn: DrawnLanes) -> Iterator[Part]:
    """Every race, or every crowd in every case; the names say no more than tells them apart."""
    if results.world is None:
        for race in results.contests:
            yield Part(race.name, race, results, drawn)
        return
    names, several = results.crowds, len(results.contests) > 1
    for population in names:
        for case in results.contests:
            here = results.select_population(population)
            here = here.select_contest(case.name) if several else here
            name = [case.name] * several + [population] * (len(names) > 1 or not several)
            yield Part(" | ".join(name), case, here, drawn.rank(here))


def best_lane(lanes: tuple[LaneResult, ...], metric: str, largest: bool = True) -> LaneResult | None:
    """The lane with the largest or smallest mean, the first of equals; None if no lane has a value."""
    defined = [lane for lane in lanes if lane.metrics[metric].n]
    sign = -1 if largest else 1
    return min(defined, key=lambda lane: sign * lane.metrics[metric].mean, default=None)


def choose_lanes(results: Results) -> DrawnLanes:
    """The lanes of a run's figures; a policy looks the same in every population."""
    crowds = tuple(results.select_population(name) for name in results.crowds)
    first = crowds[0]
    base = policy_name(first.baseline)
    alike: dict[tuple[str, bytes], list[int]] = {}
    cube = np.concatenate([np.stack(list(crowd.values.values()), axis=1) for crowd in crowds], axis=2)
    for row, lane in enumerate(first.lanes):
        alike.setdefault((lane.policy, cube[row].tobytes()), []).append(row)
    groups = list(alike.values())
    area = np.array([first.lanes[rows[0]].metrics["descent_area"].mean for rows in groups])
    groups = [groups[i] for i in np.argsort(-np.nan_to_num(area, nan=-np.inf), kind="stable")]
    front = _front(crowds, groups)
    # after those in front: the top, the bottom and evenly spread ones in turn
    places = range(len(groups))
    spread = np.linspace(0, len(groups) - 1, MOST).astype(int).tolist()
    turns = [i for turn in zip_longest(places, reversed(places), spread) for i in turn if i is not None]
    kept = sorted(list(dict.fromkeys([*front, *turns]))[:MOST])
    styles = iter(range(len(kept)))
    lanes: dict[int, DrawnLane] = {}
    for i in [*front, *(i for i in kept if i not in front)]:
        rows = groups[i]
        names = tuple(policy_name(first.lanes[row]) for row in rows)
        is_base = base in names
        style = 0 if is_base else next(styles)
        tail = f" (+{len(names) - 1} alike)" if len(names) > 1 else ""
        lanes[i] = DrawnLane(
            first.lanes[rows[0]],
            rows[0],
            names,
            f"{label(base if is_base else names[0], 28 if tail else 36)}{tail}{' ◂ baseline' if is_base else ''}",
            label(", ".join(names), 200),
            BASELINE if is_base else COLOURS[style % len(COLOURS)],
            DASHES[style // len(COLOURS)],
            SYMBOLS[style % len(SYMBOLS)],
            i in front,
        )
    return DrawnLanes(tuple(lanes[i] for i in kept), len(groups))


def _front(crowds: tuple[Results, ...], groups: list[list[int]]) -> list[int]:
    """Groups that the text speaks of: baseline, best, worst, best paying, longest stagnation; and some between."""
    first, *others = crowds
    picks = [
        (first, "descent_area", True),
        (first, "descent_area", False),
        (first, "misallocation", False),
        (first, "stagnation_longest", True),
        *((other, "descent_area", True) for other in others),
    ]
    chosen = [(crowd.lanes, best_lane(crowd.lanes, metric, largest)) for crowd, metric, largest in picks]
    rows = [lanes.index(lane) for lanes, lane in [(first.lanes, first.baseline), *chosen] if lane is not None]
    place = {row: i for i, group in enumerate(groups) for row in group}
    front = list(dict.fromkeys(place[row] for row in rows))
    while len(front) < min(SHOWN, len(groups)):  # the one that is farthest from its neighbours
        front.append(max(range(len(groups)), key=lambda i: min(abs(i - j) for j in front)))
    return front
