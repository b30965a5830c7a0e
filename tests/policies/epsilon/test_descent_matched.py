"""A half-life matched to the pace of the descent."""

from math import log
from typing import Any

import pytest
from histories import epsilon, reign, told
from policy_contracts import GraceContract
from scipy.special import lambertw

from policies import build
from policies.epsilon.descent_matched import DescentMatched
from policies.testing import PolicyContract
from sim.clock import BLOCKS_PER_DAY as DAY

MATCHED = {"start": 0.005, "end": 0.0, "entropy": 1.69, "head_days": 1.0, "kings": 5}


class TestDescentMatched(PolicyContract):
    """The contract."""

    policy = DescentMatched


class TestDescentMatchedAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = DescentMatched


def power_law(*days: float) -> list[dict[str, Any]]:
    """Kings on the curve 1.69 + t^-0.5, t days after the training began; the first at t = 1."""
    return [{"block": (t - 1) * DAY, "crowned": True, "loss": 1.69 + t**-0.5} for t in days]


def test_descent_matched_fits_a_power_law() -> None:
    """At t = 16 the loss is 1.94; 1.94 * 0.995 - 1.69 = 0.2403 is reached at t = 0.2403^-2, in ln 2 half-lives."""
    policy = build({"descent-matched": MATCHED})
    memory = told(policy, *power_law(1.0, 2.0, 4.0, 8.0, 16.0))
    half_life = (0.2403**-2 - 16) * DAY / log(2)
    assert memory.half_life == pytest.approx(half_life, rel=1e-9)
    assert half_life == pytest.approx(13_690, abs=10)
    assert epsilon(policy, half_life, memory) == pytest.approx(0.0025, rel=1e-9)


@pytest.mark.parametrize(
    ("entropy", "kings"),
    [
        (1.69, power_law(1.0, 2.0, 4.0, 8.0)),  # too few
        (1.69, power_law(1.0, 2.0, 4.0, 8.0, 1e6)),  # the next step is below what the fit can reach
        (1.69, [{**king, "loss": 2.5} for king in power_law(1.0, 2.0, 4.0, 8.0, 16.0)]),  # it does not fall
        (3.0, power_law(1.0, 2.0, 4.0, 8.0, 16.0)),  # all are below the entropy
    ],
)
def test_descent_matched_without_a_fit_is_slow(entropy: float, kings: list[dict[str, Any]]) -> None:
    """Where the fit is missing or never gets there, the half-life is the longest."""
    policy = build({"descent-matched": {**MATCHED, "entropy": entropy, "longest_blocks": 50_000}})
    assert epsilon(policy, 50_000, told(policy, *kings)) == pytest.approx(0.0025, rel=1e-12)


@pytest.mark.parametrize("rate", [2e-4, 1e-3])
def test_reign_with_a_matched_half_life(rate: float) -> None:
    """With decay on the scale tau: tau W(eps0 / (r tau)) with the fitted tau of 0.2403^-2 - 16 = 1.318 days."""
    policy = build({"descent-matched": MATCHED})
    memory, tau = told(policy, *power_law(1.0, 2.0, 4.0, 8.0, 16.0)), 0.2403**-2 - 16
    tau /= log(2) ** 2  # a half-life of tau / ln 2 decays on the scale tau / (ln 2)^2
    assert reign(policy, rate, memory) == pytest.approx(tau * lambertw(0.005 / (rate * tau)).real, rel=1e-6)
