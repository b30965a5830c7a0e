"""A margin in proportion to the slope of the descent."""

from math import exp

import pytest
from histories import epsilon, told
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.improvement_adaptive import ImprovementAdaptive
from policies.testing import PolicyContract
from sim.clock import BLOCKS_PER_DAY as DAY

ADAPTIVE = {"reach": 1.5, "target_blocks": 2 * DAY, "weight": 0.3, "fade_blocks": 7 * DAY, "half_life_blocks": DAY}


class TestImprovementAdaptive(PolicyContract):
    """The contract."""

    policy = ImprovementAdaptive


class TestImprovementAdaptiveAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = ImprovementAdaptive


def test_improvement_adaptive_by_hand() -> None:
    """0.004 in 2 days is 0.002 a day; a week takes it to 1/e, and the next crown counts with its weight."""
    policy = build({"improvement-adaptive": {"start": 0.02, "end": 0.0, **ADAPTIVE}})
    first, second = {"block": 0.0, "crowned": True}, {"block": 2.0 * DAY, "crowned": True, "gain": 0.004, "gap": 2.0}
    third = {"block": 3.0 * DAY, "crowned": True, "gain": 0.003, "gap": 1.0}
    assert epsilon(policy, DAY, told(policy, first), now=DAY) == pytest.approx(0.02 / 2)  # no slope yet: the start
    slope = 0.7 * 0.002 * exp(-1 / 7) + 0.3 * 0.003
    memory = told(policy, first, second, third)
    assert memory.slope == pytest.approx(slope, rel=1e-12)
    now = epsilon(policy, 0, memory, now=4.0 * DAY)
    assert now == pytest.approx(1.5 * slope * exp(-1 / 7) * 2, rel=1e-12)
    assert epsilon(policy, DAY, memory, now=4.0 * DAY) == pytest.approx(now / 2, rel=1e-12)


def test_improvement_adaptive_is_clipped() -> None:
    """Never above the start, and never below the end but for the decay."""
    policy = build({"improvement-adaptive": {"start": 0.005, "end": 0.001, **ADAPTIVE}})
    first = {"block": 0.0, "crowned": True}
    for gain, expected in ((0.5, 0.005), (0.0, 0.001), (-0.1, 0.001)):
        memory = told(policy, first, {"block": float(DAY), "crowned": True, "gain": gain, "gap": 1.0})
        assert epsilon(policy, 0, memory, now=float(DAY)) == pytest.approx(expected, rel=1e-12)
