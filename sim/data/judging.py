"""When validators judge on which mixture, and what that costs models by what they were trained on."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from policies.errors import InputError
from sim.data.gaps import EXPONENT
from sim.data.mixture import Mixture, mixture
from sim.data.sets import SET_GAPS, SET_WORTH

HISTORY: Mapping[str, tuple[tuple[int, str], ...]] = MappingProxyType(
    {
        "3B": ((3_601_190, "refinedweb"), (4_732_978, "six-tasks")),
        "7B": ((2_786_061, "refinedweb"), (3_307_004, "fineweb-edu")),
        "14B": ((3_750_683, "fineweb-edu"), (4_732_978, "six-tasks")),
        "14B*": ((4_252_646, "edu-stack"),),
        "772M": ((2_405_920, "refinedweb"),),
    }
)
"""What the subnet's competitions were judged on, from which block (B1); a competition's end is not in here."""


@dataclass(frozen=True)
class Judging:
    """A schedule of mixtures: the phases of a contest.

    The score of a model is `law + penalty`. `law` is the loss that the scaling law gives for a model of its size and
    effort **that was trained on the judge's own kind of text**, and it is the same for every judge and phase; so scores
    before and after a switch have one reference, and a score moves at a switch only by how well the model's diet fits
    the new mixture. That code has a lower entropy than web text, for whoever learnt it, is left out.

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
        """The weight of every judge, `[phases, judges]`."""
        return np.stack([each.vector for _, each in self.phases])

    @cached_property
    def penalty(self) -> np.ndarray:
        """Nats by which the score of a model trained wholly on a set is above the law, `[phases, sets]`."""
        return np.stack([(SET_GAPS * weights).sum(axis=1) for weights in self.weights])

    @cached_property
    def best(self) -> np.ndarray:
        """The set with the least penalty of each phase, int `[phases]`."""
        found: np.ndarray = np.argmin(self.penalty, axis=1)
        return found

    @cached_property
    def lenses(self) -> tuple[np.ndarray, ...]:
        """How each phase looks at a diet, `[judges with a say, sets]`: what `penalty_of` takes.

        The worth of a token of each set, scaled so that the sum over judges needs no weights any more:
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
