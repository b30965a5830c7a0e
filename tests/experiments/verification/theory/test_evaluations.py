"""Evaluations: noise, waiting times, moving averages and softmax."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from experiments.verification.theory import evaluations
from experiments.verification.theory.evaluations import GatedServer


def win(king, challenger, epsilon, sd):
    """P(a win in one evaluation whose noise is all independent)."""
    return evaluations.win_chance((1 - epsilon) * king - challenger, sd, 0.0)


def test_false_win_as_published():
    """Published values: mu 2.4, sigma .3, 64 samples, rho .995, epsilon .0005 -> .3745."""
    sd = evaluations.paired_sd(0.0005, 0.3, 0.995, 64)
    assert round(win(2.4, 2.4, 0.0005, sd), 4) == 0.3745


@pytest.mark.parametrize(("rho", "relative"), [(0.999, 7e-4), (0.995, 1.6e-3), (0.99, 2.2e-3)])
def test_relative_noise_as_published(rho, relative):
    """Published values: sigma .3 nats, 64 samples, mu 2.4."""
    assert evaluations.paired_sd(0.0005, 0.3, rho, 64) / 2.4 == pytest.approx(relative, abs=5e-5)


@pytest.mark.parametrize(
    ("epsilon", "chance"), [(0.005, 2.9e-7), (0.002, 0.023), (0.001, 0.16), (0.0005, 0.31), (0.0001, 0.46)]
)
def test_copies_as_published(epsilon, chance):
    """Published values: a copy's win per draw at a relative noise of .001, to two digits."""
    assert float(f"{win(1.0, 1.0, epsilon, 1e-3):.1e}") == chance


def test_two_samples_by_hand():
    """(1 - e) X - Y with sd 1 each and correlation rho has the variance (1 - e)^2 + 1 - 2 rho (1 - e)."""
    assert evaluations.paired_sd(0.5, 1.0, 0.0, 1) == pytest.approx(1.25**0.5)
    assert evaluations.paired_sd(0.5, 1.0, 1.0, 1) == pytest.approx(0.5)
    assert evaluations.paired_sd(0.0, 1.0, 0.5, 4) == pytest.approx(0.5)


def test_a_true_gain():
    """A challenger at the bar wins half the time, and .8413 of the time when one sd below it."""
    assert win(2.0, 1.98, 0.01, 0.01) == pytest.approx(0.5)
    assert win(2.0, 1.97, 0.01, 0.01) == pytest.approx(0.8413, abs=5e-5)


@pytest.mark.parametrize(("once", "looks"), [(0.02, 48), (1e-18, 48), (0.38, 1), (0.38, 4)])
def test_nothing_lasting_is_independent_noise(once, looks):
    """Without sensitivities looks are independent: 1 - (1 - p)^k, also where p is too small for 1 - p."""
    expected = -np.expm1(looks * np.log1p(-once))
    assert evaluations.win_chance(norm.ppf(once) * 0.004, 0.004, 0.0, looks) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("looks", [1, 4])
def test_lasting_noise_as_an_integral(looks):
    """`win_chance` is the mean over normal sensitivities of the chance that they give."""

    def given(x):
        return norm.pdf(x) * (1 - norm.sf(-0.3 / np.sqrt(0.75 + 0.25 * x * x)) ** looks)

    assert evaluations.win_chance(-0.3, 1.0, 0.25, looks) == pytest.approx(quad(given, -12, 12)[0], rel=1e-9)


@pytest.mark.parametrize(("looks", "z"), [(1, 1.64), (48, 3.07), (336, 3.61)])
def test_bars_for_many_looks_as_published(looks, z):
    """Published values: sd that keep all looks of a day, or of a week, clean with 95 %."""
    assert evaluations.win_chance(-norm.ppf(0.95 ** (1 / looks)), 1.0, 0.0, looks) == pytest.approx(0.05)
    assert round(norm.ppf(0.95 ** (1 / looks)), 2) == z


def test_a_copy_without_a_margin():
    """One half per look without a margin, so 15/16 in four."""
    assert evaluations.win_chance(0.0, 1e-3, 0.0, 4) == pytest.approx(15 / 16)


def test_gated_server_as_published():
    """Published values: 2 arrivals an hour, .12 h each, 1.5 h for the kept models: 1.9737 h, .0603 h^2, 3.1031 h."""
    server = GatedServer(kept=1.5, each=0.12, arrivals=2)
    assert round(server.mean_step, 4) == 1.9737
    assert round(server.step_variance, 4) == 0.0603
    assert round(server.delay, 4) == 3.1031


def test_nobody_comes():
    """A lone submission finds steps of equal length: it waits for half a step, then for the kept and for itself."""
    server = GatedServer(kept=1.5, each=0.12, arrivals=0)
    assert (server.mean_step, server.step_variance) == (1.5, 0)
    assert server.delay == pytest.approx(0.75 + 1.5 + 0.12)


def test_the_step_balances():
    """A step's mean and variance are those of the step after it: kept + each * Poisson(arrivals * length)."""
    server = GatedServer(kept=0.7, each=0.3, arrivals=2.5)
    assert server.kept + server.each * server.arrivals * server.mean_step == pytest.approx(server.mean_step)
    of_count = server.arrivals * server.mean_step + server.arrivals**2 * server.step_variance
    assert server.each**2 * of_count == pytest.approx(server.step_variance)


@pytest.mark.parametrize(("steps", "share"), [(1, 0.5), (2, 0.75), (3, 0.875), (5, 0.96875)])
def test_new_king_as_published(steps, share):
    """Published values, alpha .5: .5, .75, .875, .9688."""
    assert evaluations.new_king(steps, 0.5) == share


@pytest.mark.parametrize("alpha", [0.0, 0.5, 0.9])
def test_old_king(alpha):
    """What it still gets is what the new one lacks, summed over all steps; 1 for alpha .5."""
    lacks = sum(1 - evaluations.new_king(k, alpha) for k in range(1, 1000))
    assert evaluations.old_king(alpha) == pytest.approx(lacks)
    assert evaluations.old_king(0.5) == 1


@pytest.mark.parametrize(("models", "share", "digits"), [(11, 0.99995, 5), (101, 0.632, 3)])
def test_top_weight_as_published(models, share, digits):
    """Published values, temperature .01."""
    assert round(evaluations.top_weight(models, 0.01), digits) == share


@pytest.mark.parametrize(("models", "temperature"), [(2, 0.01), (3, 0.25), (200, 0.04)])
def test_top_weight_of_the_softmax(models, temperature):
    """The closed form is the softmax of the win rates 0, 1 / (k - 1), ..., 1."""
    e = np.exp((np.arange(models) / (models - 1) - 1) / temperature)
    assert evaluations.top_weight(models, temperature) == pytest.approx(e[-1] / e.sum())
