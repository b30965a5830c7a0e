"""Measure lanes in worlds: their metrics as arrays, for every stage of a study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from experiments.recipe.populations import in_populations
from experiments.recipe.resolved import lane_plain, population_plain, world_plain
from experiments.results.measure import measure
from experiments.results.metrics import METRICS
from experiments.results.store import StoreError, read_table, write_table
from experiments.run.digest import code_of, hash_of
from experiments.run.pool import Pool
from experiments.run.task import Task, compute
from sim.lanes import Lane
from sim.miners.population import Population
from sim.scenario import Scenario
from sim.world import World


class Group(NamedTuple):
    """Lanes, and where to measure them."""

    lanes: Sequence[Lane]  #: not yet in populations
    cases: Sequence[Scenario]
    populations: Sequence[Population]  #: each lane lives in all of them; the first is the one that is measured


@dataclass(frozen=True)
class MetricsTask(Task):
    """A task of a study, which keeps metrics; a lane that fails does not fail the others."""

    key: str = ""  #: names the results: a hash over all that they depend on, except for the numbers of the worlds

    def results(self, world: World) -> dict[int, pa.Table]:
        """A table for each world: the metrics and the traceback (null: it did not fail) of each lane."""
        shape, no_errors = (len(self.lanes), len(self.worlds)), pa.nulls(len(self.lanes), pa.string())
        metrics = {name: values.reshape(shape) for name, values in measure(world).items()}
        return {
            number: pa.table({**{name: values[:, i] for name, values in metrics.items()}, "error": no_errors})
            for i, number in enumerate(self.worlds)
        }

    def failure(self, error: str) -> pa.Table:
        """The table of the only world, NaN and the traceback in lanes that fail, which are found by bisection."""
        if len(self.lanes) == 1:
            return pa.table({**dict.fromkeys(METRICS, np.full(1, np.nan)), "error": [error]})
        middle = len(self.lanes) // 2
        halves = [compute(replace(self, lanes=half)) for half in (self.lanes[:middle], self.lanes[middle:])]
        return pa.concat_tables([half[self.worlds[0]] for half in halves if isinstance(half, dict)])  # for mypy


@dataclass(frozen=True)
class Measured:
    """The metrics of lanes in worlds."""

    values: dict[str, np.ndarray]  #: by metric, float64 `[lanes, populations, worlds]`; NaN where a world failed
    case: np.ndarray  #: the scenario's case of each world, `[worlds]`
    world: np.ndarray  #: its number, int `[worlds]`
    errors: tuple[str | None, ...]  #: the last line of the first error of each lane; None where there was none


@dataclass(frozen=True)
class Evaluator:
    """Measures lanes in worlds; what is on disk from an earlier run is not computed again."""

    folder: Path  #: of results, a file for each world and set of lanes: `KEY/WORLD.parquet`
    pool: Pool
    seed: int  #: of all random streams

    def measure(self, groups: Sequence[Group], worlds: Sequence[int]) -> list[Measured]:
        """Measure the lanes of each group in these worlds of its cases; missing worlds are computed together.

        Raises:
            InputError: a world does not fit into memory, or a strategy breaks the rules.
            ChildProcessError: workers were killed again and again.
            OSError: the results cannot be written.
        """
        asked = [self._tasks(group, worlds) for group in groups]
        rows: dict[tuple[str, int], pa.Table] = {}
        missing: list[MetricsTask] = []
        for task in (each for tasks in asked for each in tasks):
            there = {world: row for world in worlds if (row := read_metrics(self._path(task, world))) is not None}
            rows |= {(task.key, world): row for world, row in there.items()}
            missing += task.divide([world for world in worlds if world not in there], self.pool.workers)
        self.pool.check(missing)
        for task, found in self.pool.results(missing):
            for world, row in found.items():
                write_table(self._path(task, world), row, small=False)
                rows[task.key, world] = row
        return [self._stack(tasks, rows, group) for tasks, group in zip(asked, groups, strict=True)]

    def check(self, groups: Sequence[Group]) -> None:
        """Refuse lanes that would not fit into memory, even in one world.

        Raises:
            InputError: with the estimate, what is free, and what to do.
        """
        self.pool.check([task for group in groups for task in self._tasks(group, [0])])

    def _tasks(self, group: Group, worlds: Sequence[int]) -> list[MetricsTask]:
        # numbers as names: the same lanes have the same key, whatever they are called
        numbered = [replace(lane, name=f"{i}") for i, lane in enumerate(group.lanes)]
        whole = in_populations(numbered, group.populations)
        depends_on = {
            "lanes": [lane_plain(lane) for lane in whole],
            "populations": [population_plain(population) for population in group.populations],
            "seed": self.seed,
            "code": code_of(whole),
        }
        keys = [hash_of({**depends_on, "case": world_plain(case)}, 16) for case in group.cases]
        pairs = zip(group.cases, keys, strict=True)
        return [MetricsTask(case, whole, self.seed, tuple(worlds), key=key) for case, key in pairs]

    def _path(self, task: MetricsTask, world: int) -> Path:
        return self.folder / task.key / f"{world:08d}.parquet"

    def _stack(self, tasks: Sequence[MetricsTask], known: Mapping[tuple[str, int], pa.Table], group: Group) -> Measured:
        rows = [known[task.key, world] for task in tasks for world in task.worlds]
        case, world = zip(*((task.contest.name, world) for task in tasks for world in task.worlds), strict=True)
        lanes = len(group.lanes)
        shape = len(group.populations), lanes
        values = {name: np.stack([row[name].to_numpy().reshape(shape).T for row in rows], axis=-1) for name in METRICS}
        texts = [text for row in rows for text in row["error"].to_pylist()]
        errors = (next(filter(None, texts[lane::lanes]), None) for lane in range(lanes))
        last = (error and error.strip().splitlines()[-1] for error in errors)
        return Measured(values, np.array(case), np.array(world), tuple(last))


def read_metrics(path: Path) -> pa.Table | None:
    """The metrics and errors in a file; None if it is not there.

    Raises:
        StoreError: it is damaged.
    """
    if not path.exists():
        return None
    try:
        return read_table(path).select([*METRICS, "error"])
    except (pa.ArrowException, KeyError, OSError) as error:
        raise StoreError(
            f"{path} is damaged ({str(error).splitlines()[0]}); delete it and run the same command again, it goes on"
        ) from None
