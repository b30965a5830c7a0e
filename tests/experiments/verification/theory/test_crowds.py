"""Crowds: kings without and with progress, and shares by luck."""

from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import permutations
from math import exp, factorial, log

import numpy as np
import pytest
from scipy.integrate import quad

from experiments.verification.theory import crowds

SPREAD = 0.01
EPSILONS = (0.0, 0.0005, 0.001, 0.005, 0.01)
TABLE = {  # , all printed values but the one that has a test of its own
    ("running-best", 200): (5.8780, 5.6401, 5.4136, 3.9550, 2.7855),
    ("king", 200): (5.8780, 5.6451, 5.4322, 4.2151, 3.3458),
    ("running-best", 100): (5.1874, 4.9831, 4.7887, 3.5366, 2.5327),
    ("king", 100): (5.1874, 4.9873, 4.8044, 3.7550, 3.0013),
}
KINGS = {"running-best": crowds.running_best, "king": crowds.king}


@pytest.mark.parametrize(
    ("n", "mean", "variance"), [(10, 2.9290, 1.3792), (100, 5.1874, 3.5524), (1000, 7.4855, 5.8415)]
)
def test_records_as_published(n, mean, variance):
    """Published values, the printed means and variances."""
    assert tuple(round(x, 4) for x in crowds.kings(n)) == (mean, variance)


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_the_law_of_records_has_their_moments(n):
    """The probabilities sum to 1, and their mean and variance are H_n and H_n - H_n^(2)."""
    law, m = crowds.kings_law(n), np.arange(n + 1)
    mean, variance = crowds.kings(n)
    assert law.sum() == pytest.approx(1)
    assert law @ m == pytest.approx(mean)
    assert law @ m**2 - mean**2 == pytest.approx(variance, abs=1e-12)


def test_records_are_stirling_numbers():
    """Of the 24 orders of four submissions 6, 11, 6 and 1 have 1, 2, 3 and 4 crowds."""
    assert crowds.kings_law(4) * factorial(4) == pytest.approx([0, 6, 11, 6, 1])


def test_the_second_king():
    """By the n-th submission the second king has come with probability 1 - 1/n."""
    assert sum(crowds.second_king(j) for j in range(2, 51)) == pytest.approx(1 - 1 / 50)


def test_the_age_of_the_king():
    """After three submissions the best is the third, second or first with equal chances: ages 0, 1 and 2."""
    assert crowds.king_age(3) == 1


@pytest.mark.parametrize(("semantics", "n"), TABLE)
def test_margins_as_published(semantics, n):
    """Published values, the table for losses U^0.01."""
    found = [KINGS[semantics](n, crowds.chance(e, SPREAD)) for e in EPSILONS]
    assert tuple(round(x, 4) for x in found) == TABLE[semantics, n]


@pytest.mark.parametrize(("n", "epsilon"), [(100, 0.0005), (100, 0.01), (200, 0.005)])
def test_king_from_behind(n, epsilon):
    """`king` by a recursion from the other end, where the published 4.9874 (n 100, epsilon 0.0005) is 4.9873 (4.98735).

    With j submissions to come a king of rank u will have f_j(u) successors, f_j(u) = q u + (the integral of f_(j-1)
    from 0 to q u) + (1 - q u) f_(j-1)(u): polynomials in u, whose mean over the first king's rank is the answer.
    """
    with localcontext() as context:
        context.prec = 200
        q = (1 - Decimal(str(epsilon))) ** 100
        f = [Decimal(0)]
        for _ in range(n - 1):
            new = [Decimal(0), q] + [Decimal(0)] * (len(f) - 1)
            for i, c in enumerate(f):
                new[i] += c
                new[i + 1] += c * q ** (i + 1) / (i + 1) - q * c
            f = new
        expected = 1 + sum(c / (i + 1) for i, c in enumerate(f))
    assert crowds.king(n, float(q)) == pytest.approx(float(expected), rel=1e-12)
    if (n, epsilon) == (100, 0.0005):
        assert Decimal("4.98725") < expected < Decimal("4.98735")


def test_king_by_hand():
    """Three submissions: 1 + q/2 for the second, and q (a_1 - q a_2 (1 - q/2)) for the third, in fractions."""
    q = Fraction(3, 4)
    expected = 1 + q / 2 + q * (Fraction(1, 2) - q * Fraction(1, 3) * (1 - q / 2))
    assert crowds.king(3, 0.75) == pytest.approx(float(expected), rel=1e-14)


def test_semantics_agree_without_a_margin_and_with_two():
    """Both semantics are the same contest at epsilon 0, and for the first challenger at any."""
    assert crowds.king(50, 1.0) == pytest.approx(crowds.running_best(50, 1.0), rel=1e-14)
    assert crowds.king(2, 0.3) == crowds.running_best(2, 0.3) == pytest.approx(1.15)


