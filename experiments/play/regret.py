"""What a single deviant gains in a lane that has settled: each deviation is a lane of its own in the same worlds.

One miner of the strategy that most follow, by lot, follows another one instead. Which miner it is says nothing about
its luck, so its pay has the same mean as that of any miner of its strategy. So the gain is measured as the mean pay of
the other strategy's miners, the deviant among them, less the mean pay of the usual strategy's miners in the settled
lane: the mean over worlds is the deviant's, and far less noisy than the pay of one miner, of whom few are ever paid.

These lanes are measured beside the ones of the recipe, and only the gains are kept of them, in the column `deviations`
of the metrics.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.play.rounds import sum_profit
from experiments.play.settle import Game
from experiments.run.task import TablesTask
from sim.lanes import Lane
from sim.world import World


@dataclass(frozen=True)
class Deviation:
    """A lane with one miner that does something else."""

    lane: Lane
    of: str  #: the lane that it deviates from
    strategy: str  #: what the deviant does
    place: int  #: of that strategy in the mix
    usual: int  #: of the strategy that the deviant follows otherwise


@dataclass(frozen=True)
class SettledTask(TablesTask):
    """A task of a run in which lanes have settled; those of single deviants are among its lanes."""

    deviations: tuple[Deviation, ...] = ()

    def results(self, world: World) -> dict[int, dict[str, pa.Table]]:
        """As of any run, with the deviants' gains in place of their lanes."""
        gains = self._gains(world)
        return {number: self._fold(tables, gains[number]) for number, tables in super().results(world).items()}

    def failure(self, error: str) -> dict[str, pa.Table]:
        """As of any run, without the deviants' lanes."""
        return self._fold(super().failure(error), {})

    def _gains(self, world: World) -> dict[int, dict[str, dict[str, float]]]:
        """By world and lane what a deviant gains by each strategy."""
        profit, count = sum_profit(world)
        pay = profit / np.where(count > 0.0, count, np.nan)
        row = {lane.name: i for i, lane in enumerate(self.lanes)}
        out: dict[int, dict[str, dict[str, float]]] = {number: {} for number in self.worlds}
        for each in self.deviations:
            gain = pay[row[each.lane.name], each.place] - pay[row[each.of], each.usual]
            for number, value in zip(self.worlds, gain.tolist(), strict=True):
                if np.isfinite(value):
                    out[number].setdefault(each.of, {})[each.strategy] = value
        return out

    def _fold(self, tables: dict[str, pa.Table], gains: dict[str, dict[str, float]]) -> dict[str, pa.Table]:
        own = pa.array([each.lane.name for each in self.deviations], pa.string())
        left = {name: each.filter(pc.invert(pc.is_in(each["lane"], value_set=own))) for name, each in tables.items()}
        metrics = left["metrics"]
        told = [json.dumps(gains[lane]) if lane in gains else None for lane in metrics["lane"].to_pylist()]
        place = metrics.schema.get_field_index("deviations")
        return {**left, "metrics": metrics.set_column(place, "deviations", pa.array(told, pa.string()))}


def deviations(lanes: Sequence[Lane], games: Sequence[Game]) -> Iterator[Deviation]:
    """Every single deviation from the lanes that have settled in a case, but for what the deviant does anyway."""
    by_name = {lane.name: lane for lane in lanes}
    for game in games:
        lane = by_name[game.lane.name]
        if lane.population is None:
            continue
        usual = int(lane.population.of_ranks(game.case.miners)[0])  # the deviant is the miner of the first rank
        for place, (name, strategy) in enumerate(zip(game.players.names, game.players.strategies, strict=True)):
            if place != usual:
                crowd = replace(lane.population, name=f"{lane.population.name} + {name}", deviants=(strategy,))
                twin = replace(lane, name=f"{lane.name} + {name}", population=crowd)
                yield Deviation(twin, lane.name, name, place, usual)
