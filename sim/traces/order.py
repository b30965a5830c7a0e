"""Steps, order and clock of a log's records: records that are repeated or out of order, restarts, gaps."""

import numpy as np

from sim.traces.reading.records import Records


def steps(records: Records, loss: np.ndarray, tokens_per_step: float | None, warnings: list[str]) -> np.ndarray:
    """The step of every record, float64 `[records]`.

    A record without a step belongs to the latest step seen. Without any steps they follow from the tokens, or the
    losses are counted.
    """
    step, tokens = records.column("step"), records.column("tokens")
    known = np.isfinite(step)
    if known.any():
        latest = np.maximum.accumulate(np.where(known, np.arange(len(step)), -1))
        return np.where(latest < 0, 0.0, step[latest])  # before the first step nothing has been done
    if np.isfinite(tokens).any():
        if tokens_per_step:
            warnings.append("no steps in the log: they follow from its tokens")
            return np.asarray(tokens / tokens_per_step)
        warnings.append("no steps in the log: its token counts are numbered from 1")
        return np.asarray(np.unique(tokens, return_inverse=True)[1] + 1.0)
    warnings.append("no steps in the log: its losses are counted from 1")
    return np.cumsum(~np.isnan(loss), dtype=np.float64)


def carry_clock_on(step: np.ndarray, seconds: np.ndarray, warnings: list[str]) -> np.ndarray:
    """Where the clock restarts, the times before it are carried on; an untimed beginning stays as it is.

    A clock that rises with the step is right whatever the order of the records is.
    """
    known = np.flatnonzero(np.isfinite(seconds))
    times = seconds[known]
    back = np.diff(times) < 0
    if not back.any() or not (np.diff(times[last_places(step[known])]) < 0).any():
        return seconds
    by_step = np.lexsort((times, step[known]))
    if (falls := np.diff(times[by_step]) < 0).sum() < back.sum():  # shuffled or interleaved: its order says nothing
        known, times, back = known[by_step], times[by_step], falls
    count = int(back.sum())
    warnings.append(f"the clock goes back: {count} time{'s' * (count != 1)}; the times before are added to those after")
    out = seconds.copy()
    out[known[1:]] += np.cumsum(np.where(back, times[:-1], 0.0))
    return out


@np.errstate(over="ignore", invalid="ignore")  # absurd times of a damaged log are its own
def add_up_step_times(step: np.ndarray, seconds: np.ndarray, begins: bool, warnings: list[str]) -> np.ndarray:
    """Time by each record where the log has the times of single steps; steps done again after a restart count once.

    A time that is a mean stands for all steps since the record before. With `begins` a time is that of the one step
    that begins at the record, and those between two records took the usual time.
    """
    timed = np.flatnonzero(np.isfinite(seconds))
    timed = timed[last_places(step[timed])]
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
        warnings.append(f"step times taken for the steps between two records too: {unprinted}")
    if first < at[0]:
        warnings.append(f"the log begins at step {at[0]:g}: its clock begins there")
    out = np.full(len(step), np.nan)
    out[timed] = by
    if 0 < first == at[0]:
        before = step < at[0]
        out[before] = step[before] / at[0] * by[0]
    if not begins and (after := step > at[-1]).any():
        out[after] = by[-1] + (step[after] - at[-1]) * times[-1]
        warnings.append(f"times after step {at[-1]:g} carried on at its rate: {int(after.sum())}")
    return out


def places_by_step(step: np.ndarray, loss: np.ndarray, flags: list[str], warnings: list[str]) -> np.ndarray | slice:
    """Positions by rising step, the last of each step; says what that did."""
    if (np.diff(step) > 0).all():
        return slice(None)
    # several ranks print the same record, in any order: equal step and loss are one record, whenever they come
    by_both = np.lexsort((loss, step))
    again = (np.diff(step[by_both]) == 0) & (loss[by_both[1:]] == loss[by_both[:-1]])
    if copies := int(again.sum()):
        warnings.append(f"identical records (several ranks or a repeated line) dropped: {copies}")
    kept = np.delete(np.arange(len(step)), by_both[1:][again])
    falls = int((np.diff(step[kept]) < 0).sum())
    last = kept[last_places(step[kept])]
    if left := len(kept) - len(last):
        warnings.append(f"steps repeated with another loss, the last one kept: {left}")
        if falls:
            flags.append("restarted")
    elif falls:
        warnings.append(f"records out of order, sorted by step: {falls}")
    return np.asarray(last)


def fill(name: str, values: np.ndarray, step: np.ndarray, loss: np.ndarray, warnings: list[str]) -> np.ndarray:
    """Where a record with a loss has no value, the one of its step or between its neighbours'; none outside of them."""
    known = np.isfinite(values)
    needed = ~np.isnan(loss) & ~known
    if not known.any() or not needed.any():
        return values
    at, by = step[known], values[known]
    last = last_places(at)
    at, by = at[last], by[last]
    found = np.interp(step[needed], at, by, left=np.nan, right=np.nan)
    out = values.copy()
    out[needed] = found
    exact = at[np.minimum(np.searchsorted(at, step[needed]), len(at) - 1)] == step[needed]
    if count := int((np.isfinite(found) & ~exact).sum()):
        warnings.append(f"{name} of {count} losses stand between those of neighbouring records")
    return out


def last_places(step: np.ndarray) -> np.ndarray | slice:
    """Positions of the last record of each step, by rising step."""
    if (np.diff(step) > 0).all():
        return slice(None)
    positions = np.argsort(step, kind="stable")
    return np.asarray(positions[np.append(np.diff(step[positions]) > 0, True)[: len(step)]])
