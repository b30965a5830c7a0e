"""Losses that are given, or that follow a frontier."""

import numpy as np
import pytest

from experiments.verification.theory.reigns import Frontier
from experiments.verification.theory.worlds.players import RacesAfresh, RacesOn
from experiments.verification.theory.worlds.progress import Along, Given, Tries, TriesCourse, per_day
from experiments.verification.theory.worlds.setting import lane, scenario, world
from policies import build
from sim.compiler.methods import instance_of


def test_given_models_are_shown_as_they_are():
    """The first miner's loss is the king's, and without a better one it stays so."""
    contest = scenario([Given((2.0, 2.1))], 2, 5)
    simulated = world("test", contest, [lane(build({"fixed": {"epsilon": 0.0}}), RacesAfresh())], range(3))
    crowns = simulated.run().crowns()
    assert (crowns.miner.tolist(), crowns.loss) == ([0, 0, 0], pytest.approx(2.0))


def test_along_a_frontier():
    """A contest that begins a day's work down 1.9 + 2.1 / t, at 2.3, is at 2.1 after one day more: t is 5.25 a day."""
    progress = Along(Frontier(1.9, 2.1, 1.0), 2.3, 1.0)
    contest = scenario([progress], 2, 50, founded=True)
    simulated = world("test", contest, [lane(build({"fixed": {"epsilon": 0.0}}), RacesOn())], range(3))
    first = simulated.run().first
    king = simulated.validators[0].king
    assert first == pytest.approx(np.log(2.3))
    assert simulated.validators[0].models.loss[king, np.arange(3)] == pytest.approx(2.1, abs=3e-3)


def test_arrivals_of_a_look():
    """A Poisson process of that rate brings nothing to a look of 150 blocks 15 times of 16."""
    assert np.exp(-per_day(1 / 16, 150) * 150 / 7200) == pytest.approx(15 / 16)


def test_an_idea_is_tried_alone():
    """From the king's gain of 0.002: an idea of 0.0003 is dropped for one of 0.0001, and no idea changes nothing."""
    course = instance_of(TriesCourse, np.array([(2.0,)], [("start", "f8")])[0])
    position = course.resume(2.0 * np.exp(-0.002), 1.0)
    assert course.loss(position) == pytest.approx(2.0 * np.exp(-0.002), rel=2e-8)
    assert course.loss(position) >= 2.0 * np.exp(-0.002)
    for gain in (0.0003, 0.0001, 0.0):
        position = course.advance(position, gain)
        assert course.loss(position) == pytest.approx(2.0 * np.exp(-0.002 - (gain or 0.0001)), rel=2e-8)


def test_the_last_idea_between_two_looks_counts():
    """Ideas that come ten to a look gain one idea's worth, 0.001, on average, and each look has one."""
    contest = scenario([Tries(per_day=480.0, law="exponential", gain=0.001, burst=1.0)], 2, 400)
    simulated = world("test", contest, [lane(build({"fixed": {"epsilon": 0.0}}), RacesAfresh())], range(2))
    work = simulated.miners.courses.courses[0].work(np.zeros(400, int), np.arange(400))
    assert (work[1:] > 0).all()
    assert work[1:].mean() == pytest.approx(0.001, rel=0.15)
