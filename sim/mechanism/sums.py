"""Sums in a fixed order, so that a lane's last bit does not depend on its neighbours."""

import numpy as np

from policies.arrays import Array, namespace


def ordered_sum(values: Array) -> Array:
    """The sum over the first axis, `[n, *lanes]` -> `[*lanes]`, added in float64 strictly from first to last.

    An ordinary sum may be split into partial sums by the array's layout, and so by the number of lanes.
    """
    xp = namespace(values)
    if xp is np and values.ndim == 2 and values.shape[1] > 1:  # whole rows are added, one after the other
        rows = np.ascontiguousarray(values)
        return np.add.reduce(rows, axis=0, dtype=np.float64).astype(values.dtype)
    return xp.astype(xp.cumulative_sum(values, axis=0, dtype=xp.float64)[-1, ...], values.dtype)
