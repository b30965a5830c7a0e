"""Statistics over steps, and their intervals. A sample is an array `[..., steps, columns]`; steps are independent."""

from collections.abc import Callable

import numpy as np

from experiments.results.estimate import LEVEL
from sim.streams import stream

RESAMPLES = 1_000

Statistic = Callable[[np.ndarray], np.ndarray]
"""From `[..., steps, columns]` to `[...]`."""


def spread(sample: np.ndarray) -> np.ndarray:
    """The sd over steps; of several columns the root of their mean variance."""
    return np.asarray(np.sqrt(sample.var(axis=-2, ddof=1).mean(axis=-1)))


def mean(sample: np.ndarray) -> np.ndarray:
    """The mean of the first column."""
    return np.asarray(sample[..., 0].mean(axis=-1))


def skewness(sample: np.ndarray) -> np.ndarray:
    """The third standardised moment of the first column, 0 for a normal."""
    return _moment(sample, 3)


def kurtosis(sample: np.ndarray) -> np.ndarray:
    """The fourth standardised moment of the first column less 3, so 0 for a normal."""
    return _moment(sample, 4) - 3.0


def correlation(sample: np.ndarray) -> np.ndarray:
    """The correlation of the first two columns."""
    one, two = _centred(sample)
    return np.asarray((one * two).mean(-1) / np.sqrt((one**2).mean(-1) * (two**2).mean(-1)))


def decorrelation(sample: np.ndarray) -> np.ndarray:
    """1 less the correlation of the first two columns."""
    return np.asarray(1.0 - correlation(sample))


def slope(sample: np.ndarray) -> np.ndarray:
    """By how much the first column rises with the second: the least-squares slope."""
    one, two = _centred(sample)
    return np.asarray((one * two).mean(-1) / (two**2).mean(-1))


def bootstrap(statistic: Statistic, sample: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """The 95 % percentile interval of a statistic over resampled steps; columns stay together."""
    steps = len(sample)
    chosen = stream(seed, "calibration", "bootstrap", steps).integers(0, steps, size=(RESAMPLES, steps))
    lo, hi = np.quantile(statistic(sample[chosen]), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(lo), float(hi)


def binomial(hits: np.ndarray) -> tuple[float, float]:
    """The exact (Clopper-Pearson) 95 % interval of the share of true values; valid at 0 and at 1 too."""
    from scipy.special import betaincinv  # noqa: PLC0415 - a slow import that most commands do without

    n, k, tail = hits.size, int(hits.sum()), (1 - LEVEL) / 2
    lo = betaincinv(k, n - k + 1, tail) if k else 0.0
    hi = betaincinv(k + 1, n - k, 1 - tail) if k < n else 1.0
    return float(lo), float(hi)


def _centred(sample: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    middle = sample - sample.mean(axis=-2, keepdims=True)
    return middle[..., 0], middle[..., 1]


def _moment(sample: np.ndarray, power: int) -> np.ndarray:
    z = sample[..., 0] - sample[..., 0].mean(axis=-1, keepdims=True)
    return np.asarray((z**power).mean(axis=-1) / (z**2).mean(axis=-1) ** (power / 2))
