"""Rules: what they say, and that they are judged on points that did not find them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from experiments.discover.prim import Box
from experiments.discover.rules import chance, correct, judge, relative, share, words
from experiments.recipe.discover import AxisKeys

AXES = {
    "noise": AxisKeys(key="scenario.noise.kin_sd", low=0, high=1),
    "miners": AxisKeys(key="scenario.miners", low=0, high=100, scale="integer"),
}
HALF = np.arange(400) % 2


def drawn(seed: int) -> np.ndarray:
    """Points in the space of `AXES`."""
    return np.random.default_rng(seed).random((400, 2)) * [1, 100]


def test_a_planted_loss_is_told() -> None:
    """A lane that is 10 % slower in a corner and 5 % faster elsewhere: the rule says where, how often and how much."""
    points = drawn(0)
    corner = (points[:, 0] > 0.5) & (points[:, 1] <= 40)
    base = np.full(400, 2.0)
    (policy,) = correct([judge("slow", AXES, points, HALF, base * np.where(corner, 0.9, 1.05), base)])
    (rule,) = policy.rules

    assert rule.text == "noise is above 0.489 and miners is at most 39"  # to the next of 200 points
    assert rule.holds
    assert rule.density.mean > 0.9
    assert rule.coverage.mean > 0.9
    assert rule.inside.mean == pytest.approx(-0.1, abs=0.02)
    assert rule.outside.mean == pytest.approx(0.05, abs=0.02)
    assert policy.lost.mean == corner.mean()
    assert policy.lost.n == 400


def test_luck_is_no_rule() -> None:
    """Where a coin decides what is lost, hardly any rule holds in the other half: at most 5 % by Holm, here of 30."""
    held = 0
    for seed in range(30):
        area = 1.0 + np.random.default_rng(seed).standard_normal(400)
        (policy,) = correct([judge("luck", AXES, drawn(seed), HALF, area, np.ones(400))])
        held += any(rule.holds for rule in policy.rules)
    assert held <= 4  # binomial(30, 0.05) is above that with a chance of 2 %


def test_failed_cases_are_left_out() -> None:
    """A case without a number counts nowhere; equal lanes lose nowhere."""
    area = np.where(np.arange(400) < 10, np.nan, 1.0)
    policy = judge("same", AXES, drawn(1), HALF, area, np.ones(400))

    assert (policy.lost.mean, policy.lost.n, policy.rules) == (0.0, 390, ())


@given(seed=st.integers(0, 1000))
def test_shares_are_shares(seed: int) -> None:
    """Coverage, density and chances are from 0 to 1 and inside their intervals, on the trajectory too."""
    r = np.random.default_rng(seed)
    policy = judge("any", AXES, drawn(seed), HALF, r.random(400) + drawn(seed)[:, 0], np.ones(400))

    for rule in policy.rules:
        for e in (rule.density, rule.coverage):
            assert e.n == 0 or 0.0 <= e.lo <= e.mean <= e.hi <= 1.0
        assert 0.0 <= rule.p <= 1.0
    for coverage, density, mass, limits in policy.trajectory:
        assert 0.0 <= coverage <= 1.0
        assert 0.0 <= density <= 1.0
        assert 0.0 < mass <= 1.0
        assert (mass == 1.0) == (limits == 0)


def test_interval_of_a_share() -> None:
    """Clopper and Pearson: none of ten is at most 1 - 0.025^(1/10)."""
    e = share(0, 10)
    assert (e.mean, e.lo, e.hi) == pytest.approx((0.0, 0.0, 1 - 0.025 ** (1 / 10)))
    assert share(0, 0).n == 0


def test_relative_difference() -> None:
    """The sum of differences over the sum of values; without an interval where the ratio is the same everywhere."""
    e = relative(np.array([-0.1, -0.3]), np.array([1.0, 3.0]))
    assert (e.mean, e.lo, e.hi) == pytest.approx((-0.1, -0.1, -0.1))
    assert relative(np.array([]), np.array([])).n == 0
    assert relative(np.array([0.0]), np.array([0.0])).n == 0


def test_relative_difference_of_equal_values_is_a_mean() -> None:
    """Where all values are 1 it is the mean with Student's interval: 1, 2, 3 have 2 +- 4.3027 / sqrt(3)."""
    e = relative(np.array([1.0, 2.0, 3.0]), np.ones(3))
    assert (e.mean, e.hi) == pytest.approx((2.0, 2.0 + 4.302653 / 3**0.5))


def test_chance_is_fishers_test() -> None:
    """As scipy's one-sided exact test of the fourfold table."""
    lost, inside = np.arange(10) < 5, np.arange(10) < 4
    assert chance(lost, inside) == pytest.approx(fisher_exact([[4, 0], [1, 5]], alternative="greater").pvalue)


def test_words() -> None:
    """Limits in words; of whole numbers the least or greatest that is inside."""
    inf = np.inf
    assert (
        words(Box(np.array([0.3, -inf]), np.array([inf, 12.5])), AXES) == "noise is above 0.3 and miners is at most 12"
    )
    assert (
        words(Box(np.array([0.1, 3.5]), np.array([0.2, inf])), AXES) == "noise is 0.1 to 0.2 and miners is at least 4"
    )
