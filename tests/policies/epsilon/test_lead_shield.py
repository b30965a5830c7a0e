"""The further the king is ahead, the more it is protected."""

from math import inf, nan

import pytest
from histories import epsilon, reign, told
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.lead_shield import LeadShield
from policies.testing import PolicyContract


class TestLeadShield(PolicyContract):
    """The contract."""

    policy = LeadShield


class TestLeadShieldAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = LeadShield


@pytest.mark.parametrize(
    ("best", "lead"),
    [([], 0.0), ([-0.002], 0.002), ([-0.002, -0.0005], 0.0005), ([-0.002, 0.001], 0.0), ([-0.002, -inf], 0.002),
     ([-0.002, nan], 0.002)],
)  # fmt: skip
def test_the_margin_follows_the_lead(best: list[float], lead: float) -> None:
    """kappa times the lead at the newest evaluation above `end`; without rivals the lead that was known."""
    policy = build({"lead-shield": {"kappa": 1.5, "end": 0.0001, "most": 0.02}})
    memory = told(policy, *({"block": 100.0 * i, "best": each} for i, each in enumerate(best)))
    assert epsilon(policy, 5_000, memory) == pytest.approx(0.0001 + 1.5 * lead, rel=1e-12)


def test_the_margin_stays_below_the_most() -> None:
    """A lead of 10 % gives no more than `most`, and half of it after a half-life."""
    policy = build({"lead-shield": {"kappa": 1.0, "most": 0.004, "half_life_blocks": 7200}})
    memory = told(policy, {"block": 0.0, "best": -0.1})
    assert epsilon(policy, 0, memory) == 0.004
    assert epsilon(policy, 7200, memory) == pytest.approx(0.002, rel=1e-15)


@pytest.mark.parametrize("rate", [2e-4, 1e-3])
def test_a_reign_is_the_lead_over_the_pace(rate: float) -> None:
    """Without decay a frontier that falls at a steady rate needs (end + kappa lead) / rate days."""
    policy = build({"lead-shield": {"kappa": 1.0, "end": 0.0, "most": 0.02}})
    assert reign(policy, rate, told(policy, {"block": 0.0, "best": -0.003})) == pytest.approx(0.003 / rate, rel=1e-9)
