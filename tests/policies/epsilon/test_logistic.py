"""A protected window, then a quick fall."""

from math import exp

import pytest
from policy_contracts import EXCESS, DecayContract, GraceContract

from policies import build
from policies.epsilon.logistic import Logistic


class TestLogistic(DecayContract):
    """The contract and the published formula."""

    policy = Logistic

    @staticmethod
    def formula(age: float) -> float:
        """With the default numbers."""
        return 0.0001 + EXCESS * (1 + exp(-14_400 / 2_400)) / (1 + exp((age - 14_400) / 2_400))


class TestLogisticAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = Logistic


def test_logistic_at_its_midpoint() -> None:
    """Age 0 has the start, and at the midpoint (1 + e^(-m / w)) / 2 of the excess is left."""
    policy = build({"logistic": {"start": 0.005, "end": 0.001, "midpoint_blocks": 500, "width_blocks": 250}})
    assert float(policy.epsilon(0)) == pytest.approx(0.005, rel=1e-15)
    assert float(policy.epsilon(500)) == pytest.approx(0.001 + 0.004 * (1 + exp(-2)) / 2, rel=1e-12)
