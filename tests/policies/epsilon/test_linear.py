"""A straight line, then flat."""

import numpy as np
import pytest
from histories import RATES, line_reign, reign
from hypothesis import given
from hypothesis import strategies as st
from policy_contracts import EXCESS, DecayContract, GraceContract

from policies import Policy, build, find
from policies.epsilon.linear import Linear
from sim.clock import BLOCKS_PER_DAY as DAY

LINES = st.tuples(st.floats(0.0, 0.1), st.floats(0.0, 0.1), st.integers(1, 200_000))


class TestLinear(DecayContract):
    """The contract and the published formula."""

    policy = Linear

    @staticmethod
    def formula(age: float) -> float:
        """With the default numbers."""
        return 0.0001 + EXCESS * max(0, 1 - age / 14_400)


class TestLinearAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = Linear


@given(line=LINES, now=st.integers(0, 10_000_000), block=st.integers(0, 10_000_000))
def test_linear_is_the_deployed_formula(line: tuple[float, float, int], now: int, block: int) -> None:
    """The line is start - min(max(now - block, 0) / decay, 1) * (start - end), to the last bit."""
    start, end, decay = line
    deployed = start - min(max(now - block, 0) / decay, 1) * (start - end)
    policy = find("linear").unchecked(start=start, end=end, decay_blocks=float(decay))
    assert float(policy.epsilon(now - block)) == deployed


@pytest.mark.parametrize("end", [0.0005, 0.001, 0.0002, 0.0001])
def test_linear_floor_is_the_formula_and_not_end(end: float) -> None:
    """The floor is start - (start - end), which is 0.0004999999999999996 for 0.0005."""
    policy = build({"linear": {"start": 0.005, "end": end, "decay_blocks": 50_400}})
    assert float(policy.epsilon(np.inf)) == 0.005 - (0.005 - end)
    assert (float(policy.epsilon(np.inf)) == 0.0004999999999999996) == (end == 0.0005)


def line(start: float, end: float, days: float) -> Policy:
    """A linear decay over days."""
    return build({"linear": {"start": start, "end": end, "decay_blocks": days * DAY}})


@pytest.mark.parametrize(
    ("end", "decay", "days"),
    [
        (0.0005, 7, (5.93, 4.38, 3.04, 1.89)),
        (0.001, 7, (6.48, 4.67, 3.18, 1.94)),
        (0.0001, 2, (1.89, 1.70, 1.45, 1.12)),
    ],
)
def test_reign_under_a_deterministic_frontier(end: float, decay: int, days: tuple[float, ...]) -> None:
    """Reigns in days when the best attainable log loss falls by 2e-4 to 2e-3 a day."""
    found = [reign(line(0.005, end, decay), rate) for rate in RATES]
    assert found == pytest.approx(days, abs=0.0051)  # the table's 1.70 is 1.6949


@given(rate=st.floats(1e-4, 0.01), start=st.floats(1e-3, 0.02), share=st.floats(0, 1), days=st.floats(1, 28))
def test_reign_under_a_line(rate: float, start: float, share: float, days: float) -> None:
    """1 / reign is r / eps0 + (1 - eps1 / eps0) / T while it falls, then r / eps1."""
    expected = line_reign(start, share * start, rate, days)
    assert reign(line(start, share * start, days), rate) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("days", "without", "with_retry"),
    [
        (1, 0.4512, 0.4416),
        (3, 0.1658, 0.1509),
        (7, 0.0622, 0.0501),
        (14, 0.0277, 0.0250),
    ],
)
def test_first_reign_under_random_arrivals(days: float, without: float, with_retry: float) -> None:
    """Survival (1 - e^-x) / x of the first king, x = 3 Q(t) without and 3 t q(t) with retries.

    Three submissions a day, q(a) = (1 - eps(a))^(1 / 0.01), epsilon from 0.005 to 0.0005 in 7 days.
    """
    ages = np.linspace(0, days, 20_001)
    chance = (1 - line(0.005, 0.0005, 7).epsilon(ages * DAY)) ** (1 / 0.01)
    for x, expected in ((3 * np.trapezoid(chance, ages), without), (3 * days * chance[-1], with_retry)):
        assert (1 - np.exp(-x)) / x == pytest.approx(expected, abs=5.01e-5)
