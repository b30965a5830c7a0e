"""The schedules that the tables of speak of."""

from typing import Any

from policies import Policy, build
from sim.clock import BLOCKS_PER_DAY

SCHEDULES: dict[str, dict[str, Any]] = {
    "fixed-.005": {"fixed": {"epsilon": 0.005}},
    "linear-7d": {"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 7 * BLOCKS_PER_DAY}},
    "linear-7d-.001": {"linear": {"start": 0.005, "end": 0.001, "decay_blocks": 7 * BLOCKS_PER_DAY}},
    "linear-2d": {"linear": {"start": 0.005, "end": 0.0001, "decay_blocks": 2 * BLOCKS_PER_DAY}},
    "exp-1d": {"stretched": {"start": 0.005, "end": 0.0001, "scale_blocks": BLOCKS_PER_DAY, "shape": 1.0}},
    "fixed-.001": {"fixed": {"epsilon": 0.001}},
    "fixed-.0005": {"fixed": {"epsilon": 0.0005}},
}
STEADY = ("fixed-.005", "linear-7d", "linear-7d-.001", "linear-2d")
"""Those whose reigns under a steady frontier are checked."""
RACED = ("fixed-.005", "linear-7d", "linear-2d", "exp-1d", "fixed-.001", "fixed-.0005")
"""Those that are raced under."""


def schedule(name: str) -> Policy:
    """The policy of one of `SCHEDULES`."""
    return build(SCHEDULES[name])
