"""Steps, order and clock of a log's records: what is repeated, out of order, restarted or missing."""

import numpy as np

from sim.traces.raw import Raw


def steps(raw: Raw, there: np.ndarray, tokens_per_step: float | None, said: list[str]) -> np.ndarray:
    """The step of every record, float64 `[records]`.

    A record without a step belongs to the latest step seen. Without any steps they follow from the tokens, or the
    losses are counted.
    """
    step, tokens = raw.column("step"), raw.column("tokens")
    known = np.isfinite(step)
    if known.all() and len(step):
        return step
    if known.any():
        seen = np.maximum.accumulate(np.where(known, np.arange(len(step)), -1))
        return np.where(seen < 0, 0.0, step[seen])  # before the first step nothing has been done
    if np.isfinite(tokens).any():
        if tokens_per_step:
            said.append("no steps in the log: they follow from its tokens")
            return tokens / tokens_per_step
        said.append("no steps in the log: its token counts are numbered from 1")
        return np.asarray(np.unique(tokens, return_inverse=True)[1] + 1.0)
    said.append("no steps in the log: its losses are counted from 1")
    return np.cumsum(there, dtype=np.float64)


def clock(step: np.ndarray, seconds: np.ndarray, said: list[str]) -> np.ndarray:
    """Where the clock restarts, the times before it are carried on; an untimed beginning stays as it is.

    A clock that rises with the step is right whatever the order of the records is.
    """
    known = np.flatnonzero(np.isfinite(seconds))
    times = seconds[known]
    back = np.diff(times) < 0
    if not back.any():
        return seconds
    if not (np.diff(times[last_of_each(step[known])]) < 0).any():
        return seconds
    by_step = np.lexsort((times, step[known]))
    if (falls := np.diff(times[by_step]) < 0).sum() < back.sum():  # shuffled or interleaved: its order says nothing
        known, times, back = known[by_step], times[by_step], falls
    count = int(back.sum())
    said.append(f"the clock goes back: {count} time{'s' * (count != 1)}; the times before are added to those after")
    carried = np.cumsum(np.where(back, times[:-1], 0.0))
    out = seconds.copy()
    out[known[1:]] += carried
    return out


def order(step: np.ndarray, loss: np.ndarray, flags: list[str], said: list[str]) -> np.ndarray | slice:
    """Positions by rising step, the last of each step; says what that did."""
    rises = np.diff(step) > 0
    if rises.all():
        return slice(None)
    by_step = np.argsort(step, kind="stable")
    same = np.flatnonzero(~(np.diff(step[by_step]) > 0))
    copies = _copies(by_step, np.union1d(same, same + 1), step, loss)
    if len(copies):
        said.append(f"identical records (several ranks or a repeated line) dropped: {len(copies)}")
    kept = np.ones(len(step), dtype=bool)
    kept[copies] = False
    by_step = by_step[kept[by_step]]
    last = np.append(np.diff(step[by_step]) > 0, True)
    repeated, falls = int((~last).sum()), int((np.diff(step[kept]) < 0).sum())
    if repeated:
        said.append(f"steps repeated with another loss, the last one kept: {repeated}")
        if falls:
            flags.append("restarted")
    elif falls:
        said.append(f"records out of order, sorted by step: {falls}")
    return np.asarray(by_step[last])


def _copies(by_step: np.ndarray, shared: np.ndarray, step: np.ndarray, loss: np.ndarray) -> np.ndarray:
    """Records whose step and loss an earlier record has too; `shared` are places in `by_step` of steps that repeat."""
    places = by_step[shared]
    losses = np.nan_to_num(loss[places], nan=np.inf)
    by_both = np.lexsort((places, losses, step[places]))
    ordered = places[by_both]
    again = (np.diff(step[ordered]) == 0) & (losses[by_both][1:] == losses[by_both][:-1])
    return np.asarray(ordered[1:][again])


def fill(name: str, values: np.ndarray, step: np.ndarray, there: np.ndarray, said: list[str]) -> np.ndarray:
    """Where a record with a loss has no value, the one of its step or between its neighbours'; none outside of them."""
    known = np.isfinite(values)
    needed = there & ~known
    if not known.any() or not needed.any():
        return values
    at, by = step[known], values[known]
    if not (at[1:] > at[:-1]).all():
        last = last_of_each(at)
        at, by = at[last], by[last]
    found = np.interp(step[needed], at, by, left=np.nan, right=np.nan)
    out = values.copy()
    out[needed] = found
    exact = at[np.minimum(np.searchsorted(at, step[needed]), len(at) - 1)] == step[needed]
    if count := int((np.isfinite(found) & ~exact).sum()):
        said.append(f"{name} of {count} losses stand between those of neighbouring records")
    return out


def last_of_each(step: np.ndarray) -> np.ndarray:
    """Positions of the last record of each step, by rising step."""
    by_step = np.argsort(step, kind="stable")
    return np.asarray(by_step[np.append(np.diff(step[by_step]) > 0, True)[: len(step)]])
