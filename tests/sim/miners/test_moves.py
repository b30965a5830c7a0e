"""Moving to announced data by expected pay: what decides, and that lanes differ in it."""

from dataclasses import replace

import numpy as np
import pytest

from policies import build
from sim.clock import BLOCKS_PER_DAY
from sim.data.data import Data, Moving
from sim.data.judging import judging
from sim.data.sets import SETS
from sim.lanes import Lane
from sim.miners.moves import coming_mixture, heard_switch, set_of
from sim.scenario import Scenario
from sim.world import World

SWITCH = 12 * BLOCKS_PER_DAY
JUDGED = judging([(0, "refinedweb"), (SWITCH, "fineweb")])
MOVING = Moving(start={"refinedweb": 1.0}, notice_days=8.0, reaction_days=1.0, never=0.0, respond=True)
LANES = [Lane(str(bar), build({"fixed": {"epsilon": bar}})) for bar in (0.00001, 0.005)]
CONTEST = Scenario(days=24.0, miners=12, data=Data(JUDGED, MOVING))


def moved(lanes=LANES, contest=CONTEST, worlds=(0, 1), **moving):
    """A finished world, and the days at which its miners moved, `[lanes, worlds * miners]`; inf where they did not."""
    data = replace(contest.data, moving=replace(contest.data.moving, **moving))
    world = World(replace(contest, data=data), lanes, 2, worlds)
    world.run()
    return world, (world.miners.people.moved[0] / BLOCKS_PER_DAY).reshape(len(lanes), -1)


def test_a_miner_moves_when_it_has_heard_and_not_before():
    """Without notice nobody moves before the switch; with 8 days of it some do, and nobody sooner than that."""
    assert moved(notice_days=0.0)[1].min() >= 12.0
    _, days = moved()
    assert 4.0 <= days.min() < 12.0


def test_lanes_differ_in_it():
    """The same miners of the same worlds move at other times under another bar."""
    _, days = moved()
    assert (days[0] != days[1]).any()


def test_nobody_moves_where_nobody_can_win():
    """Under a bar that no model passes, new data are worth nothing."""
    _, days = moved([Lane("wall", build({"fixed": {"epsilon": 0.9}}))])
    assert np.isinf(days).all()


def test_nobody_moves_for_more_than_it_pays():
    """After the switch a move that costs more than all miners are paid is not made."""
    _, days = moved(notice_days=0.0, move_usd=1e9)
    assert np.isinf(days).all()


def test_those_who_never_move_do_not():
    """`never` holds whatever the pay."""
    _, days = moved(never=1.0)
    assert np.isinf(days).all()


def test_who_moved_early_keeps_its_model():
    """Until the switch it does not begin again from a king that was trained on old data only, so it keeps the new."""
    new = SETS.index("fineweb")
    world, days = moved(contest=replace(CONTEST, days=11.9))
    early = days < 12.0 - MOVING.move_days - 1.0
    assert early.any()
    assert (world.miners.people.training_mix[..., new].reshape(days.shape)[early] > 0.0).all()


@pytest.mark.parametrize("lane", [0, 1])
def test_a_lane_alone_moves_alike(lane):
    """Moves do not depend on other lanes or worlds."""
    _, together = moved()
    for world in range(2):
        _, alone = moved([LANES[lane]], worlds=[world])
        np.testing.assert_array_equal(alone[0], together[lane].reshape(2, -1)[world])


def test_the_last_switch_that_it_has_heard_of_counts():
    """Of two switches that a miner has heard of, the later one; of none before its first move, and never back."""
    judged = judging([(0, "refinedweb"), (1000, "fineweb"), (2000, "six-tasks")])
    migration = Data(judged, replace(MOVING, notice_days=0.0, reaction_days=0.0)).migration(1, 1, [0])
    moves = np.full((2, 1, 1), np.inf)
    assert [heard_switch(migration, moves, 0, 0, 0, block) for block in (999, 1000, 2000)] == [-1, 0, 1]
    moves[1] = 1500.0
    assert heard_switch(migration, moves, 0, 0, 0, 5000.0) == -1
    assert [coming_mixture(migration, moves, 0, 0, block) for block in (1499, 1500, 2000)] == [-1, 2, -1]
    assert set_of(migration, moves, 0, 0, 0, 1499.0) == SETS.index("refinedweb")
    assert set_of(migration, moves, 0, 0, 0, 1500.0) == migration.targets[1]
