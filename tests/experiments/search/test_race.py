"""The race of candidates over worlds."""

import numpy as np
import pytest

from experiments.search.race import FEWEST, LEVEL, find_losing, looks
from sim.streams import stream


@pytest.mark.parametrize(
    ("worlds", "expected"),
    [(1, [1]), (8, [8]), (9, [5, 7, 9]), (10, [5, 7, 10]), (16, [8, 12, 16]), (64, [32, 48, 64])],
)
def test_looks_are_a_half_three_quarters_and_all(worlds, expected):
    """And only the end where a half is fewer worlds than a test can tell anything from."""
    assert looks(worlds) == expected


def test_fewest_is_what_the_level_asks_for():
    """All of n worlds worse has a chance of 2^-n under no difference: below 5 % from five on."""
    assert 2.0**-FEWEST < LEVEL < 2.0 ** (1 - FEWEST)


def test_worse_in_every_world_loses():
    """Five worlds suffice, by whatever difference; four do not."""
    best = np.arange(5.0)
    assert find_losing(best - np.array([[1e-6], [1.0]]), best).tolist() == [True, True]
    assert find_losing(best[None, :4] - 1.0, best[:4]).tolist() == [False]


def test_better_or_equal_never_loses():
    """The best itself does not, nor a better one, nor one with a large loss and small gains elsewhere."""
    best = np.zeros(8)
    gains = np.array([np.zeros(8), np.ones(8), [-9.0, 1, 1, 1, 1, 1, 1, 1]])
    assert find_losing(gains, best).tolist() == [False, False, False]


def test_worlds_without_a_value_do_not_count():
    """Who is worse in four worlds and unknown in others goes on."""
    gains = np.array([[-1.0, -2.0, -3.0, -4.0, np.nan, np.nan], [-1.0, -2.0, -3.0, -4.0, -5.0, np.nan]])
    assert find_losing(gains, np.zeros(6)).tolist() == [False, True]


def test_as_good_as_the_best_is_stopped_seldom():
    """Of 1,000 equals at one look at most 5 % are, within 3.3 binomial errors."""
    gains = stream(5, "test").standard_normal((1000, 16))
    assert find_losing(gains, np.zeros(16)).mean() < LEVEL + 3.3 * 0.0069
