"""Statistics of emission over miners, column by column: correlations of ranks, concentration, and what is luck."""

import numpy as np

from sim.clock import BLOCKS_PER_DAY

LEAST_RANKED = 5
"""Fewest miners whose ranks are correlated: of four a perfect order has a chance of 2 in 4! = 1/12, of five 1/60."""


def ordered_sum(values: np.ndarray) -> np.ndarray:
    """The sum over the first axis, `[n, *lanes]` -> `[*lanes]`, added in float64 strictly from first to last.

    An ordinary sum may be split into partial sums by the array's layout, and so by the number of lanes.
    """
    if values.ndim == 2 and values.shape[1] > 1:  # whole rows are added, one after the other
        rows = np.ascontiguousarray(values)
        return np.asarray(np.add.reduce(rows, axis=0, dtype=np.float64).astype(values.dtype))
    return np.asarray(np.cumulative_sum(values, axis=0, dtype=np.float64)[-1, ...].astype(values.dtype))


def spearman(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Rank correlation, average ranks on ties, `[n, columns]` -> `[columns]`; NaN if one is flat."""
    ranks = [_centred_ranks(x) for x in (a, b)]
    squares = ordered_sum(ranks[0] ** 2) * ordered_sum(ranks[1] ** 2)
    return np.asarray(ordered_sum(ranks[0] * ranks[1]) / np.sqrt(np.where(squares > 0, squares, np.nan)))


def _centred_ranks(x: np.ndarray) -> np.ndarray:
    """In each column how many are below a value and half of those that equal it, less half of all."""
    ranks = np.empty(x.shape)
    for column in range(x.shape[1]):
        _, place, count = np.unique(x[:, column], return_inverse=True, return_counts=True)
        ranks[:, column] = (np.cumsum(count) - count / 2.0)[place] - len(x) / 2.0
    return ranks


def kendall(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Kendall's tau-b, `[n, columns]` -> `[columns]`; NaN if one is flat."""
    # Counted in whole numbers, so that the sum does not depend on its order.
    agreed, apart_a, apart_b = np.zeros((3, a.shape[1]), dtype=np.int64)
    for i in range(1, len(a)):  # each with all before it
        x, y = _side(a[i], a[:i]), _side(b[i], b[:i])
        agreed += (x * y).sum(axis=0)
        apart_a += np.count_nonzero(x, axis=0)
        apart_b += np.count_nonzero(y, axis=0)
    flat = (apart_a == 0) | (apart_b == 0)
    tau = agreed / np.sqrt(np.where(flat, 1, apart_a)) / np.sqrt(np.where(flat, 1, apart_b))
    return np.asarray(np.where(flat, np.nan, np.clip(tau, -1.0, 1.0)))


def _side(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """1 where it is more than the others, -1 where it is less."""
    return np.asarray(np.greater(one, others).view(np.int8) - np.less(one, others).view(np.int8))


def gini(shares: np.ndarray) -> np.ndarray:
    """Gini coefficient, `[n, columns]` -> `[columns]`: 0 all alike, 1 - 1/n one has it all."""
    n = len(shares)
    rising = np.sort(shares, axis=0)
    place = (2.0 * np.arange(1, n + 1) - n - 1.0)[:, None]
    total = ordered_sum(rising)
    return np.asarray(ordered_sum(place * rising) / (n * np.where(total > 0, total, np.nan)))


def hhi_of_luck(owners: np.ndarray) -> np.ndarray:
    """HHI of reigns among n equal owners with one model each and no margin, `(n + 1) / (2n)`."""
    n = np.asarray(owners, dtype=np.float64)
    return (n + 1.0) / (2.0 * np.where(n > 0, n, np.nan))


def pay_luck(shares: np.ndarray, power: np.ndarray, code: np.ndarray) -> np.ndarray:
    """The part of the variance of emission that neither power nor strategy explains, in one world.

    The miners of each strategy, in the order of their power, are cut into about as many classes as a class has miners.
    The variance within classes over that of all, each by its degrees of freedom, is 1 less the adjusted R squared:
    0 if a class is paid alike, and 1 on average, sometimes more, if pay has nothing to do with classes.

    Args:
        shares: of the emission, `[miners, columns]`.
        power: work that a miner gets done, likewise, in any unit.
        code: number of its strategy, likewise.

    Returns:
        `[columns]`; NaN where all are paid alike, or no class has two miners.
    """
    n, width = shares.shape
    group, count = np.zeros(code.shape, dtype=np.int64), np.zeros(width, dtype=np.int64)
    for strategy in np.unique(code):
        mine = code == strategy
        size = mine.sum(axis=0)
        order = np.argsort(np.where(mine, power, np.inf), axis=0, kind="stable")
        rank = np.argsort(order, axis=0, kind="stable")
        classes = np.floor(np.sqrt(size)).astype(np.int64)
        group = np.where(mine, count + rank * classes // np.maximum(size, 1), group)
        count = count + classes
    flat, cells = (group * width + np.arange(width)).ravel(), int(count.max()) * width
    size = np.bincount(flat, minlength=cells)
    means = np.bincount(flat, shares.ravel(), cells) / np.maximum(size, 1)
    within = ordered_sum((shares - means[flat].reshape(shares.shape)) ** 2)
    total = ordered_sum((shares - ordered_sum(shares) / n) ** 2)
    free = n - count
    known = (total > 0) & (free > 0)
    return np.where(known, within / np.maximum(free, 1) * (n - 1) / np.where(known, total, 1.0), np.nan)


def delay(histogram: np.ndarray, level: float) -> np.ndarray:
    """A quantile of delays in days, `[bins, columns]` -> `[columns]`; upper edge of its bin, NaN without any."""
    from sim.record import DELAY_BLOCKS  # noqa: PLC0415 - who only names metrics needs no compiler

    total = histogram.sum(axis=0)
    place = (np.cumsum(histogram, axis=0) < level * total).sum(axis=0)
    return np.where(total > 0, (place + 1.0) * DELAY_BLOCKS / BLOCKS_PER_DAY, np.nan)


def excess_rate(first: np.ndarray, last: np.ndarray, least: float, days: float) -> np.ndarray:
    """`ln((L_0 - E) / (L_H - E)) / H`, per day, of log losses `[columns]` and E in nats per token."""
    return np.asarray(np.log((np.exp(first) - least) / (np.exp(last) - least)) / days)
