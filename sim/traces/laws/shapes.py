"""Laws of a whole curve under any learning rates: annealing (Tissue et al. 2024), multi-power (Luo et al. 2025)."""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from sim.traces.laws.schedules import warmup_steps

MEMORY = 0.999  #: per step, how much of a fall of the rate still acts; Tissue et al.'s value, used for all fits here
CHUNK = 256  #: evaluated steps that are held against all changes at a time: bounded memory


@dataclass(frozen=True)
class Shape:
    """The constants that both laws have; losses are in nats per token."""

    PUBLISHED: ClassVar[dict[float, tuple[float, ...]]]  #: the constants in the order of the fields, by parameters

    floor: float  #: L0: what endless training leaves; under the multi-power law less, by B times a constant rate
    scale: float  #: A
    exponent: float  #: a
    drop: float  #: C, nats per unit of S2, or B, nats per unit of the rate: what cooling down is worth

    @classmethod
    def of_size(cls, parameters: float) -> Self:
        """Constants between the three sizes in a straight line over log N; outside them, those of the nearest size.

        On OLMo's ladder, holding annealing's beyond 400M leaves half the error that going on in a straight line does
        (computed: 0.015 to 0.019 against 0.032 to 0.038 at 3B).
        """
        sizes, columns = np.log(list(cls.PUBLISHED)), np.array(list(cls.PUBLISHED.values())).T
        return cls(*(float(np.interp(np.log(parameters), sizes, column)) for column in columns))


def sums(learning_rates: np.ndarray, memory: float = MEMORY) -> tuple[np.ndarray, np.ndarray]:
    """What annealing depends on, float64 `[steps]` each.

    Returns:
        S1: the sum of the rates up to and including each step, warm-up included.
        S2: the sum over steps of the momentum m, m_i = memory * m_{i-1} + (rate_{i-1} - rate_i), from the end of the
            warm-up.
    """
    from scipy.signal import lfilter  # noqa: PLC0415 - half a second, and only laws are evaluated with it

    falls = -np.diff(learning_rates, prepend=learning_rates[:1])
    falls[: warmup_steps(learning_rates) + 1] = 0.0
    return np.cumsum(learning_rates), np.cumsum(lfilter([1.0], [1.0, -memory], falls))


@dataclass(frozen=True)
class Annealing(Shape):
    """`L = L0 + A * S1^-a - C * S2`."""

    #: L0, A, a, C, computed from the 24,000-step cosine and constant multi-power curves of each size
    PUBLISHED: ClassVar = {
        25e6: (3.1640, 0.5094, 0.5237, 0.4062),
        100e6: (2.7897, 0.5916, 0.4558, 0.4802),
        400e6: (2.5370, 0.6395, 0.4299, 0.5729),
    }

    memory: float = MEMORY  #: of `sums`

    def loss(self, learning_rates: np.ndarray, at: Any = None) -> np.ndarray:
        """The loss at step numbers (whole, from 0; all when left out) of a run with these rates.

        The law has no upper end: in the first steps of a warm-up it says more than any model can lose.
        """
        rising, falling = sums(learning_rates, self.memory)
        at = slice(None) if at is None else np.asarray(at)
        return self.loss_of_sums(rising[at], falling[at])

    def loss_of_sums(self, rising: np.ndarray, falling: np.ndarray) -> np.ndarray:
        """The loss for S1 and S2, which a fit computes once for many constants."""
        return np.asarray(self.floor + self.scale * rising**-self.exponent - self.drop * falling)


class Changes(NamedTuple):
    """The changes of a learning rate, neighbouring ones taken together; float64 `[groups]` each."""

    fall: np.ndarray  #: the sum of the falls in the group; rises count negative
    rate: np.ndarray  #: the rate after them; like the two below a weighted mean over the group
    total: np.ndarray  #: the sum of the rates before the step of the change
    step: np.ndarray  #: its number


def changes(learning_rates: np.ndarray, groups: int = 1024) -> Changes:
    """The steps at which the rate changes, in `groups` groups and one more per turn to falling.

    A curve of 72,000 steps under a cosine has 72,000 changes, and every evaluated point sees all before it. With 1,024
    groups no point of the published curves moves by more than 0.00014 nats (computed); a single cut of the rate is a
    group of its own.
    """
    falls = -np.diff(learning_rates, prepend=0.0)
    where = np.flatnonzero(falls)
    where = where[where >= 1]  # the first step has no rate before it
    if not len(where):
        return Changes(*(np.empty(0) for _ in range(4)))
    numbers = np.arange(len(where)) // max(1, -(-len(where) // groups))
    begins = (np.diff(numbers) > 0) | (np.diff(np.sign(falls[where])) != 0)
    first = np.flatnonzero(np.concatenate([[True], begins]))
    weight = np.abs(falls[where])
    whole = np.add.reduceat(weight, first)
    before = np.cumsum(learning_rates) - learning_rates
    means = [
        np.add.reduceat(weight * values, first) / whole for values in (learning_rates[where], before[where], where)
    ]
    return Changes(np.add.reduceat(falls[where], first), *means)


@dataclass(frozen=True)
class MultiPower(Shape):
    """`L = L0 + A * S^-a - sum_k B * (rate_{k-1} - rate_k) * (1 - (1 + C * rate_k^-g * S_k)^-b)`.

    S is the sum of the rates to the evaluated step, S_k that from step k on. The sum over k includes the warm-up, whose
    rises make it negative: with the published constants that is worth 0.11 to 0.16 nats (computed). For a sum without
    the warm-up L0 would have to be larger by B times the peak.
    """

    #: L0, A, a, B, C, b, g, as published in thu-yao-01-luo/MultiPowerLaw
    PUBLISHED: ClassVar = {
        25e6: (3.0405, 0.5247, 0.5079, 363.79, 2.0656, 0.5828, 0.6414),
        100e6: (2.6514, 0.6012, 0.4530, 437.95, 2.1325, 0.5979, 0.6552),
        400e6: (2.3747, 0.6542, 0.4288, 523.42, 2.0246, 0.5935, 0.6347),
    }

    speed: float  #: C, with b and g: how soon a fall of the rate is felt
    sharpness: float  #: b
    bend: float  #: g

    def loss(self, learning_rates: np.ndarray, at: Any = None, groups: int = 1024) -> np.ndarray:
        """The loss at step numbers (whole, from 0; all when left out) of a run with these rates.

        Work grows with the number of steps asked for times `groups`: ask for as many as will be looked at.
        """
        at = np.arange(len(learning_rates)) if at is None else np.atleast_1d(np.asarray(at))
        changed, total = changes(learning_rates, groups), np.cumsum(learning_rates)[at]
        parts = [slice(i, i + CHUNK) for i in range(0, len(at), CHUNK)]
        return np.concatenate([self.loss_of_changes(changed, at[part], total[part]) for part in parts])

    def loss_of_changes(self, changed: Changes, at: np.ndarray, total: np.ndarray) -> np.ndarray:
        """The loss at step numbers with these sums of rates; a fit computes the changes once for many constants."""
        since = np.where(changed.step <= at[:, None], total[:, None] - changed.total, 0.0)
        reach = np.log1p(self.speed * changed.rate**-self.bend * np.maximum(since, 0.0))
        felt = -np.expm1(-self.sharpness * reach) @ changed.fall
        return np.asarray(self.floor + self.scale * total**-self.exponent - self.drop * felt)
