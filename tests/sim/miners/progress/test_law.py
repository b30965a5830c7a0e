"""Progress by a scaling law."""

from math import log

import numpy as np
import pytest
from courses import SIZE, Compiled, crew

from sim.miners.progress.law import LawProgress
from sim.traces.laws.published import law


def test_work_is_tokens() -> None:
    """A quarter of a day of one H100, of which the cool-down takes its share; nothing before the first look."""
    who = crew()
    course = LawProgress(cooldown=0.2).course(who)
    found = course.work(np.arange(3), np.array([0, 1, 5]))[:, 0]
    np.testing.assert_allclose(found, who.hardware.tokens[:, 0] * 0.8 * np.array([0.0, 0.25, 0.25]), rtol=1e-14)


def test_loss_is_the_law() -> None:
    """E + A / N^a + B / D^b."""
    course = LawProgress("epoch", SIZE).course(crew())
    expected = 1.8172 + 482.01 / SIZE**0.3478 + 2085.43 / 1e12**0.3658
    assert Compiled(course).loss(1e12) == pytest.approx(expected, rel=1e-14)
    assert course.loss_of(2, 1e12) == Compiled(course, 2).loss(1e12)


@pytest.mark.parametrize("name", ["hoffmann", "epoch", "refinedweb"])
@pytest.mark.parametrize("tokens", [2e11, 5e11, 3e12])
def test_somebody_elses_model(name: str, tokens: float) -> None:
    """It is worth D_eff = (B / (L - E - A / N^a))^(1 / b) tokens, less what warming it up costs."""
    warm, cold = (LawProgress(name, SIZE, rewarm_days=days).course(crew()) for days in (0.5, 0.0))
    constants = law(name)
    loss = float(constants.loss(SIZE, tokens))
    above = loss - constants.entropy - constants.size_scale * SIZE**-constants.size_exponent
    expected = (constants.data_scale / above) ** (1.0 / constants.data_exponent)
    rate = 0.85 * float(crew().hardware.tokens[0, 0])
    assert warm.rate[0, 0] == pytest.approx(rate, rel=1e-14)
    found = Compiled(cold).resume(loss, rate)
    assert found == pytest.approx(expected, rel=1e-9)
    assert Compiled(warm).resume(loss, rate) == pytest.approx(expected - 0.5 * rate, rel=1e-9)
    assert Compiled(cold).loss(found) == pytest.approx(loss, rel=1e-12)


def test_a_loss_that_nobody_reaches() -> None:
    """At the law's floor and below it the model counts as one of 1e18 tokens, and never as one of none."""
    course = LawProgress("epoch", SIZE, rewarm_days=0.0).course(crew())
    floor = float(law("epoch").floor(SIZE))
    found = [Compiled(course).resume(loss, 1.0) for loss in (floor, floor - 1.0)]
    assert found == pytest.approx([1e18, 1e18], rel=1e-6)
    assert Compiled(course).resume(1e3, 1.0) == course.scratch


def test_pace() -> None:
    """It is what the log loss falls per day, by its difference quotient."""
    course, here, day = LawProgress().course(crew(skill=0.3)), 5e11, 1e-4
    for miner in range(3):
        way, rate = Compiled(course, miner), float(course.rate[miner, 0])
        fall = log(way.loss(here)) - log(way.loss(here + rate * day))
        assert way.pace(here, way.loss(here), rate) == pytest.approx(fall / day, rel=1e-6)


def test_pooled() -> None:
    """One run with all tokens: ln(L(D0) / L(D0 + work))."""
    course, constants = LawProgress(tokens=1e11).course(crew()), law("refinedweb")
    expected = log(float(constants.loss(SIZE, 1e11) / constants.loss(SIZE, 5e11)))
    assert float(course.pooled(np.array([4e11]))[0]) == pytest.approx(expected, rel=1e-12)
