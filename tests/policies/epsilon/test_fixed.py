"""A fixed advantage."""

import pytest
from histories import RATES, reign
from policy_contracts import FormulaContract, GraceContract

from policies import build
from policies.epsilon.fixed import Fixed


class TestFixed(FormulaContract):
    """The contract and the published formula."""

    policy = Fixed

    @staticmethod
    def formula(age: float) -> float:
        """With the default numbers."""
        return 0.005


class TestFixedAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = Fixed


def test_reign_under_a_deterministic_frontier() -> None:
    """A reign lasts epsilon / rate days: 25, 10, 5 and 2.5."""
    found = [reign(build({"fixed": {"epsilon": 0.005}}), rate) for rate in RATES]
    assert found == pytest.approx((25.0, 10.0, 5.00, 2.50), abs=0.0051)


def test_fixed_pays_for_slices() -> None:
    """Under a fixed epsilon a reign does not depend on the gain, so 4 slices reign 4 times as long."""
    policy = build({"fixed": {"epsilon": 0.005}})
    assert sum(reign(policy, 0.001, gain=0.005) for _ in range(4)) == pytest.approx(20.0)
    assert reign(policy, 0.001, gain=0.02) == pytest.approx(5.0)
