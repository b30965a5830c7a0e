"""What validators judge on and when: mixtures of data sets, and the penalties of models that were trained on others."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np

from policies.errors import InputError, nearest
from sim.data.sets import EXPONENT, JUDGES, SET_GAPS, SET_WORTH, TABLES, require_known
from sim.settings import require_shares


@dataclass(frozen=True)
class Mixture:
    """Weights of judges; a model's score is the weighted mean of its losses on them.

    Raises:
        InputError: a judge is unknown, a weight is not above 0, or the weights do not sum to 1.
    """

    name: str  #: what it is called
    weights: Mapping[str, float]  #: by judge, more than 0 and together 1

    def __post_init__(self) -> None:
        for judge, weight in self.weights.items():
            require_known(judge, JUDGES, "judge", ("weights", judge))
            if not (isfinite(weight) and weight > 0.0):
                raise InputError(
                    f"the weight of {judge!r} is {weight:g}, but a weight must be above 0: leave the judge out instead",
                    ("weights", judge),
                )
        if not self.weights:
            raise InputError(f"{self.name!r} has no weights, but a mixture needs at least one judge", ("weights",))
        require_shares(f"weights of {self.name!r}", self.weights.items(), "weights")
        object.__setattr__(self, "weights", dict(self.weights))  # a copy, which the caller cannot change


MIXTURES: Mapping[str, Mixture] = {name: Mixture(name, weights) for name, weights in TABLES["mixtures"].items()}
"""Mixtures by name."""


def mixture(given: Any, path: tuple[str | int, ...] = ()) -> Mixture:
    """A mixture from its name, or from `{judge: weight}`.

    Raises:
        InputError: neither is meant, or there is none of that name.
    """
    if isinstance(given, Mixture):
        return given
    if isinstance(given, Mapping):
        try:
            return Mixture("own", given)
        except InputError as error:
            raise error.under(*path) from None
    if given not in MIXTURES:
        raise InputError(f"there is no mixture {given!r}; {nearest(given, MIXTURES)} (or give {{judge: weight}})", path)
    return MIXTURES[given]


@dataclass(frozen=True)
class Judging:
    """A schedule of mixtures: the phases of a contest.

    The score of a model is `law + penalty`. `law` is the loss that the scaling law gives for a model of its size and
    effort **that was trained on the judge's own kind of text**, and it is the same for every judge and phase; so scores
    before and after a switch have one reference, and a score moves at a switch only by how well the model's training
    mix fits the new mixture. Left out is that code has a lower entropy than web text for a model that has learnt it.

    Attributes:
        phases: (first block, mixture), by rising block. The first one holds before its block too.

    Raises:
        InputError: there is no phase, or the blocks do not rise.
    """

    phases: tuple[tuple[int, Mixture], ...]

    def __post_init__(self) -> None:
        if not self.phases:
            raise InputError("there is no mixture to judge on; give at least one, e.g. [[0, six-tasks]]")
        for place, (before, after) in enumerate(zip(self.blocks, self.blocks[1:], strict=False), 1):
            if after <= before:
                raise InputError(
                    f"block {after} comes after block {before}, but the blocks of mixtures must rise", (place, 0)
                )

    @property
    def blocks(self) -> tuple[int, ...]:
        """The first block of each phase."""
        return tuple(block for block, _ in self.phases)

    def phase(self, block: float) -> int:
        """Which phase a block belongs to, from 0."""
        return max(0, bisect_right(self.blocks, block) - 1)

    @cached_property
    def weights(self) -> np.ndarray:
        """The weight of every judge, 0 where it has no say, `[phases, judges]`."""
        return np.array([[each.weights.get(judge, 0.0) for judge in JUDGES] for _, each in self.phases])

    @cached_property
    def penalty(self) -> np.ndarray:
        """Nats by which the score of a model trained wholly on a set is above the law, `[phases, sets]`."""
        return np.stack([(SET_GAPS * weights).sum(axis=1) for weights in self.weights])

    @cached_property
    def best(self) -> np.ndarray:
        """The set with the least penalty of each phase, int `[phases]`."""
        return np.asarray(np.argmin(self.penalty, axis=1))

    @cached_property
    def data_weights(self) -> tuple[np.ndarray, ...]:
        """What a token of each set counts for each judge, by phase `[judges with a say, sets]`; for `penalty_of`.

        The worth of a token, scaled so that the sum over judges needs no weights any more:
        `w * d ** -p = (w ** (-1 / p) * d) ** -p`.
        """
        scale = [weights[weights > 0.0] ** (-1.0 / EXPONENT) for weights in self.weights]
        heard = [SET_WORTH[:, weights > 0.0] for weights in self.weights]
        return tuple((worth * by).T.copy() for worth, by in zip(heard, scale, strict=True))


def judging(schedule: Iterable[tuple[int, Any]]) -> Judging:
    """A schedule from (block, mixture); a mixture is a name, `{judge: weight}` or a `Mixture`.

    Raises:
        InputError: a mixture is unknown or wrong, or the blocks do not rise.
    """
    return Judging(tuple((int(block), mixture(given, (place, 1))) for place, (block, given) in enumerate(schedule)))
