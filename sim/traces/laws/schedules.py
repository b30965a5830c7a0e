"""Learning rates over the steps of a run: what the curve laws take, float64 `[steps]`, element i for step i from 0.

The conventions are those of the multi-power files (thu-yao-01-luo/MultiPowerLaw 8da9f1902602), which are reproduced to
3e-19: the rate rises linearly to the peak over `warmup` steps, and the fall is counted in steps since its first.
"""

import numpy as np

from policies.errors import InputError, nearest

PEAK = 3e-4  #: the peak rate of all multi-power files: the unit in which the constants of the curve laws were fitted
WARMUP = 2160  #: theirs, in steps
END = 0.1  #: their last rate, as a share of the peak

KINDS = {"constant": 1.0, "cosine": 0.0, "wsd": 20_000 / 24_000, "wsd-linear": 20_000 / 24_000, "two-stage": 0.5}
"""Every schedule with the share of the run at which its fall begins in the multi-power files."""


def rates(
    kind: str, steps: int, *, warmup: int | None = None, end: float = END, start: int | None = None, peak: float = PEAK
) -> np.ndarray:
    """The learning rates of a schedule.

    Args:
        kind: `constant`; `cosine`, half a cosine from the end of the warm-up to the end; `wsd` and `wsd-linear`
            (warm-up, stable, decay), an exponential or linear fall from `start` on; `two-stage`, a cut at `start`.
        steps: of the whole run, the warm-up included.
        warmup: steps of it; 2,160 or 9 % of a run shorter than the multi-power files' 24,000, when left out.
        end: the last rate as a share of the peak.
        start: the step at which the fall begins (wsd, wsd-linear, two-stage).
        peak: the highest rate.

    Raises:
        InputError: the kind is unknown, or the parts do not fit into the run.
    """
    if kind not in KINDS:
        raise InputError(f"no schedule is called {kind!r}; {nearest(kind, KINDS)}", ("schedule",))
    warmup = min(WARMUP, steps * WARMUP // 24_000) if warmup is None else warmup
    start = max(warmup, round(steps * KINDS[kind])) if start is None else start
    if not 0 <= warmup < steps:
        raise InputError(f"the warm-up takes {warmup} of {steps} steps, but must leave at least one", ("warmup",))
    if not warmup <= start <= steps:
        raise InputError(
            f"the rate falls from step {start} on, but must fall between {warmup}, the end of the "
            f"warm-up, and {steps}, the end of the run",
            ("start",),
        )
    if not 0.0 < end <= 1.0 or not peak > 0.0:
        raise InputError(
            f"the last rate is {end:g} of a peak of {peak:g}, but must be above 0 and at most 1 of a positive peak",
            ("end",),
        )
    after_warmup = np.arange(warmup, steps)
    fallen = np.clip((after_warmup - start) / max(steps - start, 1), 0.0, 1.0)  # the share of the fall that is done
    if kind == "constant":
        shape = np.ones(steps - warmup)
    elif kind == "cosine":
        shape = end + (1.0 - end) * (1.0 + np.cos(np.pi * ((after_warmup - warmup) / (steps - warmup)))) / 2.0
    elif kind == "two-stage":
        shape = np.where(after_warmup < start, 1.0, end)
    else:
        shape = end**fallen if kind == "wsd" else 1.0 - (1.0 - end) * fallen
    rising = np.arange(1, warmup + 1) / max(warmup, 1)
    return np.asarray(peak * np.concatenate([rising, shape]))


def interpolated_rates(step: np.ndarray, rate: np.ndarray, warmup: int | None = None) -> np.ndarray:
    """The rates of all steps from those that a log has rows for.

    Between rows they go in a straight line, unless one row is more than a fifth of the peak below the row before: a
    cut in two stages, which is taken to happen at the later row. Before the first row they rise from 0 within `warmup`
    steps, which are all steps before the first row when left out. The rows come by rising step.
    """
    first, every = int(step[0]), np.arange(int(step[-1]) + 1)
    whole = np.interp(every, step, rate)
    for i in np.flatnonzero(-np.diff(rate) > rate.max() / 5.0):
        whole[int(step[i]) : int(step[i + 1])] = rate[i]
    warmup = first if warmup is None else min(warmup, first)
    whole[:warmup] = rate[0] * np.arange(1, warmup + 1) / max(warmup, 1)
    return np.asarray(whole)


def warmup_steps(learning_rates: np.ndarray) -> int:
    """The number of steps before the rate first stops rising."""
    still = np.flatnonzero(np.diff(learning_rates) <= 0.0)
    return int(still[0]) if len(still) else len(learning_rates) - 1
