"""What a single deviant gains in a lane that has settled: each deviation is a lane of its own in the same worlds.

These lanes are measured beside the ones of the recipe, and only the deviant's gain is kept of them, in the column
`deviations` of the metrics.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from experiments.play.settle import Game
from experiments.recipe.play import strategy_text
from experiments.run.task import TablesTask
from sim.lanes import Lane
from sim.world import World


@dataclass(frozen=True)
class Deviation:
    """A lane with one miner that does something else."""

    lane: Lane
    of: str  #: the lane that it deviates from
    strategy: str  #: what the deviant does


@dataclass(frozen=True)
class SettledTask(TablesTask):
    """A task of a run in which lanes have settled; those of single deviants are among its lanes, and last."""

    deviations: tuple[Deviation, ...] = ()

    def results(self, world: World) -> dict[int, dict[str, pa.Table]]:
        """As of any run, with the deviants' gains in place of their lanes."""
        return {number: self._folded(tables) for number, tables in super().results(world).items()}

    def failure(self, error: str) -> dict[str, pa.Table]:
        """As of any run, without the deviants' lanes."""
        return self._folded(super().failure(error))

    def _folded(self, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
        metrics = tables["metrics"]
        gap = dict(zip(metrics["lane"].to_pylist(), metrics["ic_gap"].to_pylist(), strict=True))
        gains: dict[str, dict[str, float]] = {}
        for each in self.deviations:
            if gap[each.lane.name] is not None:
                gains.setdefault(each.of, {})[each.strategy] = gap[each.lane.name]
        own = pa.array([each.lane.name for each in self.deviations], pa.string())
        left = {name: each.filter(pc.invert(pc.is_in(each["lane"], value_set=own))) for name, each in tables.items()}
        told = [json.dumps(gains[lane]) if lane in gains else None for lane in left["metrics"]["lane"].to_pylist()]
        place = left["metrics"].schema.get_field_index("deviations")
        column = pa.array(told, pa.string())
        return {**left, "metrics": left["metrics"].set_column(place, "deviations", column)}


def deviations(lanes: Sequence[Lane], games: Sequence[Game]) -> Iterator[Deviation]:
    """Every single deviation from the lanes that have settled in a case, but for what the deviant does anyway."""
    by_name = {lane.name: lane for lane in lanes}
    for game in games:
        lane = by_name[game.lane.name]
        population: Any = lane.population
        usual = population.of_ranks(game.case.miners)[
            0
        ]  # what the miner of the first rank, the deviant, does otherwise
        for k, (strategy, _) in enumerate(population.mix):
            if k != usual:
                text = strategy_text(strategy)
                crowd = replace(population, name=f"{population.name} + {text}", deviants=(strategy,))
                yield Deviation(replace(lane, name=f"{lane.name} + {text}", population=crowd), lane.name, text)
