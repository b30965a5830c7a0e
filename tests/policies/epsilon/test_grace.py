"""A grace period before another policy."""

import numpy as np
import pytest
from histories import epsilon
from policy_contracts import EXCESS, FormulaContract

from policies import build, names
from policies.epsilon.grace import Grace


class TestGrace(FormulaContract):
    """The contract and the published formula."""

    policy = Grace

    @staticmethod
    def formula(age: float) -> float:
        """With the default numbers."""
        return 0.0001 + EXCESS * max(0, 1 - max(age - 3_600, 0) / 14_400)


@pytest.mark.parametrize("inner", [name for name in names() if not build(name).reads and name != "grace"])
def test_grace_shifts_the_inner_clock(inner: str) -> None:
    """Full advantage until the grace period ends, then the inner policy from age 0, to the last bit."""
    policy, then = build({"grace": {"grace_blocks": 3_600, "then": inner}}), build(inner)
    ages = np.arange(0, 100_000, 359)
    assert policy.epsilon(ages).tolist() == then.epsilon(ages - 3_600).tolist()
    assert set(policy.epsilon(np.arange(3_601)).tolist()) == {float(then.epsilon(0))}


def test_grace_before_a_shield_reads_what_the_shield_reads() -> None:
    """A grace before a shield is of class D+, and the shield's decay starts when the grace is over."""
    policy = build({"grace": {"grace_blocks": 1_000, "then": {"descent-shield": {"half_life_blocks": 7_200}}}})
    assert policy.state == "D+"
    assert build("grace").state == "D"
    assert epsilon(policy, 1_000 + 7_200, gain=0.01) == pytest.approx(0.005, rel=1e-12)
