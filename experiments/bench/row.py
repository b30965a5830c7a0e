"""One row of a benchmark, and the time and memory that it tells."""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def row(
    what: str,
    lanes: int,
    miners: int,
    days: float | None,
    seconds: float,
    *,
    steps: int | None = None,
    by_hand: float | None = None,
    peak_mb: float | None = None,
) -> dict[str, Any]:
    """A row of the JSON document.

    Args:
        what: was done, with so many lanes, miners (models where there are none) and days.
        seconds: how long it took.
        steps: validator steps of each lane, where there are any.
        by_hand: seconds that the same takes written by hand, measured in the same run.
        peak_mb: the most memory that the process needed; that of this process so far when left out.
    """
    return {
        "what": what,
        "lanes": lanes,
        "miners": miners,
        "days": days,
        "seconds": seconds,
        "per_lane_ms": 1e3 * seconds / lanes,
        "us_per_lane_step": None if steps is None else 1e6 * seconds / lanes / steps,
        "simpy_seconds": by_hand,
        "ratio": None if by_hand is None else seconds / by_hand,
        "peak_mb": peak() if peak_mb is None else peak_mb,
    }


def peak() -> float:
    """The most memory that this process has had so far, MB.

    On Linux the kernel's own mark of the process: the one that `getrusage` gives begins with that of the parent.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # bytes on a Mac


def best_of(repeats: int, work: Callable[[], object]) -> float:
    """The shortest of several runs, in seconds: on a shared machine the one least disturbed."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)
