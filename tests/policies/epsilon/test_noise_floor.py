"""A decay with a floor in standard errors."""

from math import inf

import pytest
from histories import LINE, epsilon, line_reign, reign
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.noise_floor import NoiseFloor
from policies.testing import PolicyContract


class TestNoiseFloor(PolicyContract):
    """The contract."""

    policy = NoiseFloor


class TestNoiseFloorAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = NoiseFloor


@pytest.mark.parametrize("error", [1e-4, 1e-3, 5e-3])
def test_noise_floor_is_the_larger_of_two(error: float) -> None:
    """Max(z * s, decay), and the decay alone where nobody has measured."""
    policy, line = build({"noise-floor": {"errors": 2.0, "then": LINE}}), build(LINE)
    for age in (0, 10_000, 30_000, 60_000, inf):
        assert epsilon(policy, age, error=error) == max(2 * error, float(line.epsilon(age)))
        assert epsilon(policy, age) == float(line.epsilon(age))


@pytest.mark.parametrize("rate", [2e-4, 5e-4, 1e-3, 2e-3])
def test_reign_above_a_noise_floor(rate: float) -> None:
    """Whichever lasts longer, the line's reign or z s / r."""
    policy = build({"noise-floor": {"errors": 2.0, "then": LINE}})
    expected = max(line_reign(0.005, 0.0005, rate), 2 * 1e-3 / rate)
    assert reign(policy, rate, error=1e-3) == pytest.approx(expected, rel=1e-6)
