"""Running a spec: which worlds are missing, spread over processes, kept one by one, finished together."""

import os
import platform
import shlex
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.digest import digest, spec_text
from experiments.memory import check
from experiments.processes import processes
from experiments.recipe import Spec
from experiments.store import Store
from experiments.tables import TABLES, failed, in_order, submissions, tables
from experiments.world_tables import world_failed, world_tables
from policies import InputError
from sim.lanes import Lane
from sim.replay.race import Race
from sim.replay.replay import Replay, Setting
from sim.scenario import Scenario
from sim.world import World

COLUMNS = 1024
"""Lanes times worlds of one pass: wide enough to be quick, small enough for the cache and for 500 MB."""

MINER_COLUMNS, TOGETHER = 128 * COLUMNS, 8
"""Miners times lanes times worlds of one pass of simulated worlds, and the most worlds of one: worlds in company cost a
third or less of what each costs alone, up to about there; and who is killed loses no more than a pass."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


GO_ON = "the worlds that are done are kept, run it again with fewer --workers to go on"
"""What to do after a worker was killed."""

LIBRARIES = ("numpy", "scipy", "simpy", "pandas", "pyarrow", "plotly", "pydantic")


@dataclass(frozen=True)
class Task:
    """Some worlds of one race or scenario, to be run in one pass."""

    folder: Path
    contest: Race | Scenario
    lanes: tuple[Lane, ...]
    setting: Setting | None
    seed: int
    worlds: tuple[int, ...]
    device: str = "numpy"
    keep: tuple[str, ...] = TABLES


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes:
        folder: where the results are.
        worlds: that the folder holds now, over all races.
        failed: how many of them failed.
        ran: how many were run now, the others were there.
        seconds: wall time of the simulation.
    """

    folder: Path
    worlds: int
    failed: int
    ran: int
    seconds: float


Progress = Callable[[int, int], None]
"""Called with (worlds done, worlds to do)."""


def run(
    spec: Spec, root: Path, workers: int = 1, progress: Progress = lambda done, total: None, force: bool = False
) -> Outcome:
    """Run what is missing of a spec and finish its folder.

    Args:
        spec: what to run.
        root: the folder of all results, `runs/`.
        workers: processes; the results are the same for any number.
        progress: told after each pass.
        force: run everything again.

    Raises:
        InputError: a world does not fit into memory, or a strategy breaks the rules.
        OSError: the results cannot be written.
        ChildProcessError: a worker process was killed.
    """
    store = Store(root / spec.recipe.name / digest(spec))
    wanted = [(contest.name, world) for contest in spec.contests for world in range(spec.worlds(contest))]
    there = set() if force else store.worlds()
    missing = [w for w in wanted if w not in there]
    started = time.perf_counter()
    if missing:
        tasks = _tasks(spec, store.folder, missing, workers)
        for task in tasks:
            if isinstance(task.contest, Scenario):
                check(task.contest, len(task.lanes) * len(task.worlds), len(task.lanes), min(workers, len(tasks)))
        ready = 0
        with processes(min(workers, len(tasks)), GO_ON) as pool:
            for count in _finished(pool, tasks):
                ready += count
                progress(ready, len(missing))
    seconds = time.perf_counter() - started
    done = store.worlds()
    everything = done | set(wanted)  # an earlier run may have left more worlds than are wanted now
    if missing or not store.complete:
        per_race = 1 + max(world for _, world in everything)
        store.finish(
            spec_text(spec),
            _manifest(spec, workers, seconds, len(missing), per_race),
            pa.concat_tables([submissions(race) for race in spec.races]) if spec.races else None,
        )
    return Outcome(store.folder, len(everything), len(everything - done), len(missing), seconds)


def simulate(task: Task) -> int:
    """Run one pass and keep its worlds, a failing one as its traceback; returns the number of worlds."""
    store = Store(task.folder)
    try:
        results = _passes(task)
    except InputError:  # such as a strategy that breaks the rules: it would break them in every world
        raise
    except Exception:
        if len(task.worlds) > 1:
            return sum(simulate(replace(task, worlds=(w,))) for w in task.worlds)
        results = {task.worlds[0]: _failed(task, traceback.format_exc())}
    for number, found in results.items():
        store.add((task.contest.name, number), found)
    return len(results)


