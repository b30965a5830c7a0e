"""A task: some worlds of one contest, simulated in one pass."""

import traceback
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, NamedTuple, Self

import pyarrow as pa

from experiments.results.tables import TABLES, failed, tables
from experiments.run.compile_once import compile_once
from experiments.run.digest import code_of
from experiments.run.passes import SECONDS, pass_size, passes
from policies import InputError
from sim.lanes import Lane
from sim.race.race import Race, Setting
from sim.race.world import RaceWorld, scenario_of
from sim.scenario import Scenario
from sim.world import OPINION_STEPS, Watch, World

LOOK_SECONDS = 1.0
"""How long a pass goes on before it is judged by its pace."""
MOST_SECONDS = 2 * SECONDS
"""A pass of several worlds that has more than this ahead of it is divided."""


class Smaller(NamedTuple):
    """What comes of a task that has to be divided.

    Attributes:
        worlds: how many the parts are to have at most.
        slow: because it takes too long, as others like it would; else because one of its worlds fails.
    """

    worlds: int
    slow: bool


@dataclass(frozen=True)
class Task(ABC):
    """Some worlds of one contest, simulated in one pass; subclasses say what is kept of a world.

    Attributes:
        contest: the scenario or the race.
        lanes: with their populations.
        seed: of all random streams.
        worlds: numbers of the worlds.
        setting: of a race.
    """

    contest: Scenario | Race
    lanes: tuple[Lane, ...]
    seed: int
    worlds: tuple[int, ...]
    setting: Setting | None = None

    @property
    def scenario(self) -> Scenario:
        """What is simulated."""
        if isinstance(self.contest, Scenario):
            return self.contest
        return scenario_of(self.contest, self.setting or Setting())

    def divided(self, worlds: Sequence[int], workers: int) -> list[Self]:
        """Tasks for these worlds: as many as keep all workers busy, and none larger than a pass should be."""
        size = pass_size(self.scenario, len(self.lanes))
        return [replace(self, worlds=part) for part in passes(worlds, size, workers)]

    def parts(self, size: int) -> list[Self]:
        """The same worlds in tasks of so many at most."""
        return [replace(self, worlds=part) for part in passes(self.worlds, size, 1)]

    def simulate(self) -> dict[int, Any]:
        """What is kept of each world, by number.

        Raises:
            TooSlowError: the pass has several worlds, and would take too long.
        """
        kind = "world" if isinstance(self.contest, Scenario) else "race"
        with compile_once(code_of(self.lanes, kind)) as compiling:
            world = self._world()
            world.run(_Clock(world.scenario.steps, len(self.worlds), compiling) if len(self.worlds) > 1 else compiling)
            return self.results(world)

    @abstractmethod
    def results(self, world: World) -> dict[int, Any]:
        """What is kept of each world of a finished pass, by number."""

    @abstractmethod
    def failure(self, error: str) -> Any:
        """What is kept of the only world, which failed with this traceback."""

    def _world(self) -> World:
        if isinstance(self.contest, Scenario):
            return World(self.contest, self.lanes, self.seed, self.worlds)
        return RaceWorld(self.contest, self.lanes, self.setting or Setting(), self.seed, self.worlds)


def compute(task: Task) -> dict[int, Any] | Smaller:
    """What is kept of each world of a task, by number, or how the task is to be divided.

    Raises:
        InputError: a strategy breaks the rules: it would in every world.
    """
    try:
        return task.simulate()
    except TooSlowError as error:
        return Smaller(error.args[0], slow=True)
    except InputError:
        raise
    except Exception:
        if len(task.worlds) > 1:
            return Smaller(1, slow=False)
        return {task.worlds[0]: task.failure(traceback.format_exc())}


@dataclass(frozen=True)
class TablesTask(Task):
    """A task of a run: all its tables are kept.

    Attributes:
        keep: the tables of a scenario that are kept beside its metrics; the others stay empty.
    """

    keep: tuple[str, ...] = TABLES

    def results(self, world: World) -> dict[int, dict[str, pa.Table]]:
        """The tables of each world by name."""
        return {number: self._wanted(found) for number, found in tables(world, list(self.worlds)).items()}

    def failure(self, error: str) -> dict[str, pa.Table]:
        """A row of metrics for each lane with the traceback, and nothing else."""
        return failed(self.contest, self.lanes, self.worlds[0], error)

    def _wanted(self, found: dict[str, pa.Table]) -> dict[str, pa.Table]:
        wanted = {"metrics", *self.keep}
        return {name: table if name in wanted else table.slice(0, 0) for name, table in found.items()}


class TooSlowError(Exception):
    """A pass would take too long; its argument is the number of worlds that would not."""


class _Clock:
    """Watches the pace of a pass of several worlds.

    Args:
        steps: of the whole pass.
        worlds: that are simulated together.
        compiling: is told of each step too.
    """

    def __init__(self, steps: int, worlds: int, compiling: Watch | None) -> None:
        self._steps, self._worlds, self._compiling = steps, worlds, compiling
        self._done, self._began = 0, 0.0

    def __call__(self, block: int) -> None:
        """One more step is done; `TooSlowError` if those that are left would take too long."""
        if self._compiling is not None:
            self._compiling(block)
        self._done += 1
        since = self._done - OPINION_STEPS  # the first steps also compile
        if since <= 0:
            self._began = perf_counter()
            return
        seconds = perf_counter() - self._began
        if seconds > LOOK_SECONDS and seconds / since * (self._steps - self._done) > MOST_SECONDS:
            whole = seconds / since * self._steps
            raise TooSlowError(max(1, min(self._worlds - 1, int(self._worlds * SECONDS / whole))))
