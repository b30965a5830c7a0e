"""What a scenario says about data, in one piece."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from policies.errors import InputError
from sim.data.diet import Diet
from sim.data.judging import Judging, judging
from sim.data.moving import Moving
from sim.data.sets import SETS

PAST = 0.4
"""Memory as a share of the tokens in a model's past. Two models of 49k parameters that learnt prose for 300 and 900
steps, then code for 400, follow `train_on` and `penalty_of` with 0.58 and 0.35, within 0.014 and 0.019 nats (rmse)."""

MEMORY = PAST * 5e11
"""Tokens: that share of the past of a public model as the subnet's were, 3B parameters and 0.5T tokens."""


@dataclass(frozen=True)
class Data:
    """What is judged when, how miners follow, and how soon their models do.

    Attributes:
        judging: the schedule of mixtures.
        moving: the habits of miners.
        memory: tokens, see `mixed`.

    Raises:
        InputError: the memory is no positive number.
    """

    judging: Judging = field(default_factory=lambda: judging([(0, "six-tasks")]))
    moving: Moving = field(default_factory=Moving)
    memory: float = MEMORY

    def __post_init__(self) -> None:
        if not (isfinite(self.memory) and self.memory > 0.0):
            raise InputError(f"memory is {self.memory:g} tokens, but must be a number above 0", ("memory",))

    @property
    def sets(self) -> tuple[str, ...]:
        """What miners choose from, in the order of every array with an axis of sets."""
        return SETS

    def lens(self, block: float) -> np.ndarray:
        """How the mixture of a block looks at a diet; what `penalty_of` takes."""
        return self.judging.lenses[self.judging.phase(block)]

    def diet(self, miners: int, seed: int, worlds: Sequence[int]) -> Diet:
        """What the miners of these worlds train on."""
        return Diet(self.moving, self.judging, miners, seed, worlds)
