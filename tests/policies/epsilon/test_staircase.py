"""A decay in equal steps."""

from math import floor

import pytest
from policy_contracts import EXCESS, DecayContract, GraceContract

from policies import build
from policies.epsilon.staircase import Staircase


class TestStaircase(DecayContract):
    """The contract and the published formula."""

    policy = Staircase

    @staticmethod
    def formula(age: float) -> float:
        """With the default numbers."""
        return 0.0001 + EXCESS * (1 - floor(4 * min(age / 28_800, 1)) / 4)


class TestStaircaseAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = Staircase


@pytest.mark.parametrize(("age", "taken"), [(0, 0), (99, 0), (100, 1), (199, 1), (200, 2), (300, 3)])
def test_staircase_steps_down_on_the_block(age: int, taken: int) -> None:
    """Of 3 steps over 300 blocks the first is taken at age 100, the last at 300."""
    policy = build({"staircase": {"start": 0.03, "end": 0.0, "decay_blocks": 300, "steps": 3}})
    assert float(policy.epsilon(age)) == pytest.approx(0.03 - 0.01 * taken, abs=1e-17)
