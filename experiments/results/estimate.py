"""Estimates with their uncertainty: a mean over worlds, its 95 % interval, and how many worlds stand behind it."""

from dataclasses import dataclass
from functools import cache
from math import ceil, cos, exp, lgamma, pi, sin, sqrt, tan

import numpy as np

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval, whose ends are NaN where one world per race gives no idea of the spread."""

    mean: float  #: the mean over races of the mean over each race's worlds; NaN if no world has a value
    lo: float
    hi: float
    n: int  #: worlds with a value

    def document(self) -> dict[str, float | int | None]:
        """For JSON, where NaN does not exist."""
        plain = {"mean": self.mean, "lo": self.lo, "hi": self.hi}
        return {**{k: v if np.isfinite(v) else None for k, v in plain.items()}, "n": self.n}


def estimate(values: np.ndarray, race: np.ndarray, world: np.ndarray | None = None) -> Estimate:
    """The estimate of one metric of one lane, or of a paired difference.

    Races are fixed, worlds are random: the interval is Student's t with the variance within races (a stratified mean),
    so it says what other seeds would give, not what other races would. Worlds of one number that have the same miners
    in all cases of a scenario are drawn together, and count as one (a stratified mean of clusters).

    Args:
        values: one per world, float64 `[worlds]`; NaN where the metric does not exist.
        race: the race or case of each world, `[worlds]`.
        world: its number, `[worlds]`, where those of one number are not independent; None where all are.
    """
    there = np.isfinite(values)
    values, race = values[there], race[there]
    if not len(values):
        return Estimate(np.nan, np.nan, np.nan, 0)
    names, stratum = np.unique(race, return_inverse=True)
    count = np.bincount(stratum).astype(np.float64)
    means = np.bincount(stratum, values) / count
    mean = float(means.mean())
    if count.min() == 1:
        return Estimate(mean, np.nan, np.nan, len(values))
    apart = (values - means[stratum]) / (count[stratum] * len(names))
    if world is None:
        freedom = len(values) - len(names)
        variance = float((apart**2 * (count / (count - 1.0))[stratum]).sum())
    else:
        drawn = np.bincount(np.unique(world[there], return_inverse=True)[1], apart)
        freedom = len(drawn) - 1
        variance = float((drawn**2).sum()) * len(drawn) / freedom
    half = student(freedom) * variance**0.5
    return Estimate(mean, mean - half, mean + half, len(values))


SURELY, MOSTLY = 1.959964, 0.841621
"""Standard normal quantiles of 97.5 and 80 %: a two-sided test at 5 %, and the chance that it sees a difference."""


def worlds_needed(difference: Estimate, worlds: int, smallest: float) -> int | None:
    """Worlds per case for which a difference that is as small as `smallest` is seen with a chance of 80 %.

    `n (z_0.975 + z_0.8)^2 (se / smallest)^2`, with the standard error se of `difference` over n `worlds` per case. None
    where it has no interval, or where nothing varies.
    """
    half = (difference.hi - difference.lo) / 2.0
    if worlds < 2 or not half > 0.0:
        return None
    return max(2, ceil(worlds * ((SURELY + MOSTLY) * half / student(worlds - 1) / smallest) ** 2))


@cache
def student(freedom: int) -> float:
    """What Student's t stays within with a chance of `LEVEL`; scipy has it too, and is slow to import.

    With `theta = arctan(t / sqrt(freedom))` that chance is a sum over powers of cosines (Abramowitz and Stegun 26.7.3,
    26.7.4), and grows with theta as `cos(theta)^(freedom - 1)`. The root is found from below.
    """
    odd = freedom % 2
    place = np.arange(1, freedom // 2)
    factors = np.cumprod(np.concatenate([[1.0], 2 * place / (2 * place + 1) if odd else (2 * place - 1) / (2 * place)]))
    powers = 2 * np.arange(len(factors)) + odd
    steepness = 2.0 / sqrt(pi) * exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2))
    theta = 0.0
    for _ in range(50):
        chance = sin(theta) * float((factors * cos(theta) ** powers).sum())
        if odd:
            chance = 2.0 / pi * (theta + (chance if freedom > 1 else 0.0))
        step = (LEVEL - chance) / (steepness * cos(theta) ** (freedom - 1))
        theta += step
        if abs(step) < 1e-15 * theta:
            break
    return sqrt(freedom) * tan(theta)
