"""Age from the last improvement."""

from math import inf

import pytest
from histories import LINE, RATES, epsilon, line_reign, reign, told
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.stagnation_clock import StagnationClock
from policies.testing import PolicyContract


class TestStagnationClock(PolicyContract):
    """The contract."""

    policy = StagnationClock


class TestStagnationClockAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = StagnationClock


@pytest.mark.parametrize(
    ("news", "changed"),
    [
        ([], 100),
        ([(200, 0.0021)], 200),  # two standard errors are 0.002
        ([(200, 0.0019)], 100),
        ([(200, 0.003), (300, 0.003), (400, 0.0049)], 200),  # nothing more by another 0.002
        ([(200, 0.003), (300, 0.0051)], 300),
        ([(200, -0.001), (300, -inf)], 100),
    ],
)
def test_stagnation_clock_counts_quiet_blocks(news: list[tuple[int, float]], changed: int) -> None:
    """The clock starts at the crown in block 100, and again with each gain that is larger by two errors."""
    policy = build({"stagnation-clock": {"errors": 2.0, "then": LINE}})
    crown = {"block": 100.0, "crowned": True, "error": 0.001}
    memory = told(policy, crown, *({"block": float(b), "best": g, "error": 0.001} for b, g in news))
    line = build(LINE)
    assert epsilon(policy, 9_000, memory, now=1_000.0) == float(line.epsilon(1_000 - changed))
    assert epsilon(policy, 10, memory, now=1_000.0) == float(line.epsilon(10))
    assert epsilon(policy, inf, memory, now=1_000.0) == float(line.epsilon(inf))


def test_stagnation_clock_starts_afresh_with_a_crown() -> None:
    """After another crown, an improvement that would not have qualified before does."""
    policy = build({"stagnation-clock": {"errors": 2.0, "then": LINE}})
    near = {"best": 0.003, "error": 0.001}
    news = [{"block": 100.0, "crowned": True}, {"block": 200.0, **near}, {"block": 300.0, "crowned": True}]
    assert told(policy, *news).changed == 300
    assert told(policy, *news, {"block": 400.0, **near}).changed == 400


@pytest.mark.parametrize("rate", RATES)
def test_reign_under_a_deterministic_frontier(rate: float) -> None:
    """Without improvements the reign of the line inside."""
    policy = build({"stagnation-clock": {"then": LINE}})
    expected = line_reign(0.005, 0.0005, rate)
    assert reign(policy, rate) == pytest.approx(expected, rel=1e-6)
