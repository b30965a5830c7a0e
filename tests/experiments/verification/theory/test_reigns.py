"""How long a king reigns."""

import numpy as np
import pytest

from experiments.verification.theory import reigns
from experiments.verification.theory.crowds import chance
from experiments.verification.theory.reigns import Frontier, dethronings, gap, king_times
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


@pytest.mark.parametrize(("epsilon", "left"), [(0.005, 0.00955), (0.0005, 0.00095), (0.0001, 0.00019)])
def test_gaps_as_published(epsilon, left):
    """Published values, E = 1.9: the loss that a fixed margin leaves unreached."""
    assert round(gap(1.9, epsilon), 5) == left


def test_a_king_within_the_gap_is_never_dethroned():
    """E + gap is the loss from which a challenger would have to be at E itself."""
    assert (1.9 + gap(1.9, 0.005)) * 0.995 == pytest.approx(1.9, rel=1e-15)


@pytest.mark.parametrize(("first", "epsilon"), [(4.0, 0.05), (2.3, 0.005), (1.95, 0.0005)])
def test_kings_come_when_the_frontier_reaches_their_bar(first, epsilon):
    """At t_k the frontier is at L0 (1 - epsilon)^k; the last king is within the gap, the one before is not."""
    frontier = Frontier(1.9, 2.1, 0.3)
    times = king_times(frontier, first, epsilon)
    losses = np.array([frontier.loss(t) for t in times])
    assert losses == pytest.approx(first * (1 - epsilon) ** np.arange(len(times)), rel=1e-12)
    assert len(times) == dethronings(1.9, first, epsilon) + 1
    assert losses[-1] <= 1.9 + gap(1.9, epsilon) < losses[-2]


@pytest.mark.parametrize(("first", "most"), [(3.9, 0), (4.1, 1), (7.9, 1), (8.1, 2)])
def test_halvings(first, most):
    """With epsilon 0.5 and a floor of 2 losses halve: from just above 4 one crown is possible, from 8 two."""
    assert dethronings(2.0, first, 0.5) == most


def test_the_floor_itself_is_never_reached():
    """From 4 a halving would end at the floor of 2, which takes for ever."""
    assert dethronings(2.0, 4.0, 0.5) == 0
