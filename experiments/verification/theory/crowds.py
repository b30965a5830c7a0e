"""Crowds in which every miner submits one model: how many of n submissions become king, and for how long.

Losses are independent draws from one distribution. Where its form matters a loss is U^spread with U uniform, so that
-ln(loss) is exponential with the mean `spread`. The king's rank u is the probability that a random submission has a
lower loss; a newcomer beats the king by the margin with probability q u, where q = `chance(...)`.
"""

from decimal import Decimal, localcontext
from functools import cache

import numpy as np
from scipy.special import psi


def harmonic(n: int, power: int = 1) -> float:
    """1 + 1/2^power + ... + 1/n^power."""
    return float(np.sum(1.0 / np.arange(1, n + 1) ** float(power)))


def chance(epsilon: float, spread: float) -> float:
    """q = (1 - epsilon)^(1 / spread): the factor by which a margin makes a crown rarer."""
    return float((1.0 - epsilon) ** (1.0 / spread))


def kings(n: int) -> tuple[float, float]:
    """Mean and variance of the number of kings after n submissions without a margin, whatever the distribution."""
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
    """Mean number of kings after n submissions where a king must beat all before it by the margin."""
    return 1.0 + q * (harmonic(n) - 1.0)


def running_best_weibull(n: int, epsilon: float, shape: float) -> float:
    """The same for Weibull losses; shape 1 is the exponential distribution."""
    w = (1.0 - epsilon) ** shape
    return float(1.0 + w * (psi(n + w) - psi(1.0 + w)))


@cache
def king(n: int, q: float) -> float:
    """Mean number of kings after n submissions where a king must beat only the king before by the margin.

    The moments E[u^m] of the king's rank u after j submissions give those after j + 1. The sums cancel down to a few
    parts in 2^n, so the number of digits grows with n.
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


def community_chance(n: int, drift: float, margin: float) -> float:
    """P(the n-th submission of a steadily improving community becomes king).

    The n-th submission has the score G + c n, with G from the standard Gumbel distribution: its loss is
    exp(-spread (G + c n)). A king must beat all before it by the margin delta. The chance is
    1 / (1 + e^delta (e^-c + e^-2c + ... + e^-(n-1)c)).

    Args:
        n: number of the submission, from 1.
        drift: c, in units of the score.
        margin: delta = -ln(1 - epsilon) / spread, in units of the score.
    """
    before = np.sum(np.exp(-drift * np.arange(1, n)))
    return float(1.0 / (1.0 + np.exp(margin) * before))


def community_rate(drift: float, margin: float) -> float:
    """Kings per submission of that community in the long run; 0 without drift."""
    fresh = -np.expm1(-drift)
    return float(fresh / (fresh + np.exp(margin - drift)))


def community_kings(n: int, drift: float, margin: float) -> float:
    """Mean number of kings after n submissions of that community."""
    return sum(community_chance(k, drift, margin) for k in range(1, n + 1))


def hhi(n: int) -> float:
    """Mean Herfindahl index of n miners' shares of the reigning time: one submission each, equal skill, no margin.

    Reigns, counted in submissions, then have the distribution of the cycle lengths of a random permutation.
    """
    return (n + 1) / (2 * n)


def longest_share(n: int) -> float:
    """Mean longest reign of the same n miners, as a share of n.

    A share a_i(m) of the permutations of i elements has no cycle longer than m, and
    i a_i = a_(i-1) + ... + a_(i-m). The mean of the longest cycle is the sum over m of 1 - a_n(m).
    """
    m = np.arange(n)
    none_longer = np.zeros((n + 1, n))
    none_longer[0] = 1.0
    last = np.zeros(n)  # the sum of the last m terms
    for i in range(1, n + 1):
        leaves = i - 1 - m
        gone = np.where(leaves >= 0, none_longer[np.maximum(leaves, 0), m], 0.0)
        last += none_longer[i - 1] - gone
        none_longer[i] = last / i
    return float(np.sum(1.0 - none_longer[n]) / n)
