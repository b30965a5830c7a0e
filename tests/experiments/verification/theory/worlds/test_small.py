"""Small models: they learn what theory solves for, and miss it when a rule is changed."""

import numpy as np
import pytest

from experiments.verification.theory import incentives
from experiments.verification.theory.verify import _estimate
from experiments.verification.theory.worlds import small


@pytest.fixture(autouse=True)
def _shorter(monkeypatch):
    """A fifth of the crowns."""
    monkeypatch.setattr(small, "CROWNS", 800)
    monkeypatch.setattr(small, "LEARNED", 400)


def near(sample, expected):
    """Whether a sample is within 3.5 standard errors, or 1 % where that is more, of what is expected."""
    mean, error = _estimate([sample])
    return abs(mean - expected) < max(3.5 * error, 0.01 * expected)


def test_effort_is_learned():
    """Free entry at a bar of 0.001 leaves 9.8641 units; discounting is told from none at a bar of 0.005."""
    assert near(small.entered(0.001)["entry effort bar=0.001"], 9.8641)
    assert near(small.entered(0.005)["entry effort bar=0.005"], 2.5793)


def test_copies_take_crowns():
    """One of ten crowns to copies takes that share of the pay from those who work: 9 units instead of 10."""
    effort, speed = small._ladder("test", 0.0, 0.0, 0.2)
    assert near(effort, 9.0)
    assert near(speed, 9.0 * small.RATE * small.GAIN)


def test_challengers_learn_what_a_crown_is_worth():
    """Two of them: 2.58199 at any bar."""
    for bar in (0.0, 0.001):
        assert near(small.challenged(2, bar, 0.0)[f"challengers effort miners=2 bar={bar:g} discount=0"], 2.58199)


def test_work_begins_when_it_pays():
    """Under the linear bar of two days at 1.573 d, within the check's tolerance and three times the noise of these."""
    sample = small.bunched("linear-2d")["bunching age linear-2d"]
    assert sample.values.sum() / sample.per.sum() == pytest.approx(1.573, abs=0.01)


def test_who_works_more_is_first_more_often():
    """A quarter per logarithm of effort for a single step of two miners, and 0.375 for two steps."""
    for steps, expected in ((1, 0.25), (2, 0.375)):
        (sample,) = small.first_to(2, steps).values()
        assert near(sample, expected)


def test_longer_races_of_two_descend_faster():
    """Two steps for a crown: 1.2 times as fast as one."""
    (sample,) = small.raced(2, 2).values()
    assert near(sample, incentives.relative_descent(2, 2))
    assert np.all(sample.values > 0.0)
