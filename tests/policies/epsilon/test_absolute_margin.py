"""A margin in nats."""

from math import inf

import pytest
from histories import LINE, RATES, epsilon, line_reign, reign
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.absolute_margin import AbsoluteMargin
from policies.testing import PolicyContract


class TestAbsoluteMargin(PolicyContract):
    """The contract."""

    policy = AbsoluteMargin


class TestAbsoluteMarginAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = AbsoluteMargin


@pytest.mark.parametrize("loss", [1.7, 2.5, 3.4])
@pytest.mark.parametrize("age", [0, 20_000, inf])
def test_absolute_margin_is_constant_in_nats(loss: float, age: float) -> None:
    """Epsilon times loss is the inner policy times the reference loss, whatever the loss."""
    policy = build({"absolute-margin": {"reference_loss": 2.5, "then": LINE}})
    nats = epsilon(policy, age, loss=loss) * loss
    assert nats == pytest.approx(2.5 * float(build(LINE).epsilon(age)), rel=1e-12)


@pytest.mark.parametrize("rate", RATES)
def test_reign_under_a_deterministic_frontier(rate: float) -> None:
    """At a loss of 2.0 the line inside is 2.5 / 2.0 times as high."""
    policy = build({"absolute-margin": {"reference_loss": 2.5, "then": LINE}})
    expected = line_reign(0.005 * 1.25, 0.0005 * 1.25, rate)
    assert reign(policy, rate, loss=2.0) == pytest.approx(expected, rel=1e-6)
