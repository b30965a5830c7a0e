"""`steepest bench`: how fast the engine is on this machine, beside the same by hand. No test asserts a time."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from typing import Any

from experiments.bench.policies import policy_rows
from experiments.bench.pool import pool_rows
from experiments.bench.worlds import worker_rows, world_rows
from experiments.recorder.machine import processor

LIBRARIES = ("numpy", "numba", "simpy")
LINE = "{:<42} {:>6} {:>6} {:>5} {:>10} {:>10} {:>10} {:>10} {:>7} {:>8}"
HEAD = LINE.format("what", "lanes", "miners", "days", "time", "a lane", "lane-step", "by hand", "ratio", "peak")
ABOUT = """By hand, measured in the same run: for worlds the contest of one policy in SimPy, times the lanes; for pools
a loop over dicts; for epsilon the same formula interpreted by Python. The ratio is our time to that; for workers it is
two processes to one."""

PROGRAM = """
import json, time
from policies import build, names
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.world import World

steps = []
lanes = [Lane(name, build(name)) for name in names()]
World(Scenario(days=1.1, miners=16), lanes, 0, [0]).run(lambda block: steps.append(time.time()))
print(json.dumps([steps[0], time.time()]))
"""
"""A small world over the whole shelf, long enough to need everything that is compiled."""


def measure() -> dict[str, Any]:
    """The JSON document of `steepest bench`."""
    with tempfile.TemporaryDirectory() as folder:
        (_, cold), (cached, _) = run_small_world(folder), run_small_world(folder)
    return {
        "machine": machine(),
        "cold_compile_s": cold,
        "cached_start_s": cached,
        "rows": [*world_rows(), *pool_rows(), *policy_rows(), *worker_rows()],
    }


def machine() -> dict[str, Any]:
    """The processor and the versions that were measured."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {"processor": processor(), "cores": os.cpu_count(), "python": platform.python_version(), **libraries}


def run_small_world(folder: str) -> tuple[float, float]:
    """Seconds that a fresh process needs to the first step of `PROGRAM` and to its end; it compiles into a folder.

    Raises:
        ChildProcessError: the process failed; the message has its last line.
    """
    started = time.time()
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "STEEPEST_CACHE": folder},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise ChildProcessError(f"a small world in a fresh process ended with exit code {done.returncode}: {last}")
    first, end = json.loads(done.stdout)
    return first - started, end - started


def table(found: dict[str, Any]) -> str:
    """The document for people."""
    facts = ", ".join(f"{key} {value}" for key, value in found["machine"].items())
    start = (
        f"A small world over the whole shelf in a fresh process: {found['cold_compile_s']:.1f} s with an empty cache, "
        f"its first step after {found['cached_start_s']:.2f} s with a filled one"
    )
    lines = [
        LINE.format(
            row["what"],
            row["lanes"],
            row["miners"],
            "" if row["days"] is None else f"{row['days']:g}",
            _time(row["seconds"]),
            _time(row["per_lane_ms"] / 1e3),
            "" if row["us_per_lane_step"] is None else _time(row["us_per_lane_step"] / 1e6),
            "" if row["simpy_seconds"] is None else _time(row["simpy_seconds"]),
            "" if row["ratio"] is None else f"{row['ratio']:.3g}",
            f"{row['peak_mb']:.0f} MB",
        )
        for row in found["rows"]
    ]
    return "\n".join([facts, start, "", HEAD, *lines, "", ABOUT])


def _time(seconds: float) -> str:
    """Seconds in a unit in which they are easy to read."""
    size, unit = next((s, u) for s, u in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (0.0, "ns")) if seconds >= s)
    return f"{seconds / (size or 1e-9):.3g} {unit}"
