"""The annealing law of a whole curve under any learning rates (Tissue et al. 2024), with constants of three sizes."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from sim.traces.laws.schedules import warm
from sim.traces.laws.sizes import between

MEMORY = 0.999
"""Per step, how much of a fall of the rate still acts; Tissue et al.'s value, used for all fits here."""


def sums(learning_rates: np.ndarray, memory: float = MEMORY) -> tuple[np.ndarray, np.ndarray]:
    """What a curve depends on, float64 `[steps]` each.

    Returns:
        S1: the sum of the rates up to and including each step, warm-up included.
        S2: the sum over steps of the momentum m, m_i = memory * m_{i-1} + (rate_{i-1} - rate_i), from the end of the
            warm-up.
    """
    from scipy.signal import lfilter  # noqa: PLC0415 - half a second, and only laws are evaluated with it

    falls = -np.diff(learning_rates, prepend=learning_rates[:1])
    falls[: warm(learning_rates) + 1] = 0.0
    return np.cumsum(learning_rates), np.cumsum(lfilter([1.0], [1.0, -memory], falls))


@dataclass(frozen=True)
class Annealing:
    """`L = L0 + A * S1^-a - C * S2`, nats per token.

    Attributes:
        floor: L0, what remains at a constant rate after endless training.
        scale, exponent: A and a.
        drop: C, nats per unit of S2: what cooling down is worth.
        memory: of `sums`.
    """

    floor: float
    scale: float
    exponent: float
    drop: float
    memory: float = MEMORY

    def loss(self, learning_rates: np.ndarray, at: Any = None) -> np.ndarray:
        """The loss at step numbers (whole, from 0; all when left out) of a run with these rates.

        The law has no upper end: in the first steps of a warm-up it says more than any model can lose.
        """
        rising, falling = sums(learning_rates, self.memory)
        at = slice(None) if at is None else np.asarray(at)
        return self.after(rising[at], falling[at])

    def after(self, rising: np.ndarray, falling: np.ndarray) -> np.ndarray:
        """The loss for S1 and S2: `loss` without its preparations."""
        return np.asarray(self.floor + self.scale * rising**-self.exponent - self.drop * falling)

    @classmethod
    def of_size(cls, parameters: float) -> Self:
        """Constants between the three sizes in a straight line over log N; outside them, those of the nearest size.

        On OLMo's ladder, holding them beyond 400M leaves half the error that going on in a straight line does
        (computed: 0.015 to 0.019 against 0.032 to 0.038 at 3B).
        """
        return cls(*between(PUBLISHED, parameters))


PUBLISHED = {
    25e6: (3.1640, 0.5094, 0.5237, 0.4062),
    100e6: (2.7897, 0.5916, 0.4558, 0.4802),
    400e6: (2.5370, 0.6395, 0.4299, 0.5729),
}
"""L0, A, a, C by parameters, computed from the 24,000-step cosine and constant multi-power curves of
each size."""
