"""What evaluation noise lets through."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from experiments.verification.theory import noise


def test_false_win_as_published():
    """Published values: mu 2.4, sigma .3, 64 samples, rho .995, epsilon .0005 -> .3745."""
    sd = noise.paired_sd(0.0005, 0.3, 0.995, 64)
    assert round(noise.win(2.4, 2.4, 0.0005, sd), 4) == 0.3745


@pytest.mark.parametrize(("rho", "relative"), [(0.999, 7e-4), (0.995, 1.6e-3), (0.99, 2.2e-3)])
def test_relative_noise_as_published(rho, relative):
    """Published values: sigma .3 nats, 64 samples, mu 2.4."""
    assert noise.paired_sd(0.0005, 0.3, rho, 64) / 2.4 == pytest.approx(relative, abs=5e-5)


@pytest.mark.parametrize(
    ("epsilon", "chance"), [(0.005, 2.9e-7), (0.002, 0.023), (0.001, 0.16), (0.0005, 0.31), (0.0001, 0.46)]
)
def test_copies_as_published(epsilon, chance):
    """Published values: a copy's win per draw at a relative noise of .001, to two digits."""
    assert float(f"{noise.win(1.0, 1.0, epsilon, 1e-3):.1e}") == chance


def test_two_samples_by_hand():
    """(1 - e) X - Y with sd 1 each and correlation rho has the variance (1 - e)^2 + 1 - 2 rho (1 - e)."""
    assert noise.paired_sd(0.5, 1.0, 0.0, 1) == pytest.approx(1.25**0.5)
    assert noise.paired_sd(0.5, 1.0, 1.0, 1) == pytest.approx(0.5)
    assert noise.paired_sd(0.0, 1.0, 0.5, 4) == pytest.approx(0.5)


def test_a_true_gain():
    """A challenger at the bar wins half the time, and .8413 of the time when one sd below it."""
    assert noise.win(2.0, 1.98, 0.01, 0.01) == pytest.approx(0.5)
    assert noise.win(2.0, 1.97, 0.01, 0.01) == pytest.approx(0.8413, abs=5e-5)


def test_ever():
    """1 - (1 - p)^48."""
    assert noise.ever(0.02, 48) == pytest.approx(1 - 0.98**48)
    assert noise.ever(1e-18, 48) == pytest.approx(48e-18)


@pytest.mark.parametrize("looks", [1, 4, 48])
def test_nothing_lasting_is_independent_noise(looks):
    """Without sensitivities `often` is `win` and `ever`."""
    once = noise.win(2.4, 2.4, 0.0005, 0.004)
    assert noise.often(-0.0012, 0.004, 0.0, looks) == pytest.approx(noise.ever(once, looks), rel=1e-12)


@pytest.mark.parametrize("looks", [1, 4])
def test_lasting_noise_as_an_integral(looks):
    """`often` is the mean over normal sensitivities of the chance that they give."""

    def given(x):
        return norm.pdf(x) * (1 - norm.sf(-0.3 / np.sqrt(0.75 + 0.25 * x * x)) ** looks)

    assert noise.often(-0.3, 1.0, 0.25, looks) == pytest.approx(quad(given, -12, 12)[0], rel=1e-9)


@pytest.mark.parametrize(("looks", "z"), [(1, 1.64), (48, 3.07), (336, 3.61)])
def test_bars_for_many_looks_as_published(looks, z):
    """Published values: sd that keep all looks of a day, or of a week, clean with 95 %."""
    assert round(noise.z_of_many(looks), 2) == z


def test_leak():
    """One half per look without a margin, so 15/16 in four."""
    assert noise.leak(0.0, 1e-3) == pytest.approx(15 / 16)


def test_clusters():
    """Pages of one sample, or of independent ones, are worth their samples; identical ones are worth one each."""
    assert noise.effective(60, 1, 0.7) == noise.effective(60, 20, 0.0) == 60
    assert noise.effective(60, 20, 1.0) == pytest.approx(3)
