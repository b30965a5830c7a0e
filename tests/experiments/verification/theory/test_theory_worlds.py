"""The parts of the worlds that closed forms are held against."""

import numpy as np
import pytest
from steady_world import Steady

from experiments.verification.theory.reigns import Frontier
from experiments.verification.theory.worlds.players import RacesAfresh, RacesOn, Spares
from experiments.verification.theory.worlds.progress import Along, Given, Tries, TriesCourse, per_day
from experiments.verification.theory.worlds.races import Throne
from experiments.verification.theory.worlds.setting import STEP, lane, scenario, split, world
from policies import build
from sim.compiler.methods import instance_of

WORLDS = range(3)


def bar(epsilon):
    """A fixed margin."""
    return build({"fixed": {"epsilon": epsilon}})


def watched(player, *rates, steps=60, epsilon=0.001):
    """A throne that two miners with these rates (log loss per day) have fought for."""
    contest = scenario([Steady(rates)], 2, steps, founded=True)
    simulated = world("test", contest, [lane(bar(epsilon), player)], WORLDS)
    throne = Throne(simulated)
    simulated.run(throne.watch)
    return throne, simulated


def test_a_king_that_replaces_its_own_model_is_seen():
    """A lone worker gains .00021 a step; with a margin of .001 it is crowned every fifth, which no record shows."""
    throne, simulated = watched(RacesOn(), 0.01, 0.0)
    found = throne.races(50 * STEP)
    assert np.unique(found.length).tolist() == [5 * STEP]
    assert np.unique(found.winner).tolist() == np.unique(found.king).tolist() == [0]
    assert found.gain == pytest.approx(5 * 0.01 / 48)
    assert found.total().tolist() == [9.0] * 3  # crowned at steps 6, 11, ..., 46, and then once more
    assert found.total(found.length).tolist() == [9.0 * 5 * STEP] * 3
    assert simulated.record.crowns().block.max() <= 6 * STEP


def test_races_begin_between_two_moments():
    """Of races that begin at steps 6, 11, 16, ..., those after step 11 and before step 21 are one."""
    throne, _ = watched(RacesOn(), 0.01, 0.0)
    assert throne.races(21 * STEP, 11 * STEP).total().tolist() == [1.0] * 3


def test_a_resting_king_is_dethroned_by_the_other():
    """Two who work alike and rest as kings take turns, and each begins where the other is."""
    throne, _ = watched(RacesAfresh(), 0.01, 0.01)
    found = throne.races(50 * STEP)
    assert (found.king != found.winner).all()
    assert np.unique(found.length).tolist() == [6 * STEP]  # the crown itself takes a step, in which nobody works
    assert found.gain == pytest.approx(5 * 0.01 / 48)


def test_sparing_miners_show_whole_improvements():
    """A margin of .001 asks for three improvements of .0005, whatever the miner has beyond."""
    throne, _ = watched(Spares(), 0.16, 0.16)  # .0033 a step
    assert throne.races(50 * STEP).gain == pytest.approx(0.0015)


def test_given_models_are_shown_as_they_are():
    """The first miner's loss is the king's, and without a better one it stays so."""
    contest = scenario([Given((2.0, 2.1))], 2, 5)
    simulated = world("test", contest, [lane(bar(0.0), RacesAfresh())], WORLDS)
    crowns = simulated.run().crowns()
    assert (crowns.miner.tolist(), crowns.loss) == ([0, 0, 0], pytest.approx(2.0))


def test_along_a_frontier():
    """A contest that begins a day's work down 1.9 + 2.1 / t, at 2.3, is at 2.1 after one day more: t is 5.25 a day."""
    progress = Along(Frontier(1.9, 2.1, 1.0), 2.3, 1.0)
    contest = scenario([progress], 2, 50, founded=True)
    simulated = world("test", contest, [lane(bar(0.0), RacesOn())], WORLDS)
    first = simulated.run().first
    king = simulated.validators[0].king
    assert first == pytest.approx(np.log(2.3))
    assert simulated.validators[0].models.loss[king, np.arange(3)] == pytest.approx(2.1, abs=3e-3)


def test_arrivals_of_a_look():
    """A Poisson process of that rate brings nothing to a look of 150 blocks 15 times of 16."""
    assert np.exp(-per_day(1 / 16, 150) * 150 / 7200) == pytest.approx(15 / 16)


def test_a_plan_is_split():
    """Ten worlds in passes of four are 0 to 3, 4 to 7, 8 and 9; none are none."""
    parts = split([(dict, 0, 10, 4), (list, 2, 0, 4)], quick=False)
    assert [(part.func, part.args[0]) for part in parts] == [
        (dict, range(4)),
        (dict, range(4, 8)),
        (dict, range(8, 10)),
    ]
    assert [(part.func, part.args[0]) for part in split([(dict, 0, 10, 4), (list, 2, 0, 4)], True)] == [
        (list, range(2))
    ]


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
    simulated = world("test", contest, [lane(bar(0.0), RacesAfresh())], range(2))
    work = simulated.miners.courses.courses[0].work(np.zeros(400, int), np.arange(400))
    assert (work[1:] > 0).all()
    assert work[1:].mean() == pytest.approx(0.001, rel=0.15)
