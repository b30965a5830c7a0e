"""A task of a run: some worlds of a race or scenario, lived through in one pass and kept one by one."""

import traceback
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from experiments.compiling import alone
from experiments.digest import code_of
from experiments.results.tables import TABLES, failed, tables
from experiments.store import Store
from policies import InputError
from sim.lanes import Lane
from sim.race.race import Race, Setting
from sim.race.world import RaceWorld, scenario_of
from sim.scenario import Scenario
from sim.world import World


@dataclass(frozen=True)
class Task:
    """Some worlds of one race or scenario, to be run in one pass."""

    folder: Path
    contest: Race | Scenario
    lanes: tuple[Lane, ...]
    setting: Setting | None
    seed: int
    worlds: tuple[int, ...]
    keep: tuple[str, ...] = TABLES

    @property
    def scenario(self) -> Scenario:
        """What is simulated."""
        if isinstance(self.contest, Scenario):
            return self.contest
        assert self.setting is not None  # noqa: S101 - races have one
        return scenario_of(self.contest, self.setting)


def simulate(task: Task) -> int:
    """Run one pass and keep its worlds, a failing one as its traceback; returns the number of worlds."""
    store = Store(task.folder)
    try:
        results = _pass(task)
    except InputError:  # such as a strategy that breaks the rules: it would break them in every world
        raise
    except Exception:
        if len(task.worlds) > 1:
            return sum(simulate(replace(task, worlds=(w,))) for w in task.worlds)
        results = {task.worlds[0]: failed(task.contest, task.lanes, task.worlds[0], traceback.format_exc())}
    for number, found in results.items():
        store.add((task.contest.name, number), found)
    return len(results)


def _pass(task: Task) -> dict[int, dict[str, pa.Table]]:
    numbers, contest = list(task.worlds), task.contest
    with alone(code_of(task.lanes, "world" if isinstance(contest, Scenario) else "race")) as watch:
        if isinstance(contest, Scenario):
            world = World(contest, task.lanes, task.seed, numbers)
        else:
            assert task.setting is not None  # noqa: S101 - races have one
            world = RaceWorld(contest, task.lanes, task.setting, task.seed, numbers)
        world.run(watch)
        return {number: _kept(found, task.keep) for number, found in tables(world, numbers).items()}


def _kept(found: dict[str, pa.Table], keep: tuple[str, ...]) -> dict[str, pa.Table]:
    """The metrics, and of the other tables only those that are wanted."""
    return {name: table if name == "metrics" or name in keep else table.slice(0, 0) for name, table in found.items()}
