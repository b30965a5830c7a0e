"""An experiment: the worlds that a spec's folder lacks are computed and kept as they finish, and then merged."""

import os
import platform
import re
import shlex
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.recipe.recipe import Spec
from experiments.run.digest import digest, spec_text
from experiments.run.files import sweep
from experiments.run.store import Store, World

if TYPE_CHECKING:
    from experiments.run.task import TablesTask


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


LIBRARIES = ("numpy", "numba", "scipy", "simpy", "pandas", "pyarrow", "plotly", "pydantic")

PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+@")
"""In the URL of a database; a manifest is made to be shown around."""


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
        ChildProcessError: worker processes were killed again and again.
    """
    store = Store(root / spec.recipe.name / digest(spec))
    sweep(store.folder)
    wanted = [(contest.name, world) for contest in spec.contests for world in range(spec.worlds(contest))]
    there = set() if force else store.worlds()
    missing = [w for w in wanted if w not in there]
    started = time.perf_counter()
    if missing:
        _simulate(spec, store, missing, workers, progress)
    seconds = time.perf_counter() - started
    done = store.worlds() if missing else there
    everything = done | set(wanted)  # an earlier run may have left more worlds than are wanted now
    if missing or not store.complete:
        _finish(spec, store, _manifest(spec, workers, seconds, len(missing), 1 + max(world for _, world in everything)))
    return Outcome(store.folder, len(everything), len(everything - done), len(missing), seconds)


def _simulate(spec: Spec, store: Store, missing: list[World], workers: int, progress: Progress) -> None:
    from experiments.run.pool import open_pool  # noqa: PLC0415 - compiled code is slow to import; finished runs need none

    tasks, done = _tasks(spec, missing, workers), 0
    with open_pool(min(workers, len(tasks))) as pool:
        pool.check(tasks)
        with store.writable():
            for task, found in pool.results(tasks):
                store.add(task.contest.name, found)
                done += len(found)
                progress(done, len(missing))


def _tasks(spec: Spec, missing: list[World], workers: int) -> "list[TablesTask]":
    from experiments.run.passes import column_seconds  # noqa: PLC0415 - see above
    from experiments.run.task import TablesTask  # noqa: PLC0415

    tasks: list[tuple[float, TablesTask]] = []
    shares = -(-workers // len({name for name, _ in missing}))  # contests before their worlds
    setting, recipe = spec.setting if spec.races else None, spec.recipe
    for contest in spec.contests:
        numbers = [world for name, world in missing if name == contest.name]
        mine = TablesTask(contest, spec.lanes, recipe.seed, (), setting, tuple(recipe.keep))
        each = column_seconds(mine.scenario)
        tasks += [(each * len(task.worlds), task) for task in mine.divided(numbers, shares)]
    return [task for _, task in sorted(tasks, key=lambda each: -each[0])]  # the longest first: all end together


def _finish(spec: Spec, store: Store, manifest: dict[str, Any]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - see above

    from experiments.results.tables import submissions  # noqa: PLC0415

    more = pa.concat_tables([submissions(race) for race in spec.races]) if spec.races else None
    store.finish(spec_text(spec), manifest, more)


def _manifest(spec: Spec, workers: int, seconds: float, ran: int, worlds: int) -> dict[str, Any]:
    return {
        **provenance(),
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


def provenance(*libraries: str) -> dict[str, Any]:
    """How results come to be, for a manifest: the versions of these libraries too, the command, and the time."""
    return {
        "steepest": version("steepest"),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in (*LIBRARIES, *libraries)},
        "machine": platform.machine(),
        "command": PASSWORD.sub(r"\1***@", shlex.join(["steepest", *sys.argv[1:]])),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
