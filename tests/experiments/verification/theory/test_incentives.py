"""Closed forms of what miners do for their pay, against the publications' formulas by other ways."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from experiments.verification.theory import incentives
from experiments.verification.theory.incentive_checks import BUNCHING, leak_bars, leaking
from policies import build

GAIN = 1e-3


@pytest.mark.parametrize(
    ("lost", "bar", "percent"), [(0.1, 0.09128, 0.4), (1, 0.56714, 13.4), (5, 1.32672, 59.2), (25, 2.36015, 145.5)]
)
def test_the_best_bar_under_disruption(lost, bar, percent):
    """Lambert's W is where the descent is steepest, and that much above the descent without a bar."""
    best = incentives.best_bar(1.0, GAIN, lost)
    assert best / GAIN == pytest.approx(bar, abs=5e-6)
    found = minimize_scalar(lambda b: -incentives.descent(1.0, b * GAIN, GAIN, lost), bounds=(0.0, 10.0))
    assert found.x == pytest.approx(bar, abs=1e-3)
    gain = incentives.descent(1.0, best, GAIN, lost) / incentives.descent(1.0, 0.0, GAIN, lost) - 1.0
    assert round(100 * gain, 1) == percent


@pytest.mark.parametrize(("bar", "effort"), [(0.0, 9.9500), (0.001, 9.8641), (0.005, 2.5793)])
def test_free_entry(bar, effort):
    """Published efforts; a crown is then worth w / (rho + X a q), and an idea that passes pays for its cost."""
    found = incentives.free_entry(bar, GAIN, 0.2, 10.0, 1.0, 0.01)
    passing = 0.2 * incentives.passes_bar(bar, GAIN)
    assert found == pytest.approx(effort, abs=5e-5)
    assert passing * 10.0 / (0.01 + found * passing) == pytest.approx(1.0)


@pytest.mark.parametrize(("miners", "effort"), [(2, 2.58199), (4, 1.69031), (8, 1.15470)])
def test_challengers_without_discounting(miners, effort):
    """Published efforts, at any bar."""
    for bar in (0.0, 0.005):
        assert incentives.challengers(miners, bar, GAIN, 0.2, 10.0, 0.0) == pytest.approx(effort, abs=5e-6)


@pytest.mark.parametrize(
    ("copies", "noise", "best", "percent"),
    [(0.5, 2e-4, 0.000284, 7.6), (0.5, 5e-4, 0.000139, 0.6), (1.5, 5e-4, 0.000666, 18.7)],
)
def test_the_best_bar_against_copies(copies, noise, best, percent):
    """Published bars and gains."""
    none, found = leak_bars(copies, noise)
    assert found == pytest.approx(best, abs=6e-7)
    gain = leaking(found, copies, noise)[1] / leaking(none, copies, noise)[1] - 1.0
    assert round(100 * gain, 1) == percent


def test_a_bar_against_copies_pays_if_gains_are_large():
    """Where copies would take half of the work without a bar, one pays for itself if a gain is above 1.2533 noises."""
    for share, pays in ((1.25, False), (1.26, True)):
        copies = 2.0 * 0.2 * 10.0 * 0.25
        none, some = (leaking(bar, copies, GAIN / share)[1] for bar in (0.0, 1e-7))
        assert (some > none) == pays


@pytest.mark.parametrize(
    ("spec", "age", "speed"),
    [("linear-2d", 1.5730, 0.001364), ("linear-5d", 3.2565, 0.000882), ("halving-1d", 1.9552, 0.001209)],
)
def test_where_work_begins_under_a_falling_bar(spec, age, speed):
    """Published ages and descents; ours have the exact bar -ln(1 - epsilon)."""
    policy = build(BUNCHING[spec])
    found = incentives.bunching_age(policy, GAIN, 0.2, 10.0, 1.0)
    assert found == pytest.approx(age, rel=5e-4)
    assert (incentives.bar_at(policy, found) + GAIN) / found == pytest.approx(speed, rel=5e-4)


def test_ambition():
    """The size sqrt(b zeta) is crowned most often, and half of zeta is the bar of the fastest descent."""
    found = minimize_scalar(lambda y: y / 0.002 + 0.001 / y, bounds=(1e-5, 0.1), method="bounded")
    assert incentives.ambition(0.001, 0.002) == pytest.approx(found.x, rel=1e-2)

    def speed(bar):
        size = incentives.ambition(bar, 1.0)
        return incentives.descent(incentives.ambitious_rate(size, 1.0, 1.0), bar, size)

    assert speed(0.5) == pytest.approx(0.29347, abs=5e-6)
    assert max(speed(0.49), speed(0.51)) < speed(0.5)


def test_elasticity_of_two():
    """4^-m / B(m, m) by the integral over Erlang times."""
    for steps, published in enumerate((0.25, 0.375, 0.46875, 0.54688), 1):
        assert incentives.elasticity(2, steps) == pytest.approx(incentives.elasticity_of_two(steps), rel=1e-9)
        assert incentives.elasticity_of_two(steps) == pytest.approx(published, abs=1e-5)


@pytest.mark.parametrize(("miners", "two", "three"), [(2, 1.200, 1.364), (8, 0.791, 0.773), (16, 0.615, 0.553)])
def test_descent_of_longer_races(miners, two, three):
    """Published ratios to races of one step, in which each works by its elasticity."""
    assert [round(incentives.relative_descent(miners, steps), 3) for steps in (2, 3)] == [two, three]


def test_the_switch_between_technologies():
    """Published bars, at which both are crowned equally often."""
    assert incentives.switch((0.5, 0.05), (0.0002, 0.004)) == pytest.approx(0.000485, abs=5e-7)
    assert incentives.switch((1.0, 0.25), (0.001, 0.008)) == pytest.approx(0.001584, abs=5e-7)


def test_crown_shares_by_hand():
    """Of a pair of miners, one of each, who follow one another, each has half; without rest it would be by rates."""
    assert incentives.crown_shares((3.0, 1.0), (1, 1)) == pytest.approx([0.5, 0.5])
    assert incentives.crown_shares((3.0, 1.0), (1000, 1000)) == pytest.approx([0.75, 0.25], abs=1e-3)


def test_a_large_crowd_is_the_fixed_point_of_the_logit():
    """Of 4000 miners x solves x = e / 2 + (1 - e) / (1 + exp(-(h_1 - h_2) / (x h_1 + (1 - x) h_2) / T))."""
    x = incentives.crowd_share((2.0, 1.0), 4000, 0.5, 0.05)
    assert x == pytest.approx(0.025 + 0.95 / (1.0 + np.exp(-1.0 / (1.0 + x) / 0.5)), abs=1e-3)


@pytest.mark.parametrize(("fee", "miners", "spent"), [(0.05, 14, 0.9286), (0.2, 7, 0.8571), (1.0, 3, 0.6667)])
def test_tullock_with_a_fee(fee, miners, spent):
    """Published numbers."""
    assert incentives.entrants(10.0, fee) == miners
    assert incentives.spent_share(miners) == pytest.approx(spent, abs=5e-5)


def test_discounted_pay():
    """A reign of one day at 10 a day, at 1 % a day: 10 (1 - e^-0.01) / 0.01; without discounting 10."""
    days = np.array([1.0])
    assert incentives.discounted(days, 10.0, 0.01) == pytest.approx(1000.0 * (1.0 - np.exp(-0.01)))
    assert incentives.discounted(days, 10.0, 0.0) == pytest.approx(10.0)
