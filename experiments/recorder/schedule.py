"""Learning rates of a recording: the schedules of the trace laws with a shorter warm-up."""

import numpy as np

from sim.traces.laws.schedules import KINDS, rates

NAMES = tuple(KINDS)
WARMUP = 0.05
"""Share of the steps over which the rate rises linearly, at least one step."""


def learning_rates(name: str, steps: int, peak: float) -> np.ndarray:
    """The rate of each update, float64 `[steps]`; it falls to a tenth of the peak, except under `constant`."""
    return rates(name, steps, warmup=min(steps - 1, max(1, round(WARMUP * steps))), peak=peak)
