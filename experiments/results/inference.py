"""Paired differences by world: their mean with a BCa bootstrap interval, and the p-value of no difference.

Worlds of the same number have the same miners in all cases of a scenario and in all held-out families, so they are not
independent. The unit that is resampled is therefore the number of a world, with all its cases.
"""

import numpy as np
from scipy.special import stdtr, stdtrit
from scipy.stats import bootstrap, permutation_test

from experiments.results.estimate import LEVEL, Estimate
from sim.streams import stream

RESAMPLES = 9999  #: of the bootstrap, and sign flips; the smallest possible p-value is 2 in 10,000
BATCH = 4_000_000  #: numbers in a batch of resamples, 32 MB
ROUNDING = 1e-12  #: relative; values that differ by less are the same number, summed in another order


def by_world(values: np.ndarray, case: np.ndarray, world: np.ndarray) -> np.ndarray:
    """The mean over cases in each world.

    Args:
        values: float64 `[n]`, one for each world of each case.
        case, world: of each value, `[n]`.

    Returns:
        float64 `[worlds]`, by rising number of the world; NaN where a case has no value but has one elsewhere.
    """
    cases, row = np.unique(case, return_inverse=True)
    numbers, place = np.unique(world, return_inverse=True)
    grid = np.full((len(cases), len(numbers)), np.nan)
    grid[row, place] = values
    counted = grid[np.isfinite(grid).any(axis=1)]  # a case that never has a value does not count
    return np.asarray(counted.mean(axis=0)) if len(counted) else np.full(len(numbers), np.nan)


UNKNOWN = 1e9  #: the bound where nothing is known, so that no limit counts as kept


def sure_bound(values: np.ndarray, sure: float) -> float:
    """What a mean over worlds stays below with a chance of `sure`, by Student's t.

    Args:
        values: float64 `[worlds]`; NaN is left out.
        sure: the chance, above 0 and below 1.

    Returns:
        The mean itself of a single world, or of equal values; `UNKNOWN` without any.
    """
    mean, error, count = _spread(values)
    return (mean + float(stdtrit(count - 1, sure)) * error if error > 0.0 else mean) if count else UNKNOWN


def chance_below(values: np.ndarray) -> float:
    """The chance that a mean over worlds is below 0, by Student's t: at least `sure` where `sure_bound` is at most 0.

    Args:
        values: float64 `[worlds]`; NaN is left out.

    Returns:
        1 or 0 for a single world, and for equal values; 0 without any.
    """
    mean, error, count = _spread(values)
    return float(stdtr(count - 1, -mean / error)) if error > 0.0 else float(bool(count) and mean <= 0.0)


def _spread(values: np.ndarray) -> tuple[float, float, int]:
    """Mean, standard error and count of what is known; the error is 0 for a single value, and for equal ones."""
    values = values[np.isfinite(values)]
    if not len(values):
        return np.nan, 0.0, 0
    several = len(values) > 1 and np.ptp(values) > ROUNDING * np.abs(values).max()
    return float(values.mean()), float(values.std(ddof=1)) / len(values) ** 0.5 if several else 0.0, len(values)


def interval(values: np.ndarray, seed: int) -> Estimate:
    """The mean over worlds and its 95 % interval: bootstrap, bias-corrected and accelerated (Efron 1987).

    Args:
        values: float64 `[worlds]`; NaN is left out.
        seed: of the study; the same values always have the same interval.

    Returns:
        A point if all values are equal; no interval for a single world.
    """
    values = values[np.isfinite(values)]
    mean = float(values.mean()) if len(values) else np.nan
    if len(values) < 2:
        return Estimate(mean, np.nan, np.nan, len(values))
    if np.ptp(values) <= ROUNDING * np.abs(values).max():
        return Estimate(mean, mean, mean, len(values))
    batch, rng = max(1, BATCH // len(values)), stream(seed, "tune", "bootstrap")
    found = bootstrap((values,), np.mean, n_resamples=RESAMPLES, batch=batch, confidence_level=LEVEL, rng=rng)
    return Estimate(mean, float(found.confidence_interval.low), float(found.confidence_interval.high), len(values))


def p_value(values: np.ndarray, seed: int) -> float:
    """The two-sided p-value of a mean of 0, by Fisher's randomisation test: each difference may have the other sign.

    Up to 13 worlds all sign flips are tried, with more 9,999 random ones. Below six worlds p cannot be below 5 %.

    Args:
        values: float64 `[worlds]`; NaN is left out.
        seed: of the study.
    """
    values = values[np.isfinite(values)]
    if len(values) < 2 or not np.any(values):
        return 1.0
    batch, rng = max(1, BATCH // len(values)), stream(seed, "tune", "signs")
    found = permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=RESAMPLES, batch=batch, rng=rng
    )
    return float(found.pvalue)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Correct p-values `[tests]` for several tests: the chance of any false one below 5 % is at most 5 % (Holm 1979).

    scipy corrects the false discovery rate only.
    """
    order = np.argsort(p_values, kind="stable")
    raised = np.empty(len(p_values))
    raised[order] = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    return np.minimum(raised, 1.0)
