"""`steepest bench`: how fast the engine is on this machine, beside the same by hand. No test asserts a time."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.bench.policies import policy_rows
from experiments.bench.pool import pool_rows
from experiments.bench.start import start_seconds
from experiments.bench.worlds import worker_rows, world_rows

LIBRARIES = ("numpy", "numba", "simpy")
HEAD = (
    f"{'what':<42} {'lanes':>6} {'miners':>6} {'days':>5} {'time':>10} {'a lane':>10} {'lane-step':>10} "
    f"{'by hand':>10} {'ratio':>7} {'peak':>8}"
)
ABOUT = """By hand, measured in the same run: for worlds the contest of one policy in SimPy, times the lanes; for pools
a loop over dicts; for epsilon the same formula interpreted by Python. The ratio is our time to that; for workers it is
two processes to one."""


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
