"""One line of a benchmark, and the time that it says."""

import platform
import resource
import time
from collections.abc import Callable
from typing import Any


def row(what: str, lanes: int, models: int, days: int | None, seconds: float, device: str = "cpu") -> dict[str, Any]:
    """A row of the JSON document; the peak is that of the process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e3 if platform.system() == "Linux" else 1e6)
    return {
        "what": what,
        "lanes": lanes,
        "miners": models,
        "days": days,
        "device": device,
        "seconds": seconds,
        "per_lane_ms": 1e3 * seconds / lanes,
        "peak_mb": peak,
    }


def best_of(repeats: int, work: Callable[[], object]) -> float:
    """The shortest of several runs, in seconds: on a shared machine the one least disturbed."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)
