"""A free curve through knots."""

import numpy as np
import pytest
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.knots import AGES, Knots
from policies.testing import PolicyContract
from sim.clock import BLOCKS_PER_DAY as DAY


class TestKnots(PolicyContract):
    """The contract."""

    policy = Knots


class TestKnotsAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = Knots


def test_knots_at_and_between_the_knots() -> None:
    """Knot i is end + d0 * u1 ... ui; halfway between two is their mean; after 8 days nothing."""
    kept = {"u1": 1.0, "u2": 0.5, "u3": 0.9, "u4": 0.0, "u5": 0.7, "u6": 1.0}
    policy = build({"knots": {"start": 0.01, "end": 0.002, **kept}})
    heights = 0.002 + 0.008 * np.cumprod([1.0, *kept.values()])
    assert np.array(AGES) / DAY == pytest.approx([0, 0.25, 0.5, 1, 2, 4, 8])
    assert policy.epsilon(np.array(AGES)) == pytest.approx(heights, rel=1e-12)
    between = (np.array(AGES[1:]) + np.array(AGES[:-1])) / 2
    assert policy.epsilon(between) == pytest.approx((heights[1:] + heights[:-1]) / 2, rel=1e-12)
    assert float(policy.epsilon(np.inf)) == float(policy.epsilon(8 * DAY))
