"""The rounds of a game: what each strategy is paid in fresh worlds, kept in `rounds.parquet` as each round is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from experiments.results.rounds import FILE, ROUNDS, read_rounds
from experiments.results.statistics import ordered_sum
from experiments.results.store import write_table
from experiments.run.task import Task
from sim.world import World

FIRST_WORLD = 1_000_000
"""The number of the first world of the first round: a recipe measures at most so many, so that no world is in both."""
STRIDE = 1000
"""Numbers that a round may use, the most worlds that it may have."""

Key = tuple[str, str, int]  #: case, lane and number of the round


@dataclass(frozen=True)
class RoundTask(Task):
    """Worlds of a round; all lanes have populations."""

    def results(self, world: World) -> dict[int, np.ndarray]:
        """Of each world the sums of `sum_profit`, `[2, lanes, strategies]`."""
        found = sum_profit(world)
        return {number: found[..., i] for i, number in enumerate(self.worlds)}

    def failure(self, error: str) -> None:
        """A world that failed is left out of its round."""


def sum_profit(world: World) -> np.ndarray:
    """The profit of the miners of each strategy, and how many they are, float64 `[2, lanes, strategies, worlds]`.

    Profit is USD earned less USD spent, in equal shares of the emission, `usd_per_day days / miners`. Strategies are
    those of the mix of the lane's population, in its order; lanes of fewer strategies have zeros behind them. The
    founder of a world is left out: it earns what the public model is worth, whatever it does.
    """
    miners, scenario, lanes, worlds = world.miners, world.scenario, world.columns.lanes, world.columns.worlds
    share = np.float64(scenario.economy.usd_per_day * scenario.days / scenario.miners)
    profit = miners.balance / share if share > 0.0 else np.zeros_like(miners.balance)
    counted = np.ones(profit.shape, dtype=bool)
    if scenario.founded:
        counted[miners.founder, np.arange(world.columns.width)] = False
    code, number = miners.choices.code, {s: i for i, s in enumerate(miners.choices.strategies)}
    mixes = [lane.population.mix if lane.population else () for lane in lanes]
    found = np.zeros((2, len(lanes), max(map(len, mixes)), worlds))
    for i, mix in enumerate(mixes):
        here = slice(i * worlds, (i + 1) * worlds)
        for k, (strategy, _) in enumerate(mix):
            mine = counted[:, here] & (code[:, here] == number[strategy])
            found[:, i, k] = ordered_sum(np.where(mine, profit[:, here], 0.0)), mine.sum(axis=0)
    return found


def world_numbers(number: int, worlds: int) -> range:
    """The numbers of the worlds of a round."""
    first = FIRST_WORLD + number * STRIDE
    return range(first, first + worlds)


def mean_pay(found: Sequence[np.ndarray | None]) -> tuple[np.ndarray, int]:
    """What each strategy was paid per miner, `[lanes, strategies]`, over worlds as `RoundTask` gives them.

    NaN where there was no miner to observe. The other number is that of the worlds that did not fail.
    """
    there = [each for each in found if each is not None]
    if not there:
        return np.full((1, 1), np.nan), 0
    profit, count = ordered_sum(np.stack(there).reshape(len(there), -1)).reshape(there[0].shape)
    return np.where(count > 0, profit / np.maximum(count, 1.0), np.nan), len(there)


class Rounds:
    """The rounds that are kept in the folder of a run.

    Raises:
        StoreError: the file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._rows = read_rounds(folder)
        self._pays: dict[Key, list[float]] = {}
        for row in self._rows:
            pay = np.nan if row["pay"] is None else row["pay"]
            self._pays.setdefault((row["race"], row["lane"], row["round"]), []).append(pay)

    def pay(self, race: str, lane: str, number: int) -> np.ndarray | None:
        """What each strategy was paid in a round, `[strategies]`; None if the round is not there."""
        found = self._pays.get((race, lane, number))
        return None if found is None else np.array(found)

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep the rows of a round, see `experiments.results.rounds`.

        Raises:
            OSError: they cannot be written.
        """
        self._rows += rows
        write_table(self._path, pa.Table.from_pylist(self._rows, schema=ROUNDS))
