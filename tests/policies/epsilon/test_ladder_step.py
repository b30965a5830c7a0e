"""A margin rounded to whole steps."""

import pytest
from histories import epsilon
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.ladder_step import LadderStep
from policies.testing import PolicyContract


class TestLadderStep(PolicyContract):
    """The contract."""

    policy = LadderStep


class TestLadderStepAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = LadderStep


@pytest.mark.parametrize(
    ("inner", "steps"),
    [(0.0, 1), (0.0001, 1), (0.0005, 1), (0.00074, 1), (0.00076, 2), (0.0012, 2), (0.0013, 3), (0.005, 10)],
)
def test_ladder_step_rounds_to_whole_steps(inner: float, steps: int) -> None:
    """The nearest multiple of the step, and at least one."""
    policy = build({"ladder-step": {"step": 0.0005, "then": {"fixed": {"epsilon": inner}}}})
    assert float(policy.epsilon(100)) == pytest.approx(0.0005 * steps, rel=1e-12)


def test_ladder_step_makes_validators_agree() -> None:
    """Around `standard-errors`: standard errors that differ by little give the same bar."""
    policy = build({"ladder-step": {"step": 0.0001, "then": {"standard-errors": {"errors": 1.0}}}})
    assert epsilon(policy, 0, error=0.00098) == epsilon(policy, 0, error=0.00103) == pytest.approx(0.001)
