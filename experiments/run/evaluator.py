"""Lanes in worlds, as numbers: what a search, a ranking and a final table all measure with."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from experiments.recipe.populations import in_populations
from experiments.recipe.resolved import lane_plain, population_plain, world_plain
from experiments.results.measure import measure
from experiments.results.metrics import METRICS
from experiments.run.digest import code_of
from experiments.run.pool import Pool
from experiments.run.store import StoreError, read_table, write_table
from experiments.run.task import Task, compute
from sim.lanes import Lane
from sim.miners.population import Population
from sim.scenario import Scenario
from sim.world import World

Group = tuple[Sequence[Lane], Sequence[Scenario]]
"""Lanes, and the cases that they live in."""


@dataclass(frozen=True)
class Row:
    """What all lanes came to in one world.

    Attributes:
        values: by metric, float64 `[lanes]`; NaN where it failed.
        errors: the traceback of each lane that failed.
    """

    values: dict[str, np.ndarray]
    errors: tuple[str | None, ...]


@dataclass(frozen=True)
class MetricsTask(Task):
    """A task of a study: of each world the metrics are kept, and a lane that fails costs no other its worlds.

    Attributes:
        key: names the results; see `_key`.
    """

    key: str = ""

    def results(self, world: World) -> dict[int, Row]:
        """The metrics of each world."""
        shape, fine = (len(self.lanes), len(self.worlds)), (None,) * len(self.lanes)
        found = {name: values.reshape(shape) for name, values in measure(world).items()}
        return {
            number: Row({name: values[:, i].copy() for name, values in found.items()}, fine)
            for i, number in enumerate(self.worlds)
        }

    def failure(self, error: str) -> Row:
        """The metrics of the lanes that do not fail, found by halves."""
        if len(self.lanes) == 1:
            return Row({name: np.full(1, np.nan) for name in METRICS}, (error,))
        middle = len(self.lanes) // 2
        parts = [compute(replace(self, lanes=half)) for half in (self.lanes[:middle], self.lanes[middle:])]
        rows: list[Row] = [part[self.worlds[0]] for part in parts if isinstance(part, dict)]  # always: it is one world
        values = {name: np.concatenate([row.values[name] for row in rows]) for name in rows[0].values}
        return Row(values, tuple(error for row in rows for error in row.errors))


def _key(case: Scenario, lanes: Sequence[Lane], seed: int) -> str:
    """Names results: a hash over all that they depend on, the number of the world excepted."""
    populations = dict.fromkeys(lane.population for lane in lanes if lane.population is not None)
    plain = {
        "case": world_plain(case),
        "lanes": [lane_plain(lane) for lane in lanes],
        "populations": [population_plain(population) for population in populations],
        "seed": seed,
        "code": code_of(lanes),
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True, allow_nan=False).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Measured:
    """What lanes came to.

    Attributes:
        values: by metric, float64 `[lanes, populations, worlds]`; NaN where a world failed.
        case: the scenario's case of each world, `[worlds]`.
        world: its number, int `[worlds]`.
        errors: the last line of the first error of each lane; None where there was none.
    """

    values: dict[str, np.ndarray]
    case: np.ndarray
    world: np.ndarray
    errors: tuple[str | None, ...]

    def of_lanes(self, lanes: Sequence[int]) -> "Measured":
        """The same for some lanes, by number."""
        some = list(lanes)
        return replace(
            self,
            values={name: value[some] for name, value in self.values.items()},
            errors=tuple(self.errors[i] for i in some),
        )


@dataclass(frozen=True)
class Evaluator:
    """Measures lanes in worlds, each world once, however often the program was stopped.

    Attributes:
        folder: keeps what is done, a file for each world and set of lanes: `KEY/WORLD.parquet`.
        pool: where it is computed.
        populations: each lane lives in all of them; the first is the one that objectives are measured in.
        seed: of all random streams.
    """

    folder: Path
    pool: Pool
    populations: tuple[Population, ...]
    seed: int

    def measure(self, groups: Sequence[Group], worlds: Sequence[int]) -> list[Measured]:
        """The lanes of each group in these worlds of its cases; what all groups lack is computed side by side.

        Raises:
            InputError: a world does not fit into memory, or a strategy breaks the rules.
            ChildProcessError: workers were killed again and again.
            OSError: the results cannot be written.
        """
        asked = [self._tasks(group, worlds) for group in groups]
        rows: dict[tuple[str, int], Row] = {}
        missing: list[MetricsTask] = []
        for task in (each for tasks in asked for each in tasks):
            there = {world: row for world in worlds if (row := _read(self._path(task, world))) is not None}
            rows |= {(task.key, world): row for world, row in there.items()}
            missing += task.divided([world for world in worlds if world not in there], self.pool.workers)
        self.pool.check(missing)
        for task, found in self.pool.results(missing):
            for world, row in found.items():
                _write(self._path(task, world), row)
                rows[task.key, world] = row
        return [self._stacked(tasks, rows, len(lanes)) for tasks, (lanes, _) in zip(asked, groups, strict=True)]

    def check(self, groups: Sequence[Group]) -> None:
        """Refuse lanes that would not fit into memory, even in one world.

        Raises:
            InputError: with the estimate, what is free, and what to do.
        """
        self.pool.check([task for group in groups for task in self._tasks(group, [0])])

    def _tasks(self, group: Group, worlds: Sequence[int]) -> list[MetricsTask]:
        lanes, cases = group
        # names are given here, so that the same lanes are the same task whatever they were called
        numbered = [replace(lane, name=f"{i}") for i, lane in enumerate(lanes)]
        whole = in_populations(numbered, self.populations)
        return [MetricsTask(case, whole, self.seed, tuple(worlds), key=_key(case, whole, self.seed)) for case in cases]

    def _path(self, task: MetricsTask, world: int) -> Path:
        return self.folder / task.key / f"{world:08d}.parquet"

    def _stacked(self, tasks: Sequence[MetricsTask], known: Mapping[tuple[str, int], Row], lanes: int) -> Measured:
        places = [(task.contest.name, world) for task in tasks for world in task.worlds]
        rows = [known[task.key, world] for task in tasks for world in task.worlds]
        shape = len(self.populations), lanes
        values = {
            name: np.stack([row.values[name].reshape(shape).T for row in rows], axis=-1) for name in rows[0].values
        }
        errors = tuple(next(_last_lines(rows, i, lanes), None) for i in range(lanes))
        return Measured(values, np.array([name for name, _ in places]), np.array([n for _, n in places]), errors)


def _last_lines(rows: Sequence[Row], lane: int, lanes: int) -> Iterator[str]:
    """The last lines of a lane's errors."""
    for row in rows:
        for place in range(lane, len(row.errors), lanes):
            if row.errors[place]:
                yield str(row.errors[place]).strip().splitlines()[-1]


def _write(path: Path, row: Row) -> None:
    columns = {name: pa.array(values) for name, values in row.values.items()}
    columns["error"] = pa.array(row.errors, type=pa.string())
    write_table(path, pa.table(columns), small=False)


def _read(path: Path) -> Row | None:
    if not path.exists():
        return None
    try:
        table = read_table(path)
        errors = tuple(table.column("error").to_pylist())
        names = [name for name in table.column_names if name != "error"]
        return Row({name: np.asarray(table.column(name), dtype=np.float64) for name in names}, errors)
    except (pa.ArrowException, KeyError, OSError) as error:
        raise StoreError(
            f"{path} is damaged ({str(error).splitlines()[0]}); delete it and run the study again, it goes on"
        ) from None
