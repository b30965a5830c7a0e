"""A margin controlled by the length of reigns."""

from math import inf

import pytest
from histories import LINE, epsilon, told
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.reign_controller import ReignController
from policies.testing import PolicyContract
from sim.clock import BLOCKS_PER_DAY as DAY


class TestReignController(PolicyContract):
    """The contract."""

    policy = ReignController


class TestReignControllerAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = ReignController


@pytest.mark.parametrize(
    ("reigns", "factor"),
    [
        ([inf], 1),
        ([inf, 2.0], 1),
        ([inf, 0.5], 2),  # (2 / 0.5)^0.5
        ([inf, 0.5, 8.0], 1),
        ([inf, 0.0], 4),  # a crown in the same block, cut to 4
        ([inf, 0.0, 0.0, 0.0], 16),
        ([inf, 1e6, 1e6, 1e6], 1 / 16),
    ],
)
def test_reign_controller_makes_up_for_reigns(reigns: list[float], factor: float) -> None:
    """With a target of 2 days and strength 1/2 a reign of half a day doubles the bar, one of 8 days halves it."""
    values = {"target_blocks": 2 * DAY, "strength": 0.5, "limit": 16.0, "then": LINE}
    policy = build({"reign-controller": values})
    memory = told(policy, *({"block": 0.0, "crowned": True, "gap": gap} for gap in reigns))
    for age in (0, 20_000, inf):
        expected = factor * float(build(LINE).epsilon(age))
        assert epsilon(policy, age, memory) == pytest.approx(expected, rel=1e-12)
