"""What each strategy is paid in a round, counted by hand in the same worlds; and rounds that are kept."""

import numpy as np
import pytest
from small_game import crowd

from experiments.play.rounds import Rounds, RoundTask, mean_pay, world_numbers
from experiments.play.settle import games_of, settle
from experiments.results.rounds import FILE
from experiments.results.store import read_table
from sim.world import World


def test_pay_is_profit_per_miner_in_equal_shares(tmp_path):
    """USD earned less spent, summed over the miners of a strategy but for the founder, over W days / N."""
    spec = crowd(tmp_path)
    (case,) = spec.scenarios
    lanes = tuple(game.in_mix(game.mixes[0]) for game in games_of(spec))
    found = RoundTask(case, lanes, 7, (1_000_000, 1_000_001)).simulate()
    world = World(case, lanes, 7, [1_000_001])
    world.run()
    miners = world.miners
    for i, lane in enumerate(lanes):
        profit, count = np.zeros(3), np.zeros(3)
        for miner in range(case.miners):
            if miner != miners.founder[i]:
                k = [s for s, _ in lane.population.mix].index(miners.choices.strategy_of(i, miner))
                profit[k] += miners.balance[miner, i] / (2000 * 3 / 10)
                count[k] += 1
        assert found[1_000_001][0, i] == pytest.approx(profit)
        assert found[1_000_001][1, i].tolist() == count.tolist()
        assert count.sum() == 9


def test_worlds_together_and_apart_pay_the_same(tmp_path):
    """How a round is divided among processes changes nothing, to the bit."""
    games = games_of(crowd(tmp_path))
    task = RoundTask(games[0].case, tuple(game.in_mix(game.mixes[0]) for game in games), 7, (1_000_000, 1_000_001))
    together = task.simulate()
    for part in task.divide(task.worlds, size=1):
        for number, found in part.simulate().items():
            assert found.tobytes() == together[number].tobytes()


def test_the_idle_earn_and_spend_nothing(tmp_path):
    """They do not even register."""
    games = games_of(crowd(tmp_path))
    found = RoundTask(games[0].case, (games[0].in_mix(games[0].mixes[0]),), 7, (1_000_000,)).simulate()
    profit, count = found[1_000_000]
    assert count[0, 2] > 0
    assert profit[0, 2] == 0.0


def test_worlds_of_rounds_are_never_measured():
    """Recipes have a million worlds at most; rounds begin behind them, and share none."""
    assert world_numbers(0, 6)[0] == 1_000_000
    assert world_numbers(0, 1000)[-1] < world_numbers(1, 1)[0]


def test_mean_pay_is_over_miners_and_worlds():
    """Two worlds: 6 earned by 2 miners and 0 by 1 are 2 per miner; who has no miner anywhere has no pay."""
    worlds = [np.array([[[6.0, 1.0]], [[2.0, 0.0]]]), np.array([[[0.0, 0.0]], [[1.0, 0.0]]]), None]
    pay, good = mean_pay(worlds)
    assert good == 2
    assert pay[0, 0] == 2.0
    assert np.isnan(pay[0, 1])
    assert mean_pay([None])[1] == 0


def test_rounds_are_kept_with_mixes_and_pays(tmp_path):
    """A row for each case, lane, round and strategy; shares sum to 1, and miners are those of the crowd."""
    spec = crowd(tmp_path)
    games = settle(spec, tmp_path / "results", 1, lambda done, total: None)
    table = read_table(tmp_path / "results" / FILE).to_pylist()
    assert len(table) == 4 * 3 * 3
    for lane in spec.lanes:
        for number in range(3):
            rows = [row for row in table if (row["lane"], row["round"]) == (lane.name, number)]
            assert [row["strategy"] for row in rows] == ["honest", "copycat", "idle"]
            assert sum(row["share"] for row in rows) == pytest.approx(1.0)
            assert sum(row["miners"] for row in rows) == 10
            assert {row["worlds"] for row in rows} == {2}
            game = next(game for game in games if game.lane.name == lane.name)
            assert [row["after"] for row in rows] == game.mixes[number + 1].tolist()
    again = Rounds(tmp_path / "results")
    assert again.pay("crowd", spec.lanes[0].name, 3) is None
    assert again.pay("crowd", spec.lanes[0].name, 2).tolist() == [row["pay"] for row in table[24:27]]
