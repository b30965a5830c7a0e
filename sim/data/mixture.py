"""What validators judge on at one time: sets with weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, isfinite
from types import MappingProxyType
from typing import Any

import numpy as np

from policies.errors import InputError, nearest
from sim.data.gaps import JUDGES, known


@dataclass(frozen=True)
class Mixture:
    """Weights of judges; a model's score is the weighted mean of its losses on them (A4).

    Attributes:
        name: what it is called.
        weights: by judge, more than 0 and together 1.

    Raises:
        InputError: a judge is unknown, or a weight breaks that rule.
    """

    name: str
    weights: Mapping[str, float]

    def __post_init__(self) -> None:
        for judge, weight in self.weights.items():
            known(judge, JUDGES, "judge", ("weights", judge))
            if not (isfinite(weight) and weight > 0.0):
                raise InputError(
                    f"the weight of {judge!r} is {weight:g}, but a weight must be above 0: leave the judge out instead",
                    ("weights", judge),
                )
        total = fsum(self.weights.values())
        if abs(total - 1.0) > 1e-9:
            raise InputError(
                f"the weights of {self.name!r} sum to {total:g}, but must sum to 1: divide each by {total:g}"
                if total
                else f"{self.name!r} has no weights, but a mixture needs at least one judge",
                ("weights",),
            )
        object.__setattr__(self, "weights", dict(self.weights))  # one's own, so that nobody can change it

    @property
    def vector(self) -> np.ndarray:
        """The weight of every judge, 0 where it has no say, `[judges]`."""
        return np.array([self.weights.get(judge, 0.0) for judge in JUDGES])


MIXTURES: Mapping[str, Mixture] = MappingProxyType(
    {
        name: Mixture(name, weights)
        for name, weights in {
            "refinedweb": {"refinedweb": 1.0},
            "fineweb": {"fineweb": 1.0},
            "fineweb-edu": {"fineweb-edu-2": 1.0},
            "edu-stack": {"fineweb-edu-2": 0.65, "stack": 0.35},
            "six-tasks": {
                "fineweb": 0.30,
                "fineweb-edu-2": 0.25,
                "stack": 0.35,
                "pes2o": 0.05,
                "finemath": 0.03,
                "infiwebmath": 0.02,
            },
        }.items()
    }
)
"""Mixtures by name: those of the subnet, and `fineweb`, which it never used alone. `edu-stack` was the mean over all
batches of both sets; how many each had is not on record, so code has the share here that it was given later."""


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
        raise InputError(f"there is no mixture {given!r}; {nearest(given, MIXTURES)}, or give {{judge: weight}}", path)
    return MIXTURES[given]
