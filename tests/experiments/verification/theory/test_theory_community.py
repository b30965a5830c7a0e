"""Kings of an improving community."""

from math import exp

import pytest

from experiments.verification.theory import community
from experiments.verification.theory.records import kings, running_best_weibull


def test_community_as_published():
    """Published values: drift .2 and margin .5 give .11839 kings per submission, and 49.166 after 400."""
    assert round(community.crown_rate(0.2, 0.5), 5) == 0.11839
    assert round(community.kings(400, 0.2, 0.5), 3) == 49.166


def test_the_rate_is_the_limit_of_the_chances():
    """The chance of the n-th submission falls to the rate."""
    assert community.chance(300, 0.2, 0.5) == pytest.approx(community.crown_rate(0.2, 0.5), rel=1e-12)


@pytest.mark.parametrize("margin", [0.0, 0.5, 2.0])
def test_without_drift(margin):
    """Without drift these are Weibull records with w = e^-delta, and plain records without a margin."""
    found = community.kings(60, 0.0, margin)
    assert found == pytest.approx(running_best_weibull(60, 1 - exp(-margin), 1.0), rel=1e-12)
    assert community.kings(60, 0.0, 0.0) == pytest.approx(kings(60)[0])
    assert community.crown_rate(0.0, margin) == 0


def test_two_submissions():
    """A difference of two Gumbel scores is logistic, so P = 1 / (1 + e^(delta - c))."""
    assert community.chance(2, 0.3, 0.8) == pytest.approx(1 / (1 + exp(0.5)))
