"""How long a king reigns: against random challengers, a steady frontier, and a frontier that flattens out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import lambertw

from experiments.verification.theory.crowds import chance
from policies import Policy
from sim.clock import BLOCKS_PER_DAY


def survival(policy: Policy, days: float, arrivals: float, spread: float, *, retry: bool) -> float:
    """P(the first reign is longer than `days`) under any schedule.

    Args:
        policy: the king's advantage at each age.
        days: age of the king.
        arrivals: submissions per day, a Poisson process.
        spread: losses are U^spread.
        retry: whether near-misses challenge again as the advantage falls; else each model challenges once.
    """

    def q(age: float) -> float:
        return chance(float(policy.epsilon(age * BLOCKS_PER_DAY)), spread)

    tries = days * q(days) if retry else quad(q, 0, days, limit=500, epsabs=1e-11)[0]
    x = arrivals * float(tries)
    return float(-np.expm1(-x) / x) if x else 1.0


def survival_steps(chances: Sequence[float], *, retry: bool) -> float:
    """P(the first reign outlives its first m challengers), one per step.

    A king of rank u survives with probability (1 - q_1 u) ... (1 - q_m u), or (1 - q_m u)^m if all challenge again. The
    mean over uniform u is an integral of a polynomial, which Gauss-Legendre gives exactly. Where a step brings a
    challenger only with probability p, give p q instead of q.

    Args:
        chances: q = (1 - epsilon)^(1 / spread) at the king's age in steps 1 ... m, rising.
        retry: as in `survival`.
    """
    m = len(chances)
    if not m:
        return 1.0
    nodes, weights = np.polynomial.legendre.leggauss(m // 2 + 1)
    u = (nodes + 1.0) / 2.0
    against = np.full(m, chances[-1]) if retry else np.asarray(chances)
    alive = np.exp(np.sum(np.log1p(-against[:, None] * u), axis=0))
    return float(np.sum(weights * alive) / 2.0)


def frontier_reign(policy: Policy, rate: float, *, log: bool = False) -> float:
    """Days until a challenger from a steadily falling frontier clears the bar: r a = epsilon(a).

    Args:
        policy: the king's advantage at each age.
        rate: r, fall of the best attainable log-loss per day.
        log: use the exact bar -ln(1 - epsilon) in place of epsilon.
    """

    def bar(days: float) -> float:
        epsilon = float(policy.epsilon(days * BLOCKS_PER_DAY))
        return float(-np.log1p(-epsilon)) if log else epsilon

    longest = bar(0.0) / rate
    return float(brentq(lambda a: rate * a - bar(a), 0.0, longest, xtol=1e-12)) if longest else 0.0


def frontier_reign_linear(rate: float, start: float, end: float, days: float) -> float:
    """The same for a linear decay over `days`, in closed form."""
    falling = 1.0 / (rate / start + (1.0 - end / start) / days)
    return falling if falling <= days else end / rate


def frontier_reign_exponential(rate: float, start: float, days: float) -> float:
    """The same for an exponential decay to 0 with the time constant `days`, in closed form."""
    return float(days * lambertw(start / (rate * days)).real)


@dataclass(frozen=True)
class Frontier:
    """The best attainable loss, floor + scale * t^-power, t > 0 in any unit of time."""

    floor: float
    scale: float
    power: float

    def loss(self, t: float) -> float:
        """The loss at time t."""
        return float(self.floor + self.scale * t**-self.power)

    def time(self, loss: float) -> float:
        """When the frontier is at a loss above its floor."""
        return float((self.scale / (loss - self.floor)) ** (1.0 / self.power))


def dethronings(floor: float, first_loss: float, epsilon: float) -> int:
    """How often the throne can change hands after the first king, floor(ln(L0 / E) / delta).

    The k-th successor needs a loss of L0 (1 - epsilon)^k, which is to be above the floor: where the ratio is whole, the
    last one never comes.
    """
    ratio = np.log(first_loss / floor) / -np.log1p(-epsilon)
    return int(np.ceil(ratio)) - 1


def king_times(frontier: Frontier, first_loss: float, epsilon: float) -> np.ndarray:
    """When the first king and each of its successors reach their bars, float64 `[dethronings + 1]`."""
    most = dethronings(frontier.floor, first_loss, epsilon)
    return np.array([frontier.time(first_loss * (1.0 - epsilon) ** k) for k in range(most + 1)])


def gap(floor: float, epsilon: float) -> float:
    """How far above the floor the last king can be at most: E epsilon / (1 - epsilon), in units of the loss."""
    return floor * epsilon / (1.0 - epsilon)
