"""One line of a benchmark."""

import platform
import resource
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
