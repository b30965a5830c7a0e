"""The multi-power law of a whole curve under any learning rates (Luo et al. 2025), with its published constants."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from sim.traces.laws.schedules import warm
from sim.traces.laws.sizes import between

CHUNK = 256
"""Evaluated steps that are held against all changes at a time: bounded memory."""


@dataclass(frozen=True)
class Changes:
    """The changes of a learning rate, neighbouring ones taken together; float64 `[groups]` each.

    Attributes:
        fall: the sum of the falls in the group; rises count negative.
        rate: the rate after them.
        total: the sum of the rates before the step of the change.
        step: its number; weighted means over a group, like the two above.
    """

    fall: np.ndarray
    rate: np.ndarray
    total: np.ndarray
    step: np.ndarray


def changes(learning_rates: np.ndarray, groups: int = 1024, *, from_step: int = 0) -> Changes:
    """The steps at which the rate changes, in at most about `groups` groups.

    A curve of 72,000 steps under a cosine has 72,000 changes, and every evaluated point sees all before it. With 1,024
    groups no point of the published curves moves by more than 0.00014 nats (computed); a single cut of the rate is a
    group of its own.

    Args:
        learning_rates: of all steps.
        groups: at most so many, and one more per turn from rising to falling.
        from_step: changes before it do not count.
    """
    falls = -np.diff(learning_rates, prepend=0.0)
    where = np.flatnonzero(falls)
    where = where[where >= max(from_step, 1)]  # the first step has no rate before it
    if not len(where):
        return Changes(*(np.empty(0) for _ in range(4)))
    numbers = np.arange(len(where)) // max(1, -(-len(where) // groups))
    new = (np.diff(numbers) > 0) | (np.diff(np.sign(falls[where])) != 0)
    first = np.flatnonzero(np.concatenate([[True], new]))
    weight = np.abs(falls[where])
    whole = np.add.reduceat(weight, first)
    before = np.cumsum(learning_rates) - learning_rates
    centres = [np.add.reduceat(weight * values[where], first) / whole for values in (learning_rates, before)]
    steps = np.add.reduceat(weight * where, first) / whole
    return Changes(np.add.reduceat(falls[where], first), centres[0], centres[1], steps)


@dataclass(frozen=True)
class MultiPower:
    """`L = L0 + A * S^-a - sum_k B * (rate_{k-1} - rate_k) * (1 - (1 + C * rate_k^-g * S_k)^-b)`, nats per token.

    S is the sum of the rates to the evaluated step, S_k that from step k on. The sum over k includes the warm-up, whose
    rises make it negative: with the published constants that is worth 0.11 to 0.16 nats (computed). `after_warmup`
    gives constants for a sum without it.

    Attributes:
        floor: L0; lower than what a constant rate leaves, by B times the peak.
        scale, exponent: A and a.
        drop: B, nats per unit of the rate.
        speed, sharpness, bend: C, b and g, how soon a fall of the rate is felt.
        warmup: whether the sum over k includes the warm-up.
    """

    floor: float
    scale: float
    exponent: float
    drop: float
    speed: float
    sharpness: float
    bend: float
    warmup: bool = True

    def loss(self, learning_rates: np.ndarray, at: Any = None, groups: int = 1024) -> np.ndarray:
        """The loss at step numbers (whole, from 0; all when left out) of a run with these rates.

        Work grows with the number of steps asked for times `groups`: ask for as many as will be looked at.
        """
        at = np.arange(len(learning_rates)) if at is None else np.atleast_1d(np.asarray(at))
        changed = changes(learning_rates, groups, from_step=0 if self.warmup else warm(learning_rates) + 1)
        total = np.cumsum(learning_rates)[at]
        parts = [slice(i, i + CHUNK) for i in range(0, len(at), CHUNK)]
        return np.concatenate([self.after(changed, at[part], total[part]) for part in parts])

    def after(self, changed: Changes, at: np.ndarray, total: np.ndarray) -> np.ndarray:
        """The loss at step numbers with these sums of rates, after these changes: `loss` without its preparations."""
        since = np.where(changed.step <= at[:, None], total[:, None] - changed.total, 0.0)
        reach = np.log1p(self.speed * changed.rate**-self.bend * np.maximum(since, 0.0))
        felt = -np.expm1(-self.sharpness * reach) @ changed.fall
        return np.asarray(self.floor + self.scale * total**-self.exponent - self.drop * felt)

    def after_warmup(self, peak: float) -> Self:
        """The same law for a sum that starts after the warm-up: L0 + B * peak instead of L0.

        The two differ by what the warm-up has not yet done: 0.013 nats right after it, below 0.001 at the end of a run.
        """
        return replace(self, floor=self.floor + self.drop * peak, warmup=False)

    @classmethod
    def of_size(cls, parameters: float) -> Self:
        """Constants between the three sizes in a straight line over log N; outside them, those of the nearest size."""
        floor, scale, exponent, drop, speed, sharpness, bend = between(PUBLISHED, parameters)
        return cls(floor, scale, exponent, drop, speed, sharpness, bend)


PUBLISHED = {
    25e6: (3.0405, 0.5247, 0.5079, 363.79, 2.0656, 0.5828, 0.6414),
    100e6: (2.6514, 0.6012, 0.4530, 437.95, 2.1325, 0.5979, 0.6552),
    400e6: (2.3747, 0.6542, 0.4288, 523.42, 2.0246, 0.5935, 0.6347),
}
"""L0, A, a, B, C, b, g by parameters, as published in thu-yao-01-luo/MultiPowerLaw."""
