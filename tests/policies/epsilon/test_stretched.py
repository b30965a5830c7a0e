"""A stretched exponential."""

from math import exp, log

import pytest
from histories import reign
from hypothesis import given
from hypothesis import strategies as st
from policy_contracts import EXCESS, DecayContract, GraceContract
from scipy.special import lambertw

from policies import build
from policies.epsilon.stretched import Stretched
from sim.clock import BLOCKS_PER_DAY as DAY


class TestStretched(DecayContract):
    """The contract and the published formula."""

    policy = Stretched

    @staticmethod
    def formula(age: float) -> float:
        """With the default numbers."""
        return 0.0001 + EXCESS * exp(-((age / 14_400) ** 1.0))


class TestStretchedAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = Stretched


@given(age=st.floats(0, 1e7), tau=st.floats(1_800, 201_600))
def test_stretched_with_shape_1_is_a_half_life(age: float, tau: float) -> None:
    """With shape 1 it is a half-life of tau ln 2."""
    stretched = build({"stretched": {"scale_blocks": tau, "shape": 1.0}})
    half_life = build({"half-life": {"half_life_blocks": tau * log(2)}})
    assert float(stretched.epsilon(age)) == pytest.approx(float(half_life.epsilon(age)), rel=1e-12)


@pytest.mark.parametrize("shape", [0.3, 0.5, 1, 2, 8])
def test_stretched_at_its_scale(shape: float) -> None:
    """At tau 1/e of the excess is left whatever the shape, at 2 tau e^-(2^k)."""
    policy = build({"stretched": {"start": 0.005, "end": 0.0, "scale_blocks": 10_000, "shape": shape}})
    assert float(policy.epsilon(0)) == 0.005
    assert float(policy.epsilon(10_000)) == pytest.approx(0.005 * exp(-1), rel=1e-12)
    assert float(policy.epsilon(20_000)) == pytest.approx(0.005 * exp(-(2**shape)), rel=1e-12)


@pytest.mark.parametrize("rate", [2e-4, 1e-3, 5e-3])
def test_reign_under_an_exponential(rate: float) -> None:
    """With decay to 0 on the scale tau a reign lasts tau W(eps0 / (r tau)), W by Lambert."""
    policy = build({"stretched": {"start": 0.005, "end": 0.0, "scale_blocks": 3 * DAY, "shape": 1.0}})
    assert reign(policy, rate) == pytest.approx(3 * lambertw(0.005 / (rate * 3)).real, rel=1e-9)
