"""What single deviants gain where a crowd has settled, measured in the same worlds."""

import json

import numpy as np
import pytest
from small_game import crowd

from experiments.play.regret import deviations
from experiments.play.run import run
from experiments.play.settle import kept_games, settled_lanes
from experiments.results.store import Store
from sim.miners.population import roles
from sim.world import World


def test_gain_of_a_deviant_is_its_own_in_the_same_world(tmp_path):
    """The profit of the miner of the first rank under its other strategy, less that under its own, in equal shares."""
    spec = crowd(tmp_path)
    folder = run(spec, tmp_path).folder
    games = kept_games(spec, folder)
    (case,) = spec.scenarios
    lanes = settled_lanes(spec, games)[case.name]
    deviant = int(np.argmin(roles(case.miners, 7, [1])[:, 0]))
    rows = [row for row in Store(folder).table("metrics").to_pylist() if row["world"] == 1]
    assert [row["lane"] for row in rows] == [lane.name for lane in spec.lanes]
    for row, lane in zip(rows, lanes, strict=True):
        gains = json.loads(row["deviations"])
        mine = [each for each in deviations(lanes, games) if each.of == lane.name]
        assert list(gains) == [each.strategy for each in mine]
        for each in mine:
            world = World(case, [lane, each.lane], 7, [1])
            world.run()
            usual, other = world.miners.balance[deviant] / (2000 * 3 / 10)
            assert gains[each.strategy] == pytest.approx(other - usual, abs=1e-12)


def test_what_the_deviant_does_anyway_is_no_deviation(tmp_path):
    """Of three strategies two are left."""
    spec = crowd(tmp_path)
    games = kept_games(spec, run(spec, tmp_path).folder)
    lanes = settled_lanes(spec, games)["crowd"]
    found = list(deviations(lanes, games))
    assert len(found) == 4 * 2
    for each in found:
        lane = next(lane for lane in lanes if lane.name == each.of)
        assert each.lane.population.strategies[lane.population.of_ranks(10)[0]] not in each.lane.population.deviants


def test_deviants_are_in_no_table(tmp_path):
    """Their lanes are measured and dropped: tables have the lanes of the recipe."""
    spec = crowd(tmp_path)
    store = Store(run(spec, tmp_path).folder)
    names = {lane.name for lane in spec.lanes}
    for table in ("metrics", "events", "curves", "emission"):
        assert set(store.table(table)["lane"].to_pylist()) <= names
    assert store.table("metrics").num_rows == 2 * len(names)
