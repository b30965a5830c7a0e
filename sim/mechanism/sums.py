"""Sums in a fixed order, so that a lane's last bit does not depend on its neighbours."""

from policies.arrays import Array, namespace


def ordered_sum(values: Array) -> Array:
    """The sum over the first axis, `[n, *lanes]` -> `[*lanes]`, added in float64 strictly from first to last.

    An ordinary sum may be split into partial sums by the array's layout, and so by the number of lanes.
    """
    xp = namespace(values)
    return xp.astype(xp.cumulative_sum(values, axis=0, dtype=xp.float64)[-1, ...], values.dtype)
