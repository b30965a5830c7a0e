"""Estimates with their uncertainty: a mean over worlds, its 95 % interval, and how many worlds stand behind it."""

from dataclasses import dataclass

import numpy as np

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval.

    Attributes:
        mean: the mean over races of the mean over each race's worlds; NaN if no world has a value.
        lo, hi: the 95 % interval; NaN where one world per race gives no idea of the spread.
        n: worlds with a value.
    """

    mean: float
    lo: float
    hi: float
    n: int

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
    from scipy.special import stdtrit  # noqa: PLC0415 - a slow import that most commands do without

    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * variance**0.5
    return Estimate(mean, mean - half, mean + half, len(values))
