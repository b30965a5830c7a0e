"""Menus of technologies and sizes in worlds."""

import numpy as np
import pytest

from experiments.verification.theory.verify import _estimate
from experiments.verification.theory.worlds import menus


def off(sample, expected):
    """Standard errors between a sample and what is expected."""
    mean, error = _estimate([sample])
    return (mean - expected) / error


def test_both_are_crowned_equally_often_at_the_switch():
    """Of five miners each half of the crowns go to small steps, and more below the switch."""
    at, below = (menus.mixed("ten", side, range(40))[f"menu crowns ten bar={side}"] for side in ("switch", "below"))
    assert abs(off(at, 0.5)) < 3.5
    assert off(below, 0.5) > 5


def test_large_steps_gain_more_at_the_switch():
    """6.55 times as much with the same number of crowns: (b + 0.004) / (b + 0.0002) for b = 0.000485."""
    (sample,) = menus.factor("ten", range(40)).values()
    assert abs(off(sample, 0.004485 / 0.000685)) < 3.5


def test_a_crowd_chooses_by_what_pays(monkeypatch):
    """Far below the switch most of it is on small steps, and far above few are; exploration keeps some on both."""
    monkeypatch.setattr(menus, "MEMORY", 30.0)
    small = [float(np.mean(next(iter(menus.crowd("ten", side, range(4)).values())).values)) for side in menus.FAR]
    assert small[0] > 0.55
    assert small[1] < 0.45


def test_ideas_come_at_their_rates():
    """In a step of a tenth of a day ideas of 0.5 a day come with the chance 0.05."""
    (tries,) = menus._tries([0.5], [0.001], 0.1)
    assert 1.0 - np.exp(-tries.per_day * menus.STEP / menus.BLOCKS_PER_DAY) == pytest.approx(0.05)
