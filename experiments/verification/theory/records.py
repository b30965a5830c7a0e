"""Kings of a crowd without progress: how many of n submissions become king.

Losses are independent and of one law. Where it matters they are U^spread with U uniform, so that -ln L is exponential
with the mean `spread`, and a newcomer beats a king of rank u by the margin with probability q u, q = `chance(...)`.
"""

from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import cache

import numpy as np
from scipy.integrate import quad
from scipy.special import psi


def harmonic(n: int, power: int = 1) -> float:
    """1 + 1/2^power + ... + 1/n^power."""
    return float(np.sum(1.0 / np.arange(1, n + 1) ** float(power)))


def chance(epsilon: float, spread: float) -> float:
    """q = (1 - epsilon)^(1 / spread): how much rarer a crown is than without a margin."""
    return float((1.0 - epsilon) ** (1.0 / spread))


def kings(n: int) -> tuple[float, float]:
    """Mean and variance of the number of kings after n submissions without a margin, whatever the law."""
    return harmonic(n), harmonic(n) - harmonic(n, 2)


def kings_law(n: int) -> np.ndarray:
    """P(m kings after n submissions), m = 0 ... n, float64 `[n + 1]`: Stirling1(n, m) / n!.

    The k-th submission is a record with probability 1/k, independently of all others.
    """
    law = np.zeros(n + 1)
    law[0] = 1.0
    for k in range(1, n + 1):
        law[1:] = law[1:] * (1.0 - 1.0 / k) + law[:-1] / k
        law[0] *= 1.0 - 1.0 / k
    return law


def second_king(j: int) -> float:
    """P(the second king is the j-th submission), j from 2, without a margin."""
    return 1.0 / (j * (j - 1))


def king_age(n: int) -> float:
    """Mean number of submissions since the king's own, after n of them: 0 ... n - 1 are equally likely."""
    return (n - 1) / 2.0


def running_best(n: int, q: float) -> float:
    """Mean number of kings after n submissions that each must beat all before by the margin."""
    return 1.0 + q * (harmonic(n) - 1.0)


def running_best_weibull(n: int, epsilon: float, shape: float) -> float:
    """The same for Weibull losses, shape 1 being exponential ones."""
    w = (1.0 - epsilon) ** shape
    return float(1.0 + w * (psi(n + w) - psi(1.0 + w)))


def running_best_of(n: int, beats: Callable[[float], float]) -> float:
    """The same for any law.

    Args:
        n: submissions.
        beats: chance of a newcomer to beat by the margin a loss that a share u of the law undercuts; F((1 - epsilon)
            F^-1(u)) for the distribution function F.
    """
    k = np.arange(1, n)
    mean, _ = quad(lambda u: beats(u) * np.sum(k * (1.0 - u) ** (k - 1)), 0, 1, points=[1.0 / n], limit=500)
    return 1.0 + float(mean)


@cache
def king(n: int, q: float) -> float:
    """Mean number of kings after n submissions that each must beat the king alone by the margin.

    The moments a_m(j) = E[u^m] of the king's rank after j submissions follow from each other; they cancel down to a
    few parts in 2^n, so the digits grow with n.
    """
    with localcontext() as context:
        context.prec = 40 + n
        factor, total = Decimal(q), Decimal(0)
        powers = [factor**m for m in range(n + 1)]
        moments = [1 / Decimal(m + 1) for m in range(n + 1)]
        for _ in range(n - 1):
            total += moments[1]
            moments = [
                moments[m] - factor * moments[m + 1] * (1 - powers[m] / (m + 1)) for m in range(len(moments) - 1)
            ]
        return float(1 + factor * total)
