"""What miners of each strategy got: sums over miners, by lane and world."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.estimate import Estimate, estimate
from experiments.report.results import Results


@dataclass(frozen=True)
class Incomes:
    """Arrays are float64 `[lanes, worlds, strategies]`, in the order of the results and of the strategies.

    Attributes:
        race, world: the case and the number of each world.
        paid, credited, miners: shares of the emission, of the descent and of the miners.
        usd: what a miner earned less what he spent, per day; NaN where nobody follows the strategy.
    """

    race: np.ndarray
    world: np.ndarray | None
    paid: np.ndarray
    credited: np.ndarray
    miners: np.ndarray
    usd: np.ndarray

    def of(self, values: np.ndarray, row: int, strategies: Sequence[int]) -> Estimate:
        """The estimate of one of the arrays for a lane and for some strategies together."""
        return estimate(values[row][:, strategies].sum(axis=1), self.race, self.world)


def incomes(results: Results, strategies: Sequence[str]) -> Incomes:
    """The incomes under the lanes of these results.

    Args:
        results: of a run, or of one of its populations.
        strategies: all that anybody follows.
    """
    days = {case.name: case.days for case in results.races}
    table = results.emission
    codes = [
        pc.index_in(table[key], value_set=pa.array(names, pa.string())).fill_null(-1).to_numpy(zero_copy_only=False)
        for key, names in (("race", list(days)), ("lane", [lane.lane for lane in results.lanes]))
    ]
    mine = np.flatnonzero((codes[0] >= 0) & (codes[1] >= 0))
    race, lane = (code[mine] for code in codes)
    table = table.take(mine)
    pairs = np.stack([race, table["world"].to_numpy()], axis=1)
    worlds, world = np.unique(pairs, axis=0, return_inverse=True)
    strategy = pc.index_in(table["strategy"], value_set=pa.array(strategies, pa.string())).to_numpy()
    shape = (len(results.lanes), len(worlds), len(strategies))
    flat = np.ravel_multi_index((lane, world.ravel(), strategy), shape) if len(mine) else np.empty(0, dtype=int)

    def total(weights: np.ndarray | None) -> np.ndarray:
        return np.bincount(flat, weights, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)

    count = total(None)
    names = np.array(list(days), dtype=object)[worlds[:, 0]]
    length = np.array([days[name] for name in names])[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return Incomes(
            names,
            worlds[:, 1],
            total(table["share"].to_numpy()),
            total(table["credit"].to_numpy()),
            count / count.sum(axis=2, keepdims=True),
            total(table["usd"].to_numpy()) / count / length,
        )
