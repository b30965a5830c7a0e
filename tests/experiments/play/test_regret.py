"""What single deviants gain where a crowd has settled, measured in the same worlds."""

import json

import numpy as np
import pytest
from small_game import crowd

from experiments.play.regret import deviations
from experiments.play.rounds import sum_profit
from experiments.play.run import run
from experiments.play.settle import games_of, kept_games, settled_lanes
from experiments.results.store import Store
from sim.miners.population import roles
from sim.world import World


def test_gain_is_of_strategies_with_one_miner_more_and_as_they_are(tmp_path):
    """By hand: profit per miner of the other strategy with the deviant, less that of the usual one without it."""
    spec = crowd(tmp_path)
    folder = run(spec, tmp_path).folder
    games = kept_games(spec, folder)
    (case,) = spec.scenarios
    lanes = settled_lanes(spec, games)[case.name]
    rows = [row for row in Store(folder).table("metrics").to_pylist() if row["world"] == 1]
    assert [row["lane"] for row in rows] == [lane.name for lane in spec.lanes]
    for row, lane in zip(rows, lanes, strict=True):
        gains = json.loads(row["deviations"])
        mine = [each for each in deviations(lanes, games) if each.of == lane.name]
        assert list(gains) == [each.strategy for each in mine]
        for each in mine:
            world = World(case, [lane, each.lane], 7, [1])
            world.run()
            usual, other = (
                strategy for strategy, _ in (lane.population.mix[each.usual], lane.population.mix[each.place])
            )
            expected = mean_profit(world, 1, other) - mean_profit(world, 0, usual)
            assert gains[each.strategy] == pytest.approx(expected, abs=1e-12)
            deviant = int(np.argmin(roles(case.miners, 7, [1])[:, 0]))
            assert world.miners.choices.strategy_of(0, deviant) == usual
            assert world.miners.choices.strategy_of(1, deviant) == other


def mean_profit(world, column, strategy):
    """Of the miners of a strategy but for the founder, in equal shares of 2000 USD over 3 days and 10 miners."""
    miners = world.miners
    own = [
        miner
        for miner in range(10)
        if miners.choices.strategy_of(column, miner) == strategy and miner != miners.founder[column]
    ]
    return float(np.mean([miners.balance[miner, column] for miner in own])) / 600.0


def test_the_mean_gain_is_that_of_the_deviant_itself(tmp_path):
    """The lot decides which miner it is, so both have one mean: over 400 worlds they agree within 4 standard errors."""
    spec = crowd(tmp_path)
    (case,) = spec.scenarios
    (game, *_) = games_of(spec)
    lane = game.in_mix(game.mixes[0])
    (each, *_) = deviations([lane], [game])
    worlds = tuple(range(400))
    world = World(case, [lane, each.lane], 7, worlds)
    world.run()
    profit, count = sum_profit(world)
    pay = profit / count
    gain = pay[1, each.place] - pay[0, each.usual]
    deviant = np.argmin(roles(case.miners, 7, worlds), axis=0)
    balance = world.miners.balance.reshape(10, 2, 400) / 600.0
    alone = balance[deviant, 1, np.arange(400)] - balance[deviant, 0, np.arange(400)]
    apart = alone - gain
    assert abs(apart.mean()) < 4 * apart.std() / 20
    assert gain.std() < alone.std()


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
