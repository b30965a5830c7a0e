"""Differences in the same worlds: their mean, interval and chance."""

import numpy as np
import pytest
from scipy.stats import nct, t

from experiments.results.inference import UNKNOWN, by_world, chance_below, holm, interval, p_value, sure_bound
from sim.streams import stream


def test_cases_of_a_world_are_one_number():
    """(1 + 3) / 2 in world 7 and (10 + 20) / 2 in world 9, whatever the order of rows."""
    values, world = np.array([3.0, 20.0, 10.0, 1.0]), np.array([7, 9, 9, 7])
    case = np.array(["b", "b", "a", "a"])
    assert by_world(values, case, world).tolist() == [2.0, 15.0]


def test_world_without_a_case_has_no_number():
    """A mean over other cases than elsewhere would not be the same quantity."""
    values, case, world = np.array([1.0, np.nan, 3.0, 5.0]), np.array(list("aabb")), np.array([0, 1, 0, 1])
    assert by_world(values, case, world).tolist() == pytest.approx([2.0, np.nan], nan_ok=True)


def test_cases_without_any_value_do_not_count():
    """A metric that a case does not have is averaged over the others; without any it does not exist."""
    case, world = np.array(list("aabb")), np.array([0, 1, 0, 1])
    assert by_world(np.array([np.nan, np.nan, 1.0, 3.0]), case, world).tolist() == [1.0, 3.0]
    assert np.isnan(by_world(np.full(4, np.nan), case, world)).all()


@pytest.mark.parametrize("errors", [0.0, 1.0, 3.0])
@pytest.mark.parametrize(("worlds", "sure"), [(4, 0.9), (16, 0.9), (16, 0.5)])
def test_a_limit_is_kept_with_the_chance_of_students_t(worlds, sure, errors):
    """A candidate whose true mean is so many standard errors within its limit is kept as the non-central t says.

    At the limit itself that is 1 - sure, in each of many studies of normal values, within 3.3 binomial errors.
    """
    studies = 2000
    values = stream(3, "limits").standard_normal((studies, worlds)) - errors / worlds**0.5
    kept = np.mean([sure_bound(row, sure) <= 0.0 for row in values])
    expected = nct.sf(t.ppf(sure, worlds - 1), worlds - 1, errors) if errors else 1.0 - sure
    assert kept == pytest.approx(expected, abs=3.3 * (expected * (1.0 - expected) / studies) ** 0.5)


def test_a_bound_is_0_where_the_chance_is_what_is_asked_for():
    """Both say the same: of three values, and where nothing varies, is known of one world, or of none."""
    row = np.array([-0.1, 0.1, 0.3]) - 0.2
    chance = chance_below(row)
    assert chance == pytest.approx(t.cdf(0.1 / 0.2 * 3**0.5, 2))
    assert sure_bound(row, chance) == pytest.approx(0.0, abs=1e-12)
    assert [(sure_bound(np.array(same), 0.9), chance_below(np.array(same))) for same in ([1.0, 1.0], [-2.0])] == [
        (1.0, 0.0),
        (-2.0, 1.0),
    ]
    assert (sure_bound(np.full(2, np.nan), 0.9), chance_below(np.full(2, np.nan))) == (UNKNOWN, 0.0)


def test_cases_are_not_independent():
    """The same worlds in two cases are no more worlds: the interval is that of one of them."""
    values = stream(1, "test").standard_normal(40)
    twice = by_world(np.tile(values, 2), np.repeat(["a", "b"], 40), np.tile(np.arange(40), 2))
    assert interval(twice, 0) == interval(values, 0)


@pytest.mark.parametrize("values", [[0.25] * 8, [0.0] * 8, [0.1 + 0.2, 0.3, 0.3]])
def test_no_spread_is_a_point(values):
    """Equal values, rounding apart, have an interval of no width, without a warning."""
    found = interval(np.array(values), 0)
    assert found.lo == found.mean == found.hi == pytest.approx(values[0])


def test_too_few_worlds_have_no_interval():
    """One world says nothing of the spread, none says nothing at all."""
    one, none = interval(np.array([2.0, np.nan]), 0), interval(np.array([np.nan]), 0)
    assert (one.mean, one.n, none.n) == (2.0, 1, 0)
    assert np.isnan([one.lo, one.hi, none.mean, none.lo]).all()


def test_bca_covers_normal_means():
    """Of 400 intervals over 40 normal values each, about 95 % hold the mean: within 3.3 binomial errors.

    Or 1.5 % less, of small samples: the error is of the order 1 / n (Efron and Tibshirani 1993, chapter 14).
    """
    samples = stream(2, "test").standard_normal((400, 40)) + 5.0
    inside = [found.lo < 5.0 < found.hi for found in (interval(values, 0) for values in samples)]
    assert 0.935 - 3.3 * 0.0109 < np.mean(inside) < 0.95 + 3.3 * 0.0109


def test_bca_leans_with_the_skew():
    """For exponential values the interval reaches further up than down, as second-order correct ones do."""
    found = interval(stream(3, "test").exponential(size=30), 0)
    assert found.hi - found.mean > found.mean - found.lo


@pytest.mark.parametrize("worlds", [1, 5, 6, 12])
def test_chance_of_one_sign_counts_all_flips(worlds):
    """Equal gains in all of n worlds: two of the 2^n flips have a mean so far from 0."""
    assert p_value(np.full(worlds, 0.3), 0) == pytest.approx(2.0 ** (1 - worlds))


def test_chance_by_a_pencil():
    """Of 1, 2, 3, -0.5 the sum is 5.5; 6.5 and 5.5 of the 16 sums of signs are as large, and two as small: 4 / 16."""
    assert p_value(np.array([1.0, 2.0, 3.0, -0.5]), 0) == pytest.approx(4 / 16)


def test_no_difference_is_no_news():
    """Where all differences are 0, or there are none, the chance is 1."""
    assert p_value(np.zeros(9), 0) == p_value(np.full(4, np.nan), 0) == 1.0


def test_chance_is_uniform_on_noise():
    """Of 400 tests on normal noise 5 % are below 0.05, within 3.3 binomial errors."""
    samples = stream(4, "test").standard_normal((400, 11))
    below = np.mean([p_value(values, 0) < 0.05 for values in samples])
    assert abs(below - 0.05) < 3.3 * 0.0109


def test_holm_as_published():
    """Chances 0.01, 0.04, 0.03, 0.005: 4 * 0.005, 3 * 0.01, 2 * 0.03, and the last not below the one before.

    The worked example of Wikipedia's article on the method: at 5 % the first and the last are rejected.
    """
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_stays_a_p_value():
    """Never above 1; of one test it is the chance itself, and of none nothing."""
    assert holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]
    assert holm(np.array([0.2])).tolist() == [0.2]
    assert holm(np.array([])).tolist() == []
