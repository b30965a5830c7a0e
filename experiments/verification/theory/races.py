"""Races from the king's model: how much work is done more than once under a margin.

`miners` equal miners start from the king's model. Each finds improvements of log loss `step` as a Poisson process with
`rate` per day. The first one with enough of them to clear the bar is crowned, and all start again from its model.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.special import betainc, gammaincc, gammainccinv

from policies import Policy
from sim.clock import BLOCKS_PER_DAY

HALVINGS = 100
"""Bisections of an age: the last one is far shorter than a block."""


def steps_needed(bar: float, step: float) -> int:
    """Number of improvements whose sum is truly above the bar, floor(bar / step) + 1."""
    return int(np.floor(bar / step)) + 1


def first_of(miners: int, steps: int, rate: float = 1.0) -> float:
    """Mean days until the first of the miners has so many improvements: the mean of the least of Erlang times."""
    return _alive(miners, steps, 0.0, np.inf) / rate


def efficiency(miners: int, steps: int) -> float:
    """Progress of the race, as a share of what the miners would make together on one model."""
    return steps / (miners * first_of(miners, steps))


def crown_share(compute: float, steps: int) -> float:
    """P(crown) of the one of two miners that has a share p of the compute: the incomplete beta function I_p(m, m)."""
    return float(betainc(steps, steps, compute))


def two_kings(first: float, second: float) -> tuple[float, float]:
    """Two miners dethrone each other at these rates per day: the first's emission share, and its mean reign in days."""
    return first / (first + second), 1.0 / second


@dataclass(frozen=True)
class Pace:
    """Outcome of races: mean days of a reign, mean gain of log loss per crown, share of the best possible speed."""

    reign: float
    gain: float
    efficiency: float

    @property
    def speed(self) -> float:
        """Fall of log-loss per day."""
        return self.gain / self.reign


def pace(policy: Policy, miners: int, rate: float, step: float) -> Pace:
    """The race under any schedule: S(a) = Q(floor(bar(a) / step) + 1, rate a)^miners is P(the reign is longer than a).

    When the bar falls to k steps, a miner that has k is crowned at once; between two such moments a miner has to find
    the k-th. Either way the crown gains what the bar asks at that moment.
    """
    steps = steps_needed(_bar(policy, 0.0), step)
    reign, gain, before = 0.0, 0.0, 1.0
    edges = [0.0, *(rate * openings(policy, step)).tolist(), np.inf]
    for start, end in pairwise(edges):
        reign += _alive(miners, steps, start, end) / rate
        after = _survival(miners, steps, end)
        gain += step * steps * (before - after)
        before, steps = after, steps - 1
    return Pace(reign, gain, gain / reign / (miners * rate * step))


def openings(policy: Policy, step: float) -> np.ndarray:
    """Ages in days from which one improvement fewer clears the bar; float64 `[changes]`, rising."""
    first, last = (steps_needed(_bar(policy, age), step) for age in (0.0, np.inf))
    enough = np.arange(first - 1, last - 1, -1)
    low, high = np.zeros(len(enough)), np.ones(len(enough))
    while np.any(closed := _bar(policy, high) >= enough * step):
        high = np.where(closed, 2.0 * high, high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        closed = _bar(policy, middle) >= enough * step
        low, high = np.where(closed, middle, low), np.where(closed, high, middle)
    return high / BLOCKS_PER_DAY


def _bar(policy: Policy, age: float | np.ndarray) -> Any:
    """The gain in log loss that a challenger needs, of the ages' shape."""
    return -np.log1p(-policy.epsilon(age))


def _survival(miners: int, steps: int, x: float) -> float:
    """P(none of the miners has so many improvements when each expects x)."""
    return float(gammaincc(steps, x) ** miners)


def _alive(miners: int, steps: int, start: float, end: float) -> float:
    """Integral of the survival over the expected number of improvements, split where it falls fastest."""
    cut = min(max(float(gammainccinv(steps, 0.5 ** (1.0 / miners))), start), end)
    halves = [
        quad(lambda x: _survival(miners, steps, x), a, b, limit=500, epsabs=1e-12)[0]
        for a, b in ((start, cut), (cut, end))
        if a < b
    ]
    return float(sum(halves))
