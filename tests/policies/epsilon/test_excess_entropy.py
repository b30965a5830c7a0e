"""A margin relative to the loss above the entropy."""

import pytest
from histories import LINE, RATES, epsilon, line_reign, reign
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.excess_entropy import ExcessEntropy
from policies.testing import PolicyContract


class TestExcessEntropy(PolicyContract):
    """The contract."""

    policy = ExcessEntropy


class TestExcessEntropyAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = ExcessEntropy


@pytest.mark.parametrize("loss", [1.7, 2.5, 3.4])
def test_excess_entropy_is_a_share_of_the_excess(loss: float) -> None:
    """Epsilon times loss is the inner policy times (loss - entropy); below the entropy it is 0."""
    policy = build({"excess-entropy": {"entropy": 1.69, "then": {"fixed": {"epsilon": 0.005}}}})
    assert epsilon(policy, 100, loss=loss) * loss == pytest.approx(0.005 * (loss - 1.69), rel=1e-12)
    assert epsilon(policy, 100, loss=1.5) == 0
    assert epsilon(policy, 100) == 0.005


def test_excess_entropy_never_stalls() -> None:
    """Under a fixed share of the excess every king takes that share of it; 100 kings leave 0.95^100."""
    policy = build({"excess-entropy": {"entropy": 1.69, "then": {"fixed": {"epsilon": 0.05}}}})
    loss = 2.5
    for _ in range(100):
        loss *= 1 - epsilon(policy, 0, loss=loss)
    assert loss - 1.69 == pytest.approx(0.81 * 0.95**100, rel=1e-9)


@pytest.mark.parametrize("rate", RATES)
def test_reign_under_a_deterministic_frontier(rate: float) -> None:
    """At a loss of 2.0 and an entropy of 1.5 the line inside is a quarter as high."""
    policy = build({"excess-entropy": {"entropy": 1.5, "then": LINE}})
    expected = line_reign(0.005 * 0.25, 0.0005 * 0.25, rate)
    assert reign(policy, rate, loss=2.0) == pytest.approx(expected, rel=1e-6)
