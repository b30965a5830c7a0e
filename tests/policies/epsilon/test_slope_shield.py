"""A larger gain in a shorter time is protected for longer."""

from math import inf

import pytest
from histories import epsilon
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.slope_shield import SlopeShield
from policies.testing import PolicyContract
from sim.clock import BLOCKS_PER_DAY as DAY


class TestSlopeShield(PolicyContract):
    """The contract."""

    policy = SlopeShield


class TestSlopeShieldAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = SlopeShield


@pytest.mark.parametrize(("gap", "times"), [(2.0, 1), (1.0, 2), (0.1, 2), (4.0, 0.5), (inf, 0)])
def test_slope_shield_per_time(gap: float, times: float) -> None:
    """Kappa * g * 2 d / gap, gaps below a day counting as one; the first king has no slope."""
    values = {"kappa": 1.0, "reference_blocks": 2 * DAY, "shortest_blocks": DAY, "end": 0.0}
    policy = build({"slope-shield": values})
    assert epsilon(policy, 0, gain=0.004, gap=gap) == pytest.approx(0.004 * times, rel=1e-12)
