"""A larger gain is protected for longer."""

from math import log, nan

import pytest
from histories import epsilon, reign
from policy_contracts import GraceContract
from scipy.special import lambertw

from policies import Policy, build
from policies.epsilon.descent_shield import DescentShield
from policies.testing import PolicyContract
from sim.clock import BLOCKS_PER_DAY as DAY


class TestDescentShield(PolicyContract):
    """The contract."""

    policy = DescentShield


class TestDescentShieldAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = DescentShield


def shield(**values: float) -> Policy:
    """A descent shield without its limits."""
    return build({"descent-shield": {"end": 0.0, "most": 0.99, **values}})


@pytest.mark.parametrize("kappa", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("slices", [1, 4, 20])
def test_descent_shield_without_decay_is_neutral_to_slices(kappa: float, slices: int) -> None:
    """Without decay a reign lasts kappa * g / r, so that k slices of g / k reign as long in all (to 1 %)."""
    policy = shield(kappa=kappa, half_life_blocks=0)
    total = sum(reign(policy, 0.001, gain=0.02 / slices) for _ in range(slices))
    assert total == pytest.approx(kappa * 0.02 / 0.001, rel=1e-2)


@pytest.mark.parametrize("rate", [2e-4, 1e-3, 5e-3])
def test_descent_shield_with_decay(rate: float) -> None:
    """With exponential decay a reign lasts tau W(kappa g / (r tau)), tau = half-life / ln 2; slices gain little."""
    policy = shield(kappa=2.0, half_life_blocks=3 * DAY * log(2))
    assert reign(policy, rate, gain=0.01) == pytest.approx(3 * lambertw(2 * 0.01 / (rate * 3)).real, rel=1e-9)
    assert 1 < 4 * reign(policy, rate, gain=0.0025) / reign(policy, rate, gain=0.01) < 4


@pytest.mark.parametrize(("error", "left"), [(0.0, 1.0), (0.002, 0.75), (0.004, 0.0), (0.1, 0.0), (nan, 1.0)])
def test_descent_shield_shrinks_a_winners_luck(error: float, left: float) -> None:
    """Of a gain of 0.004 measured with s = 0.002, 1 - (s / g)^2 = 3/4 is believed; of a single s nothing."""
    assert epsilon(shield(), 0, gain=0.004, error=error) == pytest.approx(0.004 * left, rel=1e-12, abs=1e-18)


def test_descent_shield_between_its_limits() -> None:
    """At least the end, also for who never was king, and at most `most`."""
    policy = build({"descent-shield": {"kappa": 1.0, "end": 0.001, "most": 0.01}})
    for gain, expected in ((0.0, 0.001), (0.004, 0.004), (0.5, 0.01)):
        assert epsilon(policy, 0, gain=gain) == pytest.approx(expected, rel=1e-12)
