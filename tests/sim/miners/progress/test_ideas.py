"""Progress by ideas."""

from math import exp

import numpy as np
import pytest
from courses import Compiled, crew, everything
from scipy.stats import kstest

from sim.miners.progress.ideas import IdeasProgress


def test_their_number_is_poisson() -> None:
    """At burst 1 the ideas of a miner are Poisson: mean and variance are rate times days (z < 4)."""
    mean = 0.7 * 12
    counts = everything(IdeasProgress(per_day=0.7, gain=1.0, sigma=0.0, burst=1.0), crew(3000, 12.0)).ravel()
    # the last look is a quarter of a day before the end
    mean = 0.7 * (12 - 0.25)
    assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / 3000)
    fourth = mean + 3 * mean**2
    assert abs(counts.var() - mean) < 4 * np.sqrt((fourth - mean**2) / 3000)


def test_bursts() -> None:
    """Gamma gaps of shape k: as many ideas, and in the long run 1 / k times the variance (within 15 %)."""
    for shape in (0.4, 4.0):
        counts = everything(IdeasProgress(per_day=1.0, gain=1.0, sigma=0.0, burst=shape), crew(1500, 60.0)).ravel()
        mean = 60 - 0.25
        assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / shape / 1500)
        assert counts.var() / mean == pytest.approx(1 / shape, rel=0.15)


def test_gains_are_log_normal() -> None:
    """One idea at a time: the logarithm of its gain over the median is normal with the given sigma."""
    who = crew(400, 40.0, every=72)
    course, rows = IdeasProgress(per_day=0.2, gain=0.001, sigma=1.2, burst=1.0).course(who), np.arange(400)
    gains = np.concatenate([course.work(rows, np.full(400, look)) for look in range(who.looks.count)])
    logs = np.log(gains[gains > 0] / 0.001) / 1.2
    assert kstest(logs, "norm").pvalue > 1e-3


def test_an_idea_works_on_any_model() -> None:
    """Gains multiply the loss, whoever's it is: 2.45 e^-g from the start, and back."""
    way = Compiled(IdeasProgress(start_loss=2.45).course(crew()))
    assert way.loss(0.1) == pytest.approx(2.45 * exp(-0.1), rel=1e-15)
    assert way.resume(2.45 * exp(-0.1), 1.0) == pytest.approx(0.1, rel=1e-14)
    assert way.advance(0.1, 0.02) == pytest.approx(0.12)


def test_pace_is_the_mean_gain() -> None:
    """Ideas per day times the mean of a log-normal gain, g e^(sigma^2 / 2), times skill."""
    who = crew(skill=0.3)
    course = IdeasProgress(per_day=0.5, gain=0.002, sigma=0.8).course(who)
    np.testing.assert_allclose(course.rate, 0.5 * 0.002 * exp(0.32) * who.hardware.skill, rtol=1e-14)
    assert Compiled(course).pace(0.3, 2.0, course.rate[1, 0]) == course.rate[1, 0]


def test_a_miner_has_its_ideas_whoever_is_there() -> None:
    """Neither more miners nor other worlds change anybody's ideas."""
    many, few = (everything(IdeasProgress(per_day=2.0), crew(n, worlds=w)) for n, w in ((9, (4, 7)), (3, (7,))))
    np.testing.assert_array_equal(many[:3, 1:], few)