@pytest.mark.slow
def test_long_run():
    """Kings grow as ln n / (1 + delta / spread), while those of running-best grow as q ln n."""
    n, epsilon = 400, 0.005
    q = crowds.chance(epsilon, SPREAD)
    for count, slope in ((crowds.king, 1 / (1 - log(1 - epsilon) / SPREAD)), (crowds.running_best, q)):
        assert (count(n, q) - count(n // 4, q)) / log(4) == pytest.approx(slope, rel=0.02)


@pytest.mark.parametrize(("epsilon", "kings"), [(0.0, 5.8780), (0.001, 5.6702), (0.005, 4.9156), (0.01, 4.1270)])
def test_weibull_as_published(epsilon, kings):
    """Published values, the row of Weibull losses with shape 50 for n = 200."""
    assert round(crowds.running_best_weibull(200, epsilon, 50), 4) == kings


@pytest.mark.parametrize("n", [2, 30, 200])
@pytest.mark.parametrize("epsilon", [0.0, 0.004, 0.05])
def test_any_law(n, epsilon):
    """The integral over any law gives both closed forms: U^spread, and Weibull with F(x) = 1 - exp(-x^shape)."""
    q, w = crowds.chance(epsilon, SPREAD), (1 - epsilon) ** 50
    k = np.arange(1, n)

    def by_integral(beats):
        """Kings where a newcomer beats by the margin a loss of rank u with the probability beats(u)."""
        return 1 + quad(lambda u: beats(u) * np.sum(k * (1 - u) ** (k - 1)), 0, 1, points=[1 / n], limit=500)[0]

    assert by_integral(lambda u: q * u) == pytest.approx(crowds.running_best(n, q), rel=1e-9)
    found = by_integral(lambda u: 1 - (1 - u) ** w)
    assert found == pytest.approx(crowds.running_best_weibull(n, epsilon, 50), rel=1e-9)


def test_exponential_losses():
    """For exponential losses the second submission wins with probability w / (1 + w), w = 1 - epsilon."""
    assert crowds.running_best_weibull(2, 0.2, 1.0) == pytest.approx(1 + 0.8 / 1.8)


def test_chance():
    """q = (1 - epsilon)^(1 / spread) is exp(-delta / spread)."""
    assert crowds.chance(0.005, SPREAD) == pytest.approx(exp(log(0.995) / SPREAD), rel=1e-12)


def test_community_as_published():
    """Published values: drift .2 and margin .5 give .11839 kings per submission, and 49.166 after 400."""
    assert round(crowds.community_rate(0.2, 0.5), 5) == 0.11839
    assert round(crowds.community_kings(400, 0.2, 0.5), 3) == 49.166


def test_the_rate_is_the_limit_of_the_chances():
    """The chance of the n-th submission falls to the rate."""
    assert crowds.community_chance(300, 0.2, 0.5) == pytest.approx(crowds.community_rate(0.2, 0.5), rel=1e-12)


@pytest.mark.parametrize("margin", [0.0, 0.5, 2.0])
def test_without_drift(margin):
    """Without drift these are Weibull records with w = e^-delta, and plain records without a margin."""
    found = crowds.community_kings(60, 0.0, margin)
    assert found == pytest.approx(crowds.running_best_weibull(60, 1 - exp(-margin), 1.0), rel=1e-12)
    assert crowds.community_kings(60, 0.0, 0.0) == pytest.approx(crowds.kings(60)[0])
    assert crowds.community_rate(0.0, margin) == 0


def test_two_submissions():
    """A difference of two Gumbel scores is logistic, so P = 1 / (1 + e^(delta - c))."""
    assert crowds.community_chance(2, 0.3, 0.8) == pytest.approx(1 / (1 + exp(0.5)))


def cycles(order):
    """Cycle lengths of a permutation of 0 ... n - 1."""
    left, lengths = set(range(len(order))), []
    while left:
        at, length = left.pop(), 1
        while (at := order[at]) in left:
            left.remove(at)
            length += 1
        lengths.append(length)
    return lengths


def reigns(losses):
    """Submissions on the throne of each king, without a margin."""
    kings = [i for i, loss in enumerate(losses) if all(loss < before for before in losses[:i])]
    return [end - start for start, end in zip(kings, [*kings[1:], len(losses)], strict=True)]


def test_luck_as_published():
    """Published values, n = 300: mean HHI .50167 and longest reign .62537."""
    assert round(crowds.hhi(300), 5) == 0.50167
    assert round(crowds.longest_share(300), 5) == 0.62537


@pytest.mark.parametrize("n", [1, 2, 5, 7])
def test_every_order(n):
    """Over all n! orders, reigns have the law of cycles, with this mean HHI and this mean longest one."""
    orders = list(permutations(range(n)))
    assert sorted(sorted(reigns(o)) for o in orders) == sorted(sorted(cycles(o)) for o in orders)
    hhi = sum(sum((r / n) ** 2 for r in reigns(o)) for o in orders) / len(orders)
    assert crowds.hhi(n) == pytest.approx(hhi)
    longest = sum(max(reigns(o)) for o in orders) / len(orders) / n
    assert crowds.longest_share(n) == pytest.approx(longest)


def test_the_longest_reign_of_many():
    """For many submissions it is near 0.6243299885 (n + 1/2) / n, the constant of Golomb and Dickman (OEIS A084945)."""
    assert crowds.longest_share(300) == pytest.approx(0.62432998854355 * 300.5 / 300, abs=1e-5)
