"""How lanes look in all figures: colour, dash, symbol, and which of them are shown at once."""

from dataclasses import dataclass, replace
from html import unescape
from itertools import zip_longest

import numpy as np

from experiments.report.figure import COLOURS, DASHES, SYMBOLS
from experiments.report.results import Results
from experiments.report.text import label
from experiments.results.compare import LaneResult, policy_name

MOST = 40
"""Lanes in figures; the table has all."""
SHOWN = 6
"""Lanes that are visible before anybody clicks."""

BASELINE = "#111111"


@dataclass(frozen=True)
class Look:
    """A lane in figures; lanes of one policy and equal results are drawn once.

    Attributes:
        result: the first of the lanes.
        row: its place in the panel.
        alike: all lanes that this one stands for, itself included.
        label, title: short and full name, escaped for plotly.
        colour, dash, symbol: the same in every figure.
        shown: whether it is visible at once where lanes overlap.
    """

    result: LaneResult
    row: int
    alike: tuple[str, ...]
    label: str
    title: str
    colour: str
    dash: str
    symbol: str
    shown: bool

    @property
    def name(self) -> str:
        """The label outside pictures, not escaped."""
        return unescape(self.label)

    @property
    def visible(self) -> bool | str:
        """What plotly calls it."""
        return True if self.shown else "legendonly"


@dataclass(frozen=True)
class Lanes:
    """The lanes of the figures, the fastest descent first.

    Attributes:
        looks: at most `MOST`.
        groups: how many there are in all, alike ones counted once.
    """

    looks: tuple[Look, ...]
    groups: int

    @property
    def left_out(self) -> str:
        """A sentence for captions where not all lanes are drawn."""
        if len(self.looks) == self.groups:
            return ""
        return (
            f"Drawn are {len(self.looks)} of {self.groups} different lanes: the baseline, the best, the worst, "
            f"and a sample between them; the table has all."
        )

    def rank(self, results: Results) -> "Lanes":
        """The same looks for the same policies in another population or case, the fastest descent there first."""
        looks = [replace(look, result=results.lanes[look.row]) for look in self.looks]
        looks.sort(key=lambda look: -np.nan_to_num(look.result.metrics["descent_area"].mean, nan=-np.inf))
        return replace(self, looks=tuple(looks))


def best(lanes: tuple[LaneResult, ...], metric: str, largest: bool = True) -> LaneResult | None:
    """The lane with the largest or smallest mean, the first of equals; None if no lane has a value."""
    defined = [lane for lane in lanes if lane.metrics[metric].n]
    sign = -1 if largest else 1
    return min(defined, key=lambda lane: sign * lane.metrics[metric].mean, default=None)


def choose(results: Results) -> Lanes:
    """The looks of a run's policies in all figures; a policy looks the same in every population."""
    crowds = tuple(results.of_population(name) for name in results.crowds)
    results = crowds[0]
    groups = _groups(crowds)
    area = np.array([results.lanes[g[0]].metrics["descent_area"].mean for g in groups])
    groups = [groups[i] for i in np.argsort(-np.nan_to_num(area, nan=-np.inf), kind="stable")]
    front = _front(crowds, groups)
    kept = sorted(_places(len(groups), front))
    order = [*front, *(i for i in kept if i not in front)]
    base = policy_name(results.baseline)
    styles = iter(range(len(order)))
    looks: dict[int, Look] = {}
    for i in order:
        names = tuple(policy_name(results.lanes[j]) for j in groups[i])
        is_base = base in names
        style = 0 if is_base else next(styles)
        colour, dash = BASELINE if is_base else COLOURS[style % len(COLOURS)], DASHES[style // len(COLOURS)]
        looks[i] = Look(
            results.lanes[groups[i][0]],
            groups[i][0],
            names,
            _label(names, base),
            label(", ".join(names), 200),
            colour,
            dash,
            SYMBOLS[style % len(SYMBOLS)],
            i in front,
        )
    return Lanes(tuple(looks[i] for i in kept), len(groups))


def _groups(crowds: tuple[Results, ...]) -> list[list[int]]:
    """Lanes of one policy and equal results in every world; each group in the order of the panel."""
    groups: dict[tuple[str, bytes], list[int]] = {}
    cube = np.concatenate([np.stack(list(results.values.values()), axis=1) for results in crowds], axis=2)
    for row, lane in enumerate(crowds[0].lanes):
        groups.setdefault((lane.policy, cube[row].tobytes()), []).append(row)
    return list(groups.values())


def _front(crowds: tuple[Results, ...], groups: list[list[int]]) -> list[int]:
    """Groups that the text speaks of: baseline, best, worst, best paying, longest stagnation; and some between."""
    first, *others = crowds
    picks = [
        (first, ("descent_area", True)),
        (first, ("descent_area", False)),
        (first, ("misallocation", False)),
        (first, ("stagnation_longest", True)),
        *((other, ("descent_area", True)) for other in others),
    ]
    chosen = [(results.lanes, best(results.lanes, *pick)) for results, pick in picks]
    rows = [lanes.index(lane) for lanes, lane in [(first.lanes, first.baseline), *chosen] if lane is not None]
    of = {row: i for i, group in enumerate(groups) for row in group}
    front = list(dict.fromkeys(of[row] for row in rows))
    while len(front) < min(SHOWN, len(groups)):  # the one that is farthest from its neighbours
        front.append(max(range(len(groups)), key=lambda i: min(abs(i - j) for j in front)))
    return front


def _places(count: int, front: list[int]) -> list[int]:
    """At most `MOST` places: the notable ones, then the top, the bottom, and evenly spread ones in turn."""
    spread = np.linspace(0, count - 1, MOST).astype(int).tolist() if count else []
    turns = zip_longest(range(count), range(count - 1, -1, -1), spread)
    return list(dict.fromkeys([*front, *(i for turn in turns for i in turn if i is not None)]))[:MOST]


def _label(names: tuple[str, ...], base: str) -> str:
    first = base if base in names else names[0]
    tail = f" (+{len(names) - 1} alike)" if len(names) > 1 else ""
    return f"{label(first, 28 if tail else 36)}{tail}{' ◂ baseline' if base in names else ''}"
