"""Lanes against each other: who is compared with whom, and what the differences are."""

import numpy as np
import pytest

from experiments.results.compare import LaneResult, counterparts, paired, policy_name

LANES = [
    LaneResult(name, "{}", "pool", population, {}, {})
    for name, population in (("a | x", "x"), ("b | x", "x"), ("a | y", "y"), ("c | y", "y"))
]


def test_a_lane_is_compared_within_its_population():
    """With the baseline's policy there; where that is missing with the baseline itself."""
    assert [policy_name(each) for each in LANES] == ["a", "b", "a", "c"]
    assert counterparts(LANES, "a | x") == [0, 0, 2, 2]
    assert counterparts(LANES, "b | x") == [1, 1, 1, 1]


def test_differences_are_taken_world_by_world():
    """Noise that lanes share is gone from their difference: here it is 1 in every world, and the interval a point."""
    noise = np.array([0.0, 3.0, -5.0, 11.0])
    one, other = paired(LANES[:2], {"crowns": np.array([noise, noise + 1])}, np.array(["r"] * 4), None, [0, 0])
    assert one.differences["crowns"].mean == 0
    found = other.differences["crowns"]
    assert (found.mean, found.lo, found.hi, found.n) == pytest.approx((1.0, 1.0, 1.0, 4))
    assert other.metrics["crowns"].mean == pytest.approx(noise.mean() + 1)
    assert other.metrics["crowns"].hi > 2
