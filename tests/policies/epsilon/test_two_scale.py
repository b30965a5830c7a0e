"""A fast and a slow exponential."""

from math import exp

import numpy as np
import pytest
from policy_contracts import EXCESS, DecayContract, GraceContract

from policies import build
from policies.epsilon.two_scale import TwoScale


class TestTwoScale(DecayContract):
    """The contract and the published formula."""

    policy = TwoScale

    @staticmethod
    def formula(age: float) -> float:
        """With the default numbers."""
        return 0.0001 + EXCESS * (0.7 * exp(-age / 3_600) + 0.3 * exp(-age / 50_400))


class TestTwoScaleAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = TwoScale


@pytest.mark.parametrize(("weight", "scale"), [(1.0, 3_600), (0.0, 50_400)])
def test_two_scale_with_one_scale(weight: float, scale: int) -> None:
    """All weight on one part leaves one exponential, which is `stretched` with shape 1."""
    both = build({"two-scale": {"weight": weight, "fast_blocks": 3_600, "slow_blocks": 50_400}})
    one = build({"stretched": {"scale_blocks": scale, "shape": 1.0}})
    ages = np.geomspace(1, 1e6, 50)
    assert both.epsilon(ages) == pytest.approx(one.epsilon(ages), rel=1e-12)
