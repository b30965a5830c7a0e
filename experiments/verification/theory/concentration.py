"""How unequal pure luck makes miners: n miners with one submission each, equal skill and no margin.

Reigns, counted in submissions, are the cycle lengths of a random permutation.
"""

import numpy as np
from scipy.integrate import quad
from scipy.special import exp1


def hhi(n: int) -> float:
    """Mean sum of squared shares of the n submissions' time on the throne."""
    return (n + 1) / (2 * n)


def longest_share(n: int) -> float:
    """Mean longest reign as a share of n, exactly.

    Of i elements a share a_i(m) of permutations has no cycle above m, and i a_i = a_(i-1) + ... + a_(i-m). The mean of
    the longest cycle is the sum over m of 1 - a_n(m).
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


def golomb_dickman() -> float:
    """Where the longest share ends up for many submissions, 0.62433: the integral of exp(-x - E1(x))."""
    value, _ = quad(lambda x: np.exp(-x - exp1(x)), 0, np.inf, epsabs=1e-12)
    return float(value)


def longest_share_nearly(n: int) -> float:
    """The approximation 0.62433 (n + 1/2) / n of `longest_share`."""
    return golomb_dickman() * (n + 0.5) / n
