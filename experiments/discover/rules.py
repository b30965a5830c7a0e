"""Rules for where a policy loses: boxes that are found in one half of the points and judged in the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.discover.prim import CHANCE, Box, find, quasi_p
from experiments.recipe.discover import AxisKeys
from experiments.results.estimate import LEVEL, Estimate, student
from experiments.results.inference import holm

MOST = 3  #: rules of a policy; each is found among the points that are outside of those before it


@dataclass(frozen=True)
class Rule:
    """A box, and what the half of the points says of it that it was not found in, outside of the rules before it."""

    box: Box
    text: str  #: its limits in words
    quasi_p: tuple[float, ...]  #: of each limit, in the half that found it
    density: Estimate  #: the share of the cases inside that are lost
    coverage: Estimate  #: the share of all lost cases that are inside
    inside: Estimate  #: the descent area less the baseline's, as a share of the baseline's
    outside: Estimate  #: the same
    p: float  #: the chance that as many are lost of as many cases taken by lot; after `correct` by Holm

    @property
    def holds(self) -> bool:
        """Whether it is unlikely to be chance."""
        return self.p <= CHANCE


@dataclass(frozen=True)
class Policy:
    """What is known of a lane."""

    lane: str
    lost: Estimate  #: the share of all cases that it loses
    difference: Estimate  #: the descent area less the baseline's, as a share of the baseline's, over all cases
    rules: tuple[Rule, ...]
    trajectory: tuple[tuple[float, float, float, int], ...]
    """Coverage, density, mass and number of limits of each box on the way to the first rule, where that was found."""


def judge(
    lane: str, axes: dict[str, AxisKeys], points: np.ndarray, half: np.ndarray, area: np.ndarray, base: np.ndarray
) -> Policy:
    """The rules of a lane.

    Args:
        lane: its name.
        axes: by name.
        points: `[points, axes]`.
        half: 0 for the points that find rules and 1 for those that judge them, `[points]`.
        area: the lane's mean descent area at each point, `[points]`; NaN where a world failed.
        base: the baseline's.
    """
    there = np.isfinite(area) & np.isfinite(base)
    points, half, base, less = points[there], half[there], base[there], (area - base)[there]
    lost = less < 0
    rules: list[Rule] = []
    trajectory: tuple[tuple[float, float, float, int], ...] = ()
    left = np.ones(len(points), dtype=bool)
    while len(rules) < MOST and lost[left & (half == 0)].any():
        finds, judges = left & (half == 0), left & (half == 1)
        box, boxes = find(points[finds], lost[finds])
        if not rules:
            trajectory = tuple(_describe(each, points[finds], lost[finds]) for each in boxes)
        if not box.limits:
            break
        inside = judges & box.holds(points)
        rest = (half == 1) & ~inside
        rules.append(
            Rule(
                box,
                words(box, axes),
                tuple(quasi_p(box, *limit, points[finds], lost[finds]) for limit in box.limits),
                share(int(lost[inside].sum()), int(inside.sum())),
                share(int(lost[inside].sum()), int(lost[half == 1].sum())),
                relative(less[inside], base[inside]),
                relative(less[rest], base[rest]),
                chance(lost[judges], inside[judges]),
            )
        )
        left &= ~box.holds(points)
    return Policy(lane, share(int(lost.sum()), len(lost)), relative(less, base), tuple(rules), trajectory)


def correct(policies: Sequence[Policy]) -> list[Policy]:
    """The policies with the chances of all their rules corrected for the number of rules by Holm."""
    raised = iter(holm(np.array([rule.p for policy in policies for rule in policy.rules])))
    return [
        replace(policy, rules=tuple(replace(rule, p=float(next(raised))) for rule in policy.rules))
        for policy in policies
    ]


def share(count: int, of: int) -> Estimate:
    """A share with its exact binomial interval (Clopper and Pearson)."""
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to import

    if not of:
        return Estimate(np.nan, np.nan, np.nan, 0)
    ends = binomtest(count, of).proportion_ci(LEVEL)
    return Estimate(count / of, float(ends.low), float(ends.high), of)


def relative(less: np.ndarray, base: np.ndarray) -> Estimate:
    """The sum of differences over that of the baseline's values, with the interval of a ratio estimator over points."""
    n, total = len(less), float(base.sum())
    if not n or total <= 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    mean = float(less.sum()) / total
    if n == 1:
        return Estimate(mean, np.nan, np.nan, 1)
    half = student(n - 1) * float(np.sqrt(n / (n - 1) * ((less - mean * base) ** 2).sum())) / total
    return Estimate(mean, mean - half, mean + half, n)


def chance(lost: np.ndarray, inside: np.ndarray) -> float:
    """The chance that as many points inside are lost if those inside are drawn by lot (Fisher's exact test)."""
    from scipy.stats import hypergeom  # noqa: PLC0415 - slow to import

    return float(hypergeom.sf(lost[inside].sum() - 1, len(lost), lost.sum(), inside.sum()))


def words(box: Box, axes: dict[str, AxisKeys]) -> str:
    """The limits of a box in words."""
    parts = []
    for place, (name, axis) in enumerate(axes.items()):
        low, high = float(box.low[place]), float(box.high[place])
        whole = axis.scale == "integer"
        least = f"{np.ceil(low):g}" if whole else f"{low:.3g}"
        most = f"{np.floor(high):g}" if whole else f"{high:.3g}"
        if np.isfinite(low) and np.isfinite(high):
            parts.append(f"{name} is {least} to {most}")
        elif np.isfinite(low):
            parts.append(f"{name} is at least {least}" if whole else f"{name} is above {least}")
        elif np.isfinite(high):
            parts.append(f"{name} is at most {most}" if whole else f"{name} is below {most}")
    return " and ".join(parts)


def _describe(box: Box, points: np.ndarray, lost: np.ndarray) -> tuple[float, float, float, int]:
    inside = box.holds(points)
    return float(lost[inside].sum() / lost.sum()), float(lost[inside].mean()), float(inside.mean()), len(box.limits)
