"""The patient rule induction method: boxes of points in which many are lost.

Friedman and Fisher, Bump hunting in high-dimensional data, 1999, by peeling alone; the quasi-p-values are those of
Bryant and Lempert, Thinking inside the box, 2010. Two choices are made here, where they leave a person to look:

- A peel takes the slice whose mean is below that of the box by most standard errors, among slices of several sizes.
  Whether a policy loses at a point is noisy, and the best of many slices of 5 % would be luck: of the accuracy that
  a planted box of two limits has (six axes, 128 points, lost 85 % inside and 20 % outside), peels of 5 % by the mean
  reach 46 %, these 86 %.
- Of the boxes on the way the one is taken whose size times the excess of its density is largest (weighted relative
  accuracy; Lavrac, Flach and Zupan 1999): that of a box without limits is 0, whatever the share of all that are lost.
"""

from dataclasses import dataclass, replace
from itertools import product
from math import sqrt

import numpy as np

SLICES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Shares of a box's points that a peel may take off."""
LEAST = 0.05
"""Share of all points that a box keeps at least."""
CHANCE = 0.05
"""Quasi-p-value from which on a limit is removed."""


@dataclass(frozen=True)
class Box:
    """Limits on axes, each `[axes]`: -inf and inf where there is none. Values at a limit are inside."""

    low: np.ndarray
    high: np.ndarray

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Which points are inside, `[points, axes]` -> bool `[points]`."""
        return np.asarray(((points >= self.low) & (points <= self.high)).all(axis=1))

    @property
    def limits(self) -> list[tuple[int, str]]:
        """Axis and side, `low` or `high`, of each limit."""
        sides = product(range(len(self.low)), ("low", "high"))
        return [(axis, side) for axis, side in sides if np.isfinite(getattr(self, side)[axis])]

    def move(self, axis: int, side: str, value: float) -> "Box":
        """The box with another limit; infinite removes it."""
        limits = getattr(self, side).copy()
        limits[axis] = value
        return replace(self, **{side: limits})


def everything(axes: int) -> Box:
    """The box without limits."""
    return Box(np.full(axes, -np.inf), np.full(axes, np.inf))


def peel(points: np.ndarray, lost: np.ndarray) -> list[Box]:
    """The peeling trajectory, from the box without limits to one that cannot be made smaller.

    Args:
        points: `[points, axes]`.
        lost: what is to be large inside, here whether a point is lost, `[points]`.
    """
    boxes, least = [everything(points.shape[1])], max(LEAST * len(points), 2.0)
    while True:
        inside = boxes[-1].holds(points)
        here, y = points[inside], lost[inside].astype(np.float64)
        best, found = -np.inf, None
        for axis, side in product(range(points.shape[1]), ("low", "high")):
            sign = 1.0 if side == "low" else -1.0
            order = np.argsort(sign * here[:, axis], kind="stable")
            values, below = sign * here[order, axis], np.cumsum(y[order])
            for share in SLICES:
                # all points of one value leave together
                count = int(np.searchsorted(values, values[max(1, int(share * len(y))) - 1], side="right"))
                if len(y) - count < least:
                    continue
                score = (y.mean() - below[count - 1] / count) * sqrt(count * len(y) / (len(y) - count))
                if score > best:
                    best = score
                    found = boxes[-1].move(axis, side, sign * (values[count - 1] + values[count]) / 2.0)
        if found is None:
            return boxes
        boxes.append(found)


def accuracy(box: Box, points: np.ndarray, lost: np.ndarray) -> float:
    """Weighted relative accuracy: the share of points inside, times their density less that of all."""
    inside = box.holds(points)
    return float((lost[inside].sum() - inside.sum() * lost.mean()) / len(points))


def quasi_p(box: Box, axis: int, side: str, points: np.ndarray, lost: np.ndarray) -> float:
    """The chance that so many of the box's points are lost if the limit does not matter.

    Binomial, with the density of the box without the limit.
    """
    from scipy.stats import binom  # noqa: PLC0415 - slow to import

    without = lost[box.move(axis, side, -np.inf if side == "low" else np.inf).holds(points)]
    inside = lost[box.holds(points)]
    return float(binom.sf(inside.sum() - 1, len(inside), without.mean()))


def find(points: np.ndarray, lost: np.ndarray) -> tuple[Box, list[Box]]:
    """The best box of the peeling trajectory, less the limits that may be chance, and the trajectory; see `peel`."""
    boxes = peel(points, lost)
    box = max(boxes, key=lambda each: accuracy(each, points, lost))
    while box.limits:
        worst, axis, side = max((quasi_p(box, axis, side, points, lost), axis, side) for axis, side in box.limits)
        if worst <= CHANCE:
            break
        box = box.move(axis, side, -np.inf if side == "low" else np.inf)
    return box, boxes
