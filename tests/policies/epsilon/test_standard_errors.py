"""A margin in standard errors."""

from math import inf

import pytest
from histories import epsilon
from policy_contracts import GraceContract
from scipy.stats import norm

from policies import build
from policies.epsilon.standard_errors import StandardErrors
from policies.testing import PolicyContract


class TestStandardErrors(PolicyContract):
    """The contract."""

    policy = StandardErrors


class TestStandardErrorsAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = StandardErrors


def test_standard_errors_times_z() -> None:
    """Z * s at every age, but at least the end, which is all there is where nobody has measured."""
    policy = build({"standard-errors": {"errors": 1.645, "end": 0.0005}})
    for age in (0, 50_000, inf):
        assert epsilon(policy, age, error=1e-3) == pytest.approx(1.645e-3, rel=1e-12)
        assert epsilon(policy, age, error=1e-4) == 0.0005
        assert epsilon(policy, age) == 0.0005


@pytest.mark.parametrize(("evaluations", "errors"), [(1, 1.645), (48, 3.07), (336, 3.61)])
def test_standard_errors_for_many_evaluations(evaluations: int, errors: float) -> None:
    """The policy's text: z = Phi^-1(0.95^(1 / M)) lets an equal win once in M evaluations with 5 %."""
    assert norm.ppf(0.95 ** (1 / evaluations)) == pytest.approx(errors, abs=0.005)
    assert str(errors) in str(type(build("standard-errors")).__doc__)
