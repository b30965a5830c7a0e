"""Sums in a fixed order, so that a lane's last bit does not depend on its neighbours."""

import numpy as np


def ordered_sum(values: np.ndarray) -> np.ndarray:
    """The sum over the first axis, `[n, *lanes]` -> `[*lanes]`, added in float64 strictly from first to last.

    An ordinary sum may be split into partial sums by the array's layout, and so by the number of lanes.
    """
    if values.ndim == 2 and values.shape[1] > 1:  # whole rows are added, one after the other
        rows = np.ascontiguousarray(values)
        return np.asarray(np.add.reduce(rows, axis=0, dtype=np.float64).astype(values.dtype))
    return np.asarray(np.cumulative_sum(values, axis=0, dtype=np.float64)[-1, ...].astype(values.dtype))
