"""Miners that race, rest and spare: what their kings show."""

import numpy as np
import pytest
from steady_world import Steady

from experiments.verification.theory.worlds.players import Bides, Copies, RacesAfresh, RacesOn, Spares
from experiments.verification.theory.worlds.races import Throne
from experiments.verification.theory.worlds.setting import STEP, lane, scenario, world
from policies import build

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


def test_miners_bide_their_time():
    """Under a bar of .001 those that work up to .002 are crowned, and those that wait for .0005 never."""
    for most, crowned in ((0.002, True), (0.0005, False)):
        throne, _ = watched(Bides(most=most), 0.01, 0.01)
        assert (throne.races(50 * STEP).total() > 0).all() == crowned


def test_copies_need_luck():
    """Perturbed copies of a king that are a little worse are never crowned without noise."""
    _, simulated = watched(Copies(chance=1.0, luck=0.01), 0.0, 0.0)
    crowns = simulated.record.crowns()
    assert len(crowns) == len(WORLDS)
    assert simulated.miners.people.miners["submissions"].sum() > 0
