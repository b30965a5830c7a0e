"""Training time where a log has the times of single steps."""

import numpy as np

from sim.traces.order import last_of_each


@np.errstate(over="ignore", invalid="ignore")  # absurd times of a damaged log are its own
def elapsed(step: np.ndarray, seconds: np.ndarray, begins: bool, said: list[str]) -> np.ndarray:
    """Time by each record where the log has the times of single steps; steps done again after a restart count once.

    Args:
        step, seconds: of the records; a time that is a mean stands for all steps since the record before.
        begins: a time is that of the one step that begins at the record; those between two records took the usual time.
        said: gets what was done.
    """
    timed = np.isfinite(seconds)
    at, times = step[timed], seconds[timed]
    if not (at[1:] > at[:-1]).all():
        timed = np.flatnonzero(timed)[last_of_each(at)]
        at, times = step[timed], seconds[timed]
    by = np.diff(at, prepend=at[0])
    unprinted = int((by > 1).sum())
    first = min(at[0], np.median(by[1:]) if len(by) > 1 else at[0])
    if begins:
        usual = float(np.median(times))
        by[1:] = (by[1:] - 1) * usual + times[:-1]
        by[0] = first * usual
    else:
        by[0] = max(first, 1.0)
        by *= times
    np.cumsum(by, out=by)
    if unprinted:
        said.append(f"step times taken for the steps between two records too: {unprinted}")
    if first < at[0]:
        said.append(f"the log begins at step {at[0]:g}: its clock begins there")
    out = np.full(len(step), np.nan)
    out[timed] = by
    if 0 < first == at[0]:
        before = step < at[0]
        out[before] = step[before] / at[0] * by[0]
    if not begins and (after := step > at[-1]).any():
        out[after] = by[-1] + (step[after] - at[-1]) * times[-1]
        said.append(f"times after step {at[-1]:g} carried on at its rate: {int(after.sum())}")
    return out
