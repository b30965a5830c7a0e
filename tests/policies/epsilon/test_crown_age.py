"""Age from the crown."""

from math import inf

import pytest
from histories import LINE, RATES, epsilon, line_reign, reign
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.crown_age import CrownAge
from policies.testing import PolicyContract


class TestCrownAge(PolicyContract):
    """The contract."""

    policy = CrownAge


class TestCrownAgeAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = CrownAge


@pytest.mark.parametrize("wait", [0, 1, 1_800, 7_200])
def test_crown_age_is_the_inner_policy_with_the_clock_moved(wait: int) -> None:
    """A model crowned `wait` blocks after its commitment has the line of one so much younger, to the last bit."""
    policy, line = build({"crown-age": {"then": LINE}}), build(LINE)
    for age in range(wait, 60_000, 777):
        assert epsilon(policy, age, since=age - wait) == float(line.epsilon(age - wait))


def test_crown_age_without_a_crown_is_the_age() -> None:
    """A model that never was king has its age; the filter's age inf is full decay for a young king too."""
    policy, line = build({"crown-age": {"then": LINE}}), build(LINE)
    assert float(policy.epsilon(10_000)) == float(line.epsilon(10_000))
    assert epsilon(policy, inf, since=100.0) == float(line.epsilon(inf))


@pytest.mark.parametrize("rate", RATES)
def test_reign_under_a_deterministic_frontier(rate: float) -> None:
    """Without a crown the reign of the line inside."""
    policy = build({"crown-age": {"then": LINE}})
    expected = line_reign(0.005, 0.0005, rate)
    assert reign(policy, rate) == pytest.approx(expected, rel=1e-6)
