"""Losses that are given, or that follow a frontier."""

import numpy as np
import pytest

from experiments.verification.theory.reigns import Frontier
from experiments.verification.theory.worlds.players import RacesAfresh, RacesOn
from experiments.verification.theory.worlds.progress import Along, Given, per_day
from experiments.verification.theory.worlds.setting import lane, scenario, world
from policies import build


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
