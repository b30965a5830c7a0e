"""Running a spec: which worlds are missing, spread over processes, kept one by one, finished together."""

import os
import platform
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.digest import digest, spec_text
from experiments.leftovers import sweep
from experiments.passes import column_seconds, most, passes
from experiments.processes import processes
from experiments.recipe.recipe import Spec
from experiments.store import Store, World

if TYPE_CHECKING:
    from experiments.task import Task


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


GO_ON = "the worlds that are done are kept, run it again with fewer --workers to go on"
"""What to do after a worker was killed."""

LIBRARIES = ("numpy", "numba", "scipy", "simpy", "pandas", "pyarrow", "plotly", "pydantic")


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
    sweep(store.folder)
    wanted = [(contest.name, world) for contest in spec.contests for world in range(spec.worlds(contest))]
    there = set() if force else store.worlds()
    missing = [w for w in wanted if w not in there]
    started = time.perf_counter()
    if missing:
        _simulate(spec, store.folder, missing, workers, progress)
    seconds = time.perf_counter() - started
    done = store.worlds() if missing else there
    everything = done | set(wanted)  # an earlier run may have left more worlds than are wanted now
    if missing or not store.complete:
        _finish(spec, store, _manifest(spec, workers, seconds, len(missing), 1 + max(world for _, world in everything)))
    return Outcome(store.folder, len(everything), len(everything - done), len(missing), seconds)


def _simulate(spec: Spec, folder: Path, missing: list[World], workers: int, progress: Progress) -> None:
    from experiments.memory import check  # noqa: PLC0415 - compiled code is slow to import, and finished runs need none

    tasks = _tasks(spec, folder, missing, workers)
    workers = min(workers, len(tasks))
    for task in tasks:
        check(task.scenario, len(task.lanes) * len(task.worlds), len(task.lanes), workers)
    ready = 0
    with processes(workers, GO_ON) as pool:
        for count in _finished(pool, tasks):
            ready += count
            progress(ready, len(missing))


def _finish(spec: Spec, store: Store, manifest: dict[str, Any]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - see above

    from experiments.results.tables import submissions  # noqa: PLC0415

    more = pa.concat_tables([submissions(race) for race in spec.races]) if spec.races else None
    store.finish(spec_text(spec), manifest, more)


def _tasks(spec: Spec, folder: Path, missing: list[World], workers: int) -> "list[Task]":
    from experiments.task import Task  # noqa: PLC0415 - see above

    tasks: list[tuple[float, Task]] = []
    shares = -(-workers // len({name for name, _ in missing}))  # contests before their worlds
    setting, recipe = spec.setting if spec.races else None, spec.recipe
    for contest in spec.contests:
        mine = Task(folder, contest, spec.lanes, setting, recipe.seed, (), tuple(recipe.keep))
        numbers = [world for name, world in missing if name == contest.name]
        each = column_seconds(mine.scenario)
        for worlds in passes(numbers, most(mine.scenario, len(spec.lanes)), shares):
            tasks.append((each * len(worlds), replace(mine, worlds=worlds)))
    return [task for _, task in sorted(tasks, key=lambda each: -each[0])]  # the longest first: all end together


def _finished(pool: Executor | None, tasks: "list[Task]") -> Iterator[int]:
    from experiments.task import simulate  # noqa: PLC0415 - see above

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
