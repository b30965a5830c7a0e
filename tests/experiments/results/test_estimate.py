"""Means with their intervals."""

import numpy as np
import pytest

from experiments.results.estimate import LEVEL, Estimate, estimate, student, worlds_needed

ONE = np.array(["a"] * 5)


def test_one_race_is_students_t():
    """The interval is that of scipy's t distribution around the mean."""
    from scipy.stats import sem, t

    values = np.array([1.0, 2.5, 3.0, 4.5, 7.0])
    found = estimate(values, ONE)
    lo, hi = t.interval(0.95, 4, loc=3.6, scale=sem(values))
    assert (found.mean, found.lo, found.hi) == pytest.approx((3.6, lo, hi))
    assert found.n == 5


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 10, 23, 60, 119, 1000, 9999])
def test_students_t_is_scipys(freedom):
    """The quantile of any number of degrees of freedom, odd or even."""
    from scipy.special import stdtrit

    assert student(freedom) == pytest.approx(stdtrit(freedom, (1 + LEVEL) / 2), rel=1e-12)


def test_races_are_strata():
    """Mean of the races' means; variance var/n of each race, added and divided by the number of races squared."""
    from scipy.stats import t

    found = estimate(np.array([1.0, 3.0, 10.0, 20.0, 30.0]), np.array(["a", "a", "b", "b", "b"]))
    half = t.ppf(0.975, 3) * np.sqrt(2 / 2 + 100 / 3) / 2
    assert (found.mean, found.lo, found.hi) == pytest.approx((11.0, 11.0 - half, 11.0 + half))


def test_order_of_rows_does_not_matter():
    """Worlds may come in any order."""
    values, race = np.array([1.0, 3.0, 10.0, 20.0]), np.array(["a", "b", "a", "b"])
    one, two = estimate(values, race), estimate(values[::-1], race[::-1])
    assert (one.mean, one.lo, one.hi) == pytest.approx((two.mean, two.lo, two.hi))


@pytest.mark.parametrize(
    ("values", "race", "mean"),
    [([2.0], ["a"], 2.0), ([2.0, 6.0], ["a", "b"], 4.0), ([1.0, 3.0, 8.0], ["a", "a", "b"], 5.0)],
)
def test_one_world_of_a_race_gives_no_interval(values, race, mean):
    """Where a race has a single world nothing says how much worlds differ."""
    found = estimate(np.array(values), np.array(race))
    assert (found.mean, found.n) == (mean, len(values))
    assert np.isnan([found.lo, found.hi]).all()


def test_missing_values_are_left_out():
    """NaN counts neither in the mean nor in n; the rest is as if it had not been there."""
    whole = estimate(np.array([1.0, 2.0, 4.0]), ONE[:3])
    assert estimate(np.array([1.0, np.nan, 2.0, 4.0, np.nan]), ONE) == whole
    assert whole.n == 3


def test_nothing_is_nothing():
    """Without a value there is no mean, and JSON says null."""
    found = estimate(np.array([np.nan]), np.array(["a"]))
    assert found.document() == {"mean": None, "lo": None, "hi": None, "n": 0}


def test_equal_values_have_an_interval_of_no_width():
    """A metric that never varies is certain."""
    assert estimate(np.full(5, 2.0), ONE) == Estimate(2.0, 2.0, 2.0, 5)


@pytest.mark.parametrize("races", [1, 2])
def test_the_interval_covers_as_often_as_it_says(races):
    """Of 2,000 samples of normal worlds the truth lies inside in 95 %, within 4 standard errors."""
    rng = np.random.default_rng(11)
    race = np.repeat(np.arange(races), 4)
    drawn = [estimate(rng.normal(race * 10.0, 1.0), race) for _ in range(2000)]
    truth = 10.0 * (races - 1) / 2
    inside = np.mean([e.lo <= truth <= e.hi for e in drawn])
    assert abs(inside - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 2000)


def test_worlds_of_one_number_are_drawn_together():
    """Cases that share their miners count as one draw: here the mean of two cases is that of their sums by number."""
    random = np.random.default_rng(5)
    first, second = random.normal(size=12), random.normal(size=12)
    number = np.tile(np.arange(12), 2)
    found = estimate(np.r_[first, second], np.repeat(["a", "b"], 12), number)
    expected = estimate((first + second) / 2, np.full(12, "both"))
    assert (found.mean, found.lo, found.hi) == pytest.approx((expected.mean, expected.lo, expected.hi))


def test_a_case_that_repeats_another_adds_nothing():
    """Two cases with the same values are one: the interval is no narrower than that of either."""
    values, number = np.array([1.0, 2.5, 3.0, 4.5]), np.arange(4)
    twice = estimate(np.r_[values, values], np.repeat(["a", "b"], 4), np.r_[number, number])
    once = estimate(values, ONE[:4], number)
    assert (twice.lo, twice.hi) == pytest.approx((once.lo, once.hi))
    assert (once.lo, once.hi) == pytest.approx((estimate(values, ONE[:4]).lo, estimate(values, ONE[:4]).hi))


def test_worlds_that_a_difference_takes() -> None:
    """n (1.96 + 0.84)^2 (sd / difference)^2: 785 worlds for a tenth of a standard deviation."""
    half = student(99) / 10.0  # of the mean of 100 worlds with an sd of 1
    assert worlds_needed(Estimate(0.3, 0.3 - half, 0.3 + half, 100), 100, 0.1) == 785
    assert worlds_needed(Estimate(0.3, 0.3, 0.3, 100), 100, 0.1) is None
    assert worlds_needed(Estimate(0.3, np.nan, np.nan, 1), 1, 0.1) is None
