"""Run an experiment: compute the worlds that its folder lacks, store each as it finishes, then merge them."""

import os
import platform
import re
import shlex
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from experiments.files import sweep
from experiments.recipe.play import Players
from experiments.recipe.recipe import Spec
from experiments.results.store import Store, World
from experiments.results.tables import submissions
from experiments.run.digest import digest, spec_text

if TYPE_CHECKING:
    from experiments.run.task import TablesTask

LIBRARIES = ("numpy", "numba", "scipy", "simpy", "pandas", "pyarrow", "plotly", "pydantic")

PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+@")  #: in the URL of a database; manifests get published


@dataclass(frozen=True)
class Outcome:
    """The result of a run."""

    folder: Path  #: of the results
    worlds: int  #: that the folder holds now, over all races
    failed: int  #: how many of them failed
    ran: int  #: how many were computed now, not earlier
    seconds: float  #: wall time of the simulation


Progress = Callable[[int, int], None]  #: called with (worlds done, worlds to do)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    spec: Spec,
    root: Path,
    workers: int = 1,
    progress: Progress = lambda done, total: None,
    force: bool = False,
    settle: "Callable[[TablesTask], TablesTask]" = lambda task: task,
    manifest: Mapping[str, Any] | None = None,
) -> Outcome:
    """Compute the missing worlds of a spec and complete its folder under `root`.

    Args:
        spec: the experiment.
        root: the folder of all results, `runs/`.
        workers: processes; the results are the same for any number.
        progress: called after each pass.
        force: compute all worlds again.
        settle: gives the task whose lanes have settled for one whose lanes play, see `experiments.play`.
        manifest: what the manifest says beside what that of every run does.

    Raises:
        InputError: a world does not fit into memory, or a strategy breaks the rules.
        OSError: the results cannot be written.
        ChildProcessError: worker processes were killed again and again.
    """
    store = Store(root / spec.recipe.name / digest(spec))
    sweep(store.folder)
    wanted = wanted_worlds(spec)
    there = set() if force else store.worlds()
    missing = [w for w in wanted if w not in there]
    started = time.perf_counter()
    if missing:
        _simulate(_tasks(spec, missing, workers, settle), store, len(missing), workers, progress)
    seconds = time.perf_counter() - started
    done = store.worlds() if missing else there
    everything = done | set(wanted)  # an earlier run may have left more worlds than are wanted now
    if missing or not store.complete:
        said = {
            **provenance(),
            "seed": spec.recipe.seed,
            "worlds": 1 + max(world for _, world in everything),
            "kind": spec.recipe.scenario.kind,
            "races": [contest.name for contest in spec.contests],
            "unit": spec.races[0].unit if spec.races else "nats",
            "lanes": [lane.name for lane in spec.lanes],
            "baseline": spec.baseline,
            "question": spec.recipe.question,
            "workers": workers,
            "worlds_run": len(missing),
            "simulation_seconds": round(seconds, 3),
            **(manifest or {}),
        }
        # the submissions of races are events that belong to no world
        events = pa.concat_tables([submissions(race) for race in spec.races]) if spec.races else None
        store.finish(spec_text(spec), said, events)
    return Outcome(store.folder, len(everything), len(everything - done), len(missing), seconds)


def wanted_worlds(spec: Spec) -> list[World]:
    """All worlds that a spec asks for, of each race or case."""
    return [(contest.name, world) for contest in spec.contests for world in range(spec.worlds(contest))]


def _simulate(tasks: "list[TablesTask]", store: Store, missing: int, workers: int, progress: Progress) -> None:
    # slow to import, and finished runs do not need it
    from experiments.run.pool import open_pool  # noqa: PLC0415

    done = 0
    with open_pool(min(workers, len(tasks))) as pool:
        pool.check(tasks)
        with store.writable():
            for task, found in pool.results(tasks):
                store.add(task.contest.name, found)
                done += len(found)
                progress(done, missing)


def _tasks(
    spec: Spec, missing: list[World], workers: int, settle: "Callable[[TablesTask], TablesTask]"
) -> "list[TablesTask]":
    from experiments.run.task import TablesTask, column_seconds  # noqa: PLC0415 - see above

    tasks: list[TablesTask] = []
    shares = -(-workers // len({name for name, _ in missing}))  # workers for each contest
    setting, recipe = spec.setting if spec.races else None, spec.recipe
    for contest in spec.contests:
        numbers = [world for name, world in missing if name == contest.name]
        task = settle(TablesTask(contest, spec.lanes, recipe.seed, (), setting, tuple(recipe.keep)))
        if any(isinstance(lane.population, Players) for lane in task.lanes):
            raise TypeError(f"lanes of {recipe.name} play, and must settle first: call experiments.play.run")
        tasks += task.divide(numbers, shares)
    # the longest first, so that all workers end together
    tasks.sort(key=lambda task: -column_seconds(task.scenario) * len(task.worlds))
    return tasks


def provenance(*libraries: str) -> dict[str, Any]:
    """For a manifest: versions, with those of the named libraries, machine, command and time."""
    return {
        "steepest": version("steepest"),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in (*LIBRARIES, *libraries)},
        "machine": platform.machine(),
        "command": PASSWORD.sub(r"\1***@", _command()),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _command() -> str:
    """The command that was given, or the script that imports this; a notebook does not tell its name."""
    program, *rest = sys.argv
    if Path(program).stem in ("steepest", "__main__", "-c"):
        return shlex.join(["steepest", *rest])
    return "a notebook" if "ipykernel" in sys.modules else shlex.join(["python", Path(program).name, *rest])
