"""How long a king reigns."""

import numpy as np
import pytest

from experiments.verification.theory import reigns
from experiments.verification.theory.records import chance
from policies import build

DAY = 7_200
FIXED = build({"fixed": {"epsilon": 0.005}})
STEPS = build({"staircase": {"start": 0.005, "end": 0.0, "steps": 4, "decay_blocks": 4 * DAY}})


def line(end, days):
    """A linear decay from 0.005 over days."""
    return build({"linear": {"start": 0.005, "end": end, "decay_blocks": days * DAY}})


@pytest.mark.parametrize(
    ("days", "once", "retried"),
    [(1, 0.4512, 0.4416), (3, 0.1658, 0.1509), (7, 0.0622, 0.0501), (14, 0.0277, 0.0250)],
)
def test_first_reign_as_published(days, once, retried):
    """Published values: three submissions a day, losses U^0.01, linear .005 -> .0005 over 7 days."""
    for retry, expected in ((False, once), (True, retried)):
        found = reigns.survival(line(0.0005, 7), days, 3, 0.01, retry=retry)
        assert round(found, 4) == expected


def test_no_time_no_challenger():
    """A reign is longer than 0 days, or 0 challengers."""
    assert reigns.survival(FIXED, 0, 3, 0.01, retry=False) == reigns.survival_steps([], retry=True) == 1


@pytest.mark.parametrize("retry", [False, True])
@pytest.mark.parametrize("m", [1, 2, 9, 150])
def test_fixed_margin_in_steps(m, retry):
    """P(R > m) = (1 - (1 - q)^(m + 1)) / (q (m + 1)), and nobody gains by trying again."""
    q = 0.6
    expected = (1 - (1 - q) ** (m + 1)) / (q * (m + 1))
    assert reigns.survival_steps([q] * m, retry=retry) == pytest.approx(expected, rel=1e-12)


def test_two_challengers_by_hand():
    """Without retry the mean of (1 - a u) (1 - b u) is 1 - (a + b) / 2 + a b / 3; with it b counts twice."""
    a, b = 0.25, 0.5
    assert reigns.survival_steps([a, b], retry=False) == pytest.approx(1 - (a + b) / 2 + a * b / 3)
    assert reigns.survival_steps([a, b], retry=True) == pytest.approx(1 - b + b * b / 3)


@pytest.mark.parametrize("retry", [False, True])
@pytest.mark.parametrize("policy", [FIXED, line(0.0005, 7), STEPS])
def test_many_thin_steps_are_a_poisson_process(policy, retry):
    """Steps that bring a challenger with probability p approach the Poisson formula as p falls."""
    days, arrivals, per_day = 5, 3, 150
    chances = [chance(policy.epsilon(k * DAY / per_day), 0.01) for k in range(1, days * per_day + 1)]
    found = reigns.survival_steps(np.array(chances) * arrivals / per_day, retry=retry)
    assert found == pytest.approx(reigns.survival(policy, days, arrivals, 0.01, retry=retry), rel=5e-3)


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        (FIXED, (25.0, 10.0, 5.00, 2.50)),
        (line(0.0005, 7), (5.93, 4.38, 3.04, 1.89)),
        (line(0.001, 7), (6.48, 4.67, 3.18, 1.94)),
        (line(0.0001, 2), (1.89, 1.69, 1.45, 1.12)),
    ],
)
def test_frontier_as_published(policy, days):
    """Published values, the table, but for the printed 1.70: 1 / (5e-4 / .005 + (1 - .02) / 2) = 1 / .59 = 1.6949."""
    found = [reigns.frontier_reign(policy, rate) for rate in (2e-4, 5e-4, 1e-3, 2e-3)]
    assert found == pytest.approx(days, abs=0.00501)


@pytest.mark.parametrize("rate", [1e-5, 3e-4, 2e-3, 0.02])
def test_frontier_in_closed_form(rate):
    """The root of r a = epsilon(a) is the closed form of a line, and Lambert's of an exponential."""
    assert reigns.frontier_reign(line(0.0005, 7), rate) == pytest.approx(
        reigns.frontier_reign_linear(rate, 0.005, 0.0005, 7), rel=1e-9
    )
    falling = build({"stretched": {"start": 0.005, "end": 0.0, "scale_blocks": 3 * DAY, "shape": 1.0}})
    expected = reigns.frontier_reign_exponential(rate, 0.005, 3)
    assert reigns.frontier_reign(falling, rate) == pytest.approx(expected, rel=1e-9)


def test_frontier_against_the_exact_bar():
    """With delta put in: a fixed margin is cleared after -ln(1 - epsilon) / r days."""
    assert reigns.frontier_reign(FIXED, 1e-3, log=True) == pytest.approx(-np.log(0.995) / 1e-3, rel=1e-12)


def test_frontier_at_a_stair():
    """A frontier that is between two stairs clears the bar at the moment it drops: .0019 at day 3 is below .0025."""
    assert reigns.frontier_reign(STEPS, 0.0019 / 3) == pytest.approx(3.0, abs=1e-9)


def test_frontier_without_a_margin():
    """Without a margin every challenger from a falling frontier wins at once."""
    assert reigns.frontier_reign(build({"fixed": {"epsilon": 0.0}}), 1e-3) == 0


def test_lag():
    """A king who waits 5 days while .001 a day become possible is .0025 behind on average."""
    assert reigns.frontier_lag(5.0, 1e-3) == pytest.approx(0.0025)
