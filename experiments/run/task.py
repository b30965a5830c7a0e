"""A task: some worlds of one contest, simulated in one pass.

A pass has enough columns (lanes times worlds) to be fast, and so few that stopping the program loses only seconds.
"""

import traceback
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from time import perf_counter
from typing import Any, NamedTuple, Self

import pyarrow as pa

from experiments.results.tables import TABLES, failed, tables
from experiments.run.compile_once import compile_once
from experiments.run.digest import code_of
from policies import InputError
from sim.lanes import Lane
from sim.race.race import Race, Setting
from sim.race.world import RaceWorld, scenario_of
from sim.scenario import Scenario
from sim.world import OPINION_STEPS, Watch, World

COLUMNS = 256
"""Lanes times worlds. A step costs 40 us for the pass and the rest for each column: from 128 columns on the first
no longer counts; from 1,024 on a column costs a tenth more again, because its numbers no longer fit into the cache."""
CELLS = 2**16  #: miners times columns, some 700 bytes each
DRAWS = 2**12  #: miners times worlds, for what is drawn ahead: 18 kB each
SECONDS = 3.0  #: of work, which are lost if a pass is stopped
COLUMN, MINER = 8e-7, 2.6e-8
"""Seconds that a step of a column takes, and more for each miner: races of 12 to 20 submissions take 0.6 to 1.1 us,
worlds of 16, 64 and 256 miners 1.3, 2.5 and 7.5."""
LOOK_SECONDS = 1.0  #: of a pass, before its pace is judged
MOST_SECONDS = 2 * SECONDS  #: a pass of several worlds that would take longer than this is divided


def column_seconds(scenario: Scenario) -> float:
    """Estimated seconds of one column."""
    return scenario.steps * (COLUMN + MINER * scenario.miners)


def pass_size(scenario: Scenario, lanes: int) -> int:
    """Worlds of a pass with so many lanes, at least one: lanes are never divided."""
    columns = min(COLUMNS, CELLS // scenario.miners, int(SECONDS / column_seconds(scenario)))
    return max(1, min(columns // lanes, DRAWS // scenario.miners))


def passes(worlds: Sequence[int], size: int, workers: int) -> list[tuple[int, ...]]:
    """Divide worlds into passes of `size` at most, as many and as equal as keep all workers busy to the end."""
    rounds = -(-len(worlds) // (size * workers))
    count = min(rounds * workers, len(worlds))
    edges = [place * len(worlds) // count for place in range(count + 1)] if count else []
    return [tuple(worlds[first:last]) for first, last in pairwise(edges)]


class Smaller(NamedTuple):
    """A task has to be divided."""

    worlds: int  #: of each part, at most
    slow: bool  #: True: it takes too long, as others like it would; False: one of its worlds fails


@dataclass(frozen=True)
class Task(ABC):
    """Some worlds of one contest, simulated in one pass; subclasses say which results are kept."""

    contest: Scenario | Race
    lanes: tuple[Lane, ...]  #: with their populations, where miners decide
    seed: int  #: of all random streams
    worlds: tuple[int, ...]  #: their numbers
    setting: Setting | None = None  #: how a race is judged; None for a scenario

    @property
    def scenario(self) -> Scenario:
        """The scenario, made from the race where the contest is one."""
        if isinstance(self.contest, Scenario):
            return self.contest
        return scenario_of(self.contest, self.setting or Setting())

    def divide(self, worlds: Sequence[int], workers: int = 1, size: int | None = None) -> list[Self]:
        """Tasks for these worlds: as many as keep all workers busy, each of `size` worlds or a whole pass at most."""
        size = pass_size(self.scenario, len(self.lanes)) if size is None else size
        return [replace(self, worlds=part) for part in passes(worlds, size, workers)]

    def simulate(self) -> dict[int, Any]:
        """The results of each world, by number.

        Raises:
            TooSlowError: the pass has several worlds, and would take too long.
        """
        kind = "world" if isinstance(self.contest, Scenario) else "race"
        with compile_once(code_of(self.lanes, kind)) as compiling:
            if isinstance(self.contest, Scenario):
                world = World(self.contest, self.lanes, self.seed, self.worlds)
            else:
                world = RaceWorld(self.contest, self.lanes, self.setting or Setting(), self.seed, self.worlds)
            several = len(self.worlds) > 1  # a single world cannot be divided, however slow it is
            world.run(_watch_pace(world.scenario.steps, len(self.worlds), compiling) if several else compiling)
            return self.results(world)

    @abstractmethod
    def results(self, world: World) -> dict[int, Any]:
        """The results of each world of a finished pass, by number."""

    @abstractmethod
    def failure(self, error: str) -> Any:
        """The results of the only world, which failed with this traceback."""


def compute(task: Task) -> dict[int, Any] | Smaller:
    """The results of each world of a task, by number, or how the task is to be divided.

    Raises:
        InputError: a strategy breaks the rules; it would in every world.
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
    """A task of a run, which keeps tables."""

    keep: tuple[str, ...] = TABLES  #: tables that are kept beside the metrics; the others stay empty

    def results(self, world: World) -> dict[int, dict[str, pa.Table]]:
        """The tables of each world by name."""
        wanted = {"metrics", *self.keep}
        return {
            number: {name: table if name in wanted else table.slice(0, 0) for name, table in each.items()}
            for number, each in tables(world, list(self.worlds)).items()
        }

    def failure(self, error: str) -> dict[str, pa.Table]:
        """A row of metrics for each lane with the traceback, and nothing else."""
        return failed(self.contest, self.lanes, self.worlds[0], error)


class TooSlowError(Exception):
    """A pass would take too long; its argument is the number of worlds that would not."""


def _watch_pace(steps: int, worlds: int, compiling: Watch | None) -> Watch:
    """Raise `TooSlowError` in a pass of so many steps and worlds that would take too long; call `compiling` as well."""
    done, started = 0, 0.0

    def watch(block: int) -> None:
        nonlocal done, started
        if compiling is not None:
            compiling(block)
        done += 1
        timed = done - OPINION_STEPS
        if timed <= 0:  # the first steps also compile, so their pace says nothing
            started = perf_counter()
            return
        seconds = perf_counter() - started
        if seconds > LOOK_SECONDS and seconds / timed * (steps - done) > MOST_SECONDS:
            whole = seconds / timed * steps
            raise TooSlowError(max(1, min(worlds - 1, int(worlds * SECONDS / whole))))

    return watch
