"""An exponential decay."""

from math import log

import pytest
from policy_contracts import EXCESS, DecayContract, GraceContract

from policies import build
from policies.epsilon.half_life import HalfLife


class TestHalfLife(DecayContract):
    """The contract and the published formula."""

    policy = HalfLife

    @staticmethod
    def formula(age: float) -> float:
        """With the default numbers."""
        return 0.0001 + EXCESS * 2 ** (-age / 14_400)


class TestHalfLifeAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = HalfLife


@pytest.mark.parametrize("halvings", [0, 1, 2, 3, 10])
def test_half_life_halves(halvings: int) -> None:
    """After n half-lives 2^-n of the excess is left."""
    policy = build({"half-life": {"start": 0.004, "end": 0.0, "half_life_blocks": 1_000}})
    assert float(policy.epsilon(1_000 * halvings)) == 0.004 / 2**halvings


@pytest.mark.parametrize("age", [0, 360, 361, 722, 49_920, 100_000, 1_000_000])
def test_half_life_is_sn29s_advantage(age: int) -> None:
    """SN29's 0.004 * 0.995^(age / 361) halves in 361 ln 2 / -ln 0.995 = 49,920 blocks."""
    half_life = 361 * log(2) / -log(0.995)
    assert round(half_life) == 49_920
    policy = build({"half-life": {"start": 0.004, "end": 0.0, "half_life_blocks": half_life}})
    assert float(policy.epsilon(age)) == pytest.approx(0.004 * 0.995 ** (age / 361), rel=1e-12)
