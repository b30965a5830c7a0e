"""Which models are copies, near relatives or strangers, judged by their losses, because no log has the lineage."""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from experiments.verification.calibration.statistics import spread

LEAST_STEPS = 15
"""Fewest common steps from which an sd is estimated: with 15 its error is about 20 %."""
NEAR = 0.003
"""Paired sd of a step's mean loss below which two models count as near relatives, nats.

It is a convention. No pair with enough steps lies between 0.0020 and 0.0047; the pairs of 9 November, with four steps
each, do.
"""

Kind = Literal["copy", "near", "unrelated"]


@dataclass(frozen=True)
class Pair:
    """Two models and how their measured losses are related.

    Attributes:
        better, worse: columns of the evaluations, by mean loss.
        gap: of the mean losses, nats.
        sd: of the difference in one step, nats.
        kind: copy (equal in every step), near (sd below `NEAR`) or unrelated.
    """

    better: int
    worse: int
    gap: float
    sd: float
    kind: Kind


def pairs(loss: np.ndarray) -> list[Pair]:
    """All pairs of models in `[steps, models]`."""
    return [_pair(loss, one, two) for one, two in combinations(range(loss.shape[1]), 2)]


def distinct(loss: np.ndarray) -> list[int]:
    """The models that are no copy of an earlier one."""
    return [model for model, first in enumerate(_first(loss, ("copy",))) if model == first]


def lineage(loss: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For every model the first one of its family, and the first one that it is a copy of, int `[models]` each."""
    return np.array(_first(loss, ("copy", "near"))), np.array(_first(loss, ("copy",)))


def _pair(loss: np.ndarray, one: int, two: int) -> Pair:
    gap = float((loss[:, two] - loss[:, one]).mean())
    better, worse = (one, two) if gap >= 0 else (two, one)
    sd = float(spread((loss[:, worse] - loss[:, better])[:, None]))
    kind: Kind = "copy" if not (loss[:, one] - loss[:, two]).any() else "near" if sd < NEAR else "unrelated"
    return Pair(better, worse, abs(gap), sd, kind)


def _first(loss: np.ndarray, kinds: tuple[Kind, ...]) -> list[int]:
    first = list(range(loss.shape[1]))
    for pair in pairs(loss):
        if pair.kind in kinds:
            low, high = sorted((pair.better, pair.worse))
            first[high] = min(first[high], first[low])
    return first
