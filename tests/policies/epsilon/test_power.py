"""A decay with a heavy tail."""

import pytest
from policy_contracts import EXCESS, DecayContract, GraceContract

from policies import build
from policies.epsilon.power import Power


class TestPower(DecayContract):
    """The contract and the published formula."""

    policy = Power

    @staticmethod
    def formula(age: float) -> float:
        """With the default numbers."""
        return 0.0001 + EXCESS * (1 + age / 7_200) ** -1.0


class TestPowerAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = Power


@pytest.mark.parametrize(("exponent", "left"), [(0.5, 0.5), (1, 0.25), (2, 0.0625)])
def test_power_of_the_age(exponent: float, left: float) -> None:
    """At 3 scales (1 + 3)^-p of the excess is left; p = 1 is hyperbolic."""
    policy = build({"power": {"start": 0.008, "end": 0.0, "scale_blocks": 7_200, "exponent": exponent}})
    assert float(policy.epsilon(3 * 7_200)) == pytest.approx(0.008 * left, rel=1e-12)