def _passes(task: Task) -> dict[int, dict[str, pa.Table]]:
    passes = [_pass(task, [task.lanes[i] for i in places]) for places in cost_classes(task.lanes)]
    order = [lane.name for lane in task.lanes]
    return {number: in_order([found[number] for found in passes], order) for number in task.worlds}


def cost_classes(lanes: Sequence[Lane]) -> list[list[int]]:
    """Places of lanes of one cost: a lane that keeps 30 models must not make the others carry as many slots."""
    groups: dict[tuple[bool, bool], list[int]] = {}
    for place, lane in enumerate(lanes):
        groups.setdefault((lane.rules.keep > 8, lane.rules.wins != "average"), []).append(place)
    return list(groups.values())


def _pass(task: Task, lanes: list[Lane]) -> dict[int, dict[str, pa.Table]]:
    if isinstance(task.contest, Scenario):
        world = World(task.contest, lanes, task.seed, task.worlds, task.device)
        world.run()
        return {number: _kept(found, task.keep) for number, found in world_tables(world, list(task.worlds)).items()}
    assert task.setting is not None  # noqa: S101 - races have one
    replay = Replay(task.contest, lanes, task.setting, task.seed, task.worlds)
    replay.run()
    return tables(replay, list(task.worlds))


def _kept(found: dict[str, pa.Table], keep: tuple[str, ...]) -> dict[str, pa.Table]:
    """The metrics, and of the other tables only those that are wanted."""
    return {name: table if name == "metrics" or name in keep else table.slice(0, 0) for name, table in found.items()}


def _failed(task: Task, error: str) -> dict[str, pa.Table]:
    if isinstance(task.contest, Scenario):
        return world_failed(task.contest, task.lanes, task.worlds[0], error)
    return failed(task.contest, task.lanes, task.worlds[0], error)


def _tasks(spec: Spec, folder: Path, missing: list[tuple[str, int]], workers: int) -> list[Task]:
    tasks = []
    shares = -(-workers // len({name for name, _ in missing}))  # a pass costs by steps first: split races before worlds
    setting, recipe = spec.setting if spec.races else None, spec.recipe
    for contest in spec.contests:
        numbers = [world for name, world in missing if name == contest.name]
        size = max(1, min(_most(spec, contest), -(-len(numbers) // shares)))
        tasks += [
            Task(
                folder,
                contest,
                spec.lanes,
                setting,
                recipe.seed,
                tuple(numbers[i : i + size]),
                recipe.device,
                tuple(recipe.keep),
            )
            for i in range(0, len(numbers), size)
        ]
    return sorted(tasks, key=lambda task: -task.contest.days * len(task.worlds))  # longest first: all end together


def _most(spec: Spec, contest: Race | Scenario) -> int:
    """Worlds of a pass: few enough for memory and the cache."""
    if isinstance(contest, Scenario):
        return together(contest, len(spec.lanes))
    return COLUMNS // len(spec.lanes)


def together(scenario: Scenario, lanes: int) -> int:
    """How many simulated worlds with so many lanes one pass takes."""
    return max(1, min(TOGETHER, MINER_COLUMNS // (scenario.miners * lanes)))


def _finished(pool: Executor | None, tasks: list[Task]) -> Iterator[int]:
    if pool is None:
        yield from map(simulate, tasks)
        return
    for future in as_completed([pool.submit(simulate, task) for task in tasks]):
        yield future.result()


def _manifest(spec: Spec, workers: int, seconds: float, ran: int, worlds: int) -> dict[str, Any]:
    return {
        "steepest": version("steepest"),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "machine": platform.machine(),
        "command": shlex.join(["steepest", *sys.argv[1:]]),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": spec.recipe.seed,
        "worlds": worlds,
        "kind": spec.recipe.scenario.kind,
        "races": [contest.name for contest in spec.contests],
        "unit": spec.races[0].unit if spec.races else "nats",
        "lanes": [lane.name for lane in spec.lanes],
        "baseline": spec.baseline,
        "question": spec.recipe.question,
        "workers": workers,
        "worlds_run": ran,
        "simulation_seconds": round(seconds, 3),
    }
