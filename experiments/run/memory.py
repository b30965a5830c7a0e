"""Refuse a task that does not fit into memory, before anything is computed."""

import os
import resource
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from policies import InputError
from sim.clock import blocks
from sim.data.sets import SETS
from sim.lanes import Lane
from sim.models import MODEL, words
from sim.scenario import Scenario

BYTES, VALIDATOR, COLUMN = 370, 260, 64_000
"""Bytes: per miner and column, without lineages and data; per miner, column and validator; per column (curves, delays).

Measured with the making of tables, which takes as much again as the contest itself: 1,024 lanes take 118 MB with 64
miners, 262 MB with 256, 1.15 GB with 1,024, and 416 MB with 256 miners and three validators.
"""
DRAWN = 18_000  #: per miner and world, for what is drawn ahead: 16 worlds of 256 miners take 74 MB with one lane
SAMPLE = 32
"""Per sample, miner and world, where rules compare sample by sample: what is drawn, its parts of the model and of the
family without their means, and the losses of a step."""
ANCESTOR = 0.72
"""Per pair of submissions of a race with lineages, while these are made: 2.9 MB for 2,000 in one line."""
SHARE = 0.8  #: of the free memory that a run may plan to use
PROC, CGROUP = Path("/proc"), Path("/sys/fs/cgroup")  #: where Linux tells about memory; tests point them elsewhere
NO_LIMIT = 2**62


def task_bytes(scenario: Scenario, lanes: Sequence[Lane], worlds: int) -> int:
    """Estimated bytes of a task with these lanes in so many worlds."""
    miners, how = scenario.miners + 1, scenario.validation
    sets = 0 if scenario.data is None else len(SETS)
    history = 8 * (words(scenario.owners) + sets)
    stages = 2 + how.validators  # private, committed and evaluated models
    sealed = min(max(blocks(lane.rules.sealed_days) for lane in lanes), scenario.horizon) // how.step_blocks
    each = miners * (BYTES + VALIDATOR * how.validators + history * stages) + COLUMN
    total = len(lanes) * worlds * (each + sealed * (MODEL.itemsize + history))
    total += worlds * miners * DRAWN
    if any(lane.rules.wins != "average" for lane in lanes):
        total += scenario.noise.samples * worlds * miners * SAMPLE
    if any(lane.policy.pairs for lane in lanes):  # the advantage of each model of a step over each other, and its floor
        total += how.validators * 16 * miners**2
    if scenario.script is not None and scenario.owners:
        total += int(ANCESTOR * miners**2)
    return total


def check(scenario: Scenario, lanes: Sequence[Lane], worlds: int, workers: int) -> None:
    """Refuse a task of which so many do not fit side by side.

    Raises:
        InputError: with the estimate, what is free, and what to do.
    """
    each, there = task_bytes(scenario, lanes, worlds), free(workers) * SHARE
    if each * workers > there:
        processes = f" in each of {workers} processes" if workers > 1 else ""
        who = "miners" if scenario.script is None else "submissions"
        raise InputError(
            f"{scenario.name}: {len(lanes)} lane{'s' * (len(lanes) > 1)} of {scenario.miners} {who} need about "
            f"{each / 1e9:.2g} GB{processes}, but only {there / 1e9:.2g} GB may be used; "
            f"take fewer lanes{f', {who} or --workers' if workers > 1 else f' or {who}'}"
        )


def free(workers: int = 1) -> int:
    """Bytes that so many processes may have together, by the machine, its containers and process limits."""
    limits = [int(line.split()[1]) * 1024 for line in _lines(PROC / "meminfo") if line.startswith("MemAvailable:")]
    if not limits:  # not Linux: at most all memory of the machine
        with suppress(AttributeError, OSError, ValueError):
            limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    addresses = resource.getrlimit(resource.RLIMIT_AS)[0]  # `ulimit -v`, for each process
    if addresses != resource.RLIM_INFINITY:
        pages = sum(int(line.split()[0]) for line in _lines(PROC / "self/statm"))
        limits.append(workers * max(0, addresses - pages * resource.getpagesize()))
    return min([*limits, *_free_of_groups()], default=NO_LIMIT)


def _free_of_groups() -> Iterator[int]:
    """Bytes left to the control group of this process and to its parents, version 2 or 1.

    A container may see its own group as the root, whatever path `/proc/self/cgroup` says.
    """
    for line in _lines(PROC / "self/cgroup"):
        _, controllers, path = line.split(":", 2) if line.count(":") > 1 else ("", "?", "")
        if not controllers:
            root, names = CGROUP, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            root, names = CGROUP / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        group = root / path.strip("/")
        for folder in (group, *group.parents):
            if folder.is_relative_to(root):
                limit, used = (
                    next((int(text) for text in _lines(folder / name) if text.isdecimal()), None) for name in names[:2]
                )
                cache = [int(n) for name, n in map(str.split, _lines(folder / "memory.stat")) if name == names[2]]
                if limit is not None:  # the file is there and does not say `max`
                    yield max(0, limit - (used or 0) + sum(cache))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []
