"""`steepest bench`: how fast the engine is on this machine, beside the same by hand. No test asserts a time."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.bench.policies import policy_rows
from experiments.bench.pool import pool_rows
from experiments.bench.worlds import worker_rows, world_rows

LIBRARIES = ("numpy", "numba", "simpy")
HEAD = (
    f"{'what':<42} {'lanes':>6} {'miners':>6} {'days':>5} {'time':>10} {'a lane':>10} {'lane-step':>10} "
    f"{'by hand':>10} {'ratio':>7} {'peak':>8}"
)
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
"""A small world over the whole shelf, long enough to come by everything that is compiled."""


def measure() -> dict[str, Any]:
    """The JSON document of `steepest bench`."""
    cold, cached = start_seconds()
    return {
        "machine": machine(),
        "cold_compile_s": cold,
        "cached_start_s": cached,
        "rows": [*world_rows(), *pool_rows(), *policy_rows(), *worker_rows()],
    }


def machine() -> dict[str, Any]:
    """What was measured on."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {"processor": _processor(), "cores": os.cpu_count(), "python": platform.python_version(), **libraries}


def table(found: dict[str, Any]) -> str:
    """The document for people."""
    facts = ", ".join(f"{key} {value}" for key, value in found["machine"].items())
    started = (
        f"A small world over the whole shelf in a fresh process: {found['cold_compile_s']:.1f} s with an empty cache, "
        f"its first step after {found['cached_start_s']:.2f} s with a filled one"
    )
    return "\n".join([facts, started, "", HEAD, *map(_line, found["rows"]), "", ABOUT])


def _line(each: dict[str, Any]) -> str:
    step, ratio = each["us_per_lane_step"], each["ratio"]
    return (
        f"{each['what']:<42} {each['lanes']:>6} {each['miners']:>6} {_blank(each['days'], '{:g}'):>5} "
        f"{_time(each['seconds']):>10} {_time(each['per_lane_ms'] / 1e3):>10} "
        f"{_time(None if step is None else step / 1e6):>10} {_time(each['simpy_seconds']):>10} "
        f"{_blank(ratio, '{:.3g}'):>7} {each['peak_mb']:>5.0f} MB"
    )


def _blank(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def _time(seconds: float | None) -> str:
    """Seconds in a unit in which they are easy to read."""
    if seconds is None:
        return ""
    size, unit = next((s, u) for s, u in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (0.0, "ns")) if seconds >= s)
    return f"{seconds / (size or 1e-9):.3g} {unit}"


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def start_seconds() -> tuple[float, float]:
    """Seconds from the start of a process, imports included, with an empty cache and with a filled one.

    With an empty cache to the end of a small world, which compiles all that it needs; with a filled one to the end of
    the first step.

    Raises:
        ChildProcessError: such a process failed; the message has its last line.
    """
    with tempfile.TemporaryDirectory() as folder:
        (_, cold), (cached, _) = _lived(folder), _lived(folder)
    return cold, cached


def _lived(folder: str) -> tuple[float, float]:
    """When a fresh process was through its first step, and when through its world, in seconds since its start."""
    environment = {**os.environ, "STEEPEST_CACHE": folder}
    started = time.time()
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise ChildProcessError(f"a small world in a fresh process ended with exit code {done.returncode}: {last}")
    first, end = json.loads(done.stdout)
    return first - started, end - started
