"""The keep-set: which models are evaluated again in the next step of their competition."""

import numpy as np

from policies.arrays import Array, namespace

NOTICED = 0.001
"""An average below this no longer gives a model priority (A8)."""


def priority(average: Array, rate: Array) -> Array:
    """1 + the competition's average where that is at least 0.001, else the win rate; `[models, *lanes]`."""
    xp = namespace(rate)
    average = xp.astype(average, xp.float64)
    return xp.where(average >= NOTICED, 1 + average, rate)


def keep_order(rank: Array, competitive: Array, score: Array, present: Array | None = None) -> Array:
    """Positions `[models, *lanes]` from the first to keep to the last.

    Competitive models come by falling priority, then all others by rising loss; both sorts are stable. The first
    `sample_min` of them are the keep-set. Slots that hold no model (`present` is False) come last.
    """
    xp = namespace(score)
    key = xp.where(competitive, -rank, xp.where(score > 0, score, 5e-324))
    if present is not None:
        key = xp.where(present, key, xp.nan)
    order = xp.argsort(key, axis=0, stable=True)
    there = xp.ones_like(competitive) if present is None else present
    doubtful = xp.any(xp.isnan(score) & there, axis=0)
    if xp.any(doubtful):
        return _as_python_sorts(competitive, score, there, order, doubtful)
    return order


def _as_python_sorts(competitive: Array, score: Array, present: Array, order: Array, doubtful: Array) -> Array:
    """Where a loss is NaN, the order is whatever CPython's `sorted` makes of it, and so it is asked."""
    competitive, score, present = (np.asarray(a).reshape(len(score), -1) for a in (competitive, score, present))
    columns = np.array(order).reshape(len(score), -1)
    for lane in np.flatnonzero(np.asarray(doubtful).reshape(-1)):
        first = [int(i) for i in columns[:, lane] if competitive[i, lane]]
        others = sorted(np.flatnonzero(present[:, lane]).tolist(), key=score[:, lane].tolist().__getitem__)
        empty = np.flatnonzero(~present[:, lane]).tolist()
        columns[:, lane] = first + [i for i in others if i not in first] + empty
    return namespace(order).asarray(columns.reshape(order.shape))
