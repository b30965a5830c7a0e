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


def estimate(values: np.ndarray, race: np.ndarray) -> Estimate:
    """The estimate of one metric of one lane, or of a paired difference.

    Races are fixed, worlds are random: the interval is Student's t with the variance within races (a stratified mean),
    so it says what other noise seeds would give, not what other races would.

    Args:
        values: one per world, float64 `[worlds]`; NaN where the metric does not exist.
        race: the race of each world, `[worlds]`.
    """
    there = np.isfinite(values)
    values, race = values[there], race[there]
    if not len(values):
        return Estimate(np.nan, np.nan, np.nan, 0)
    groups = [values[race == name] for name in dict.fromkeys(race.tolist())]
    mean = float(np.mean([g.mean() for g in groups]))
    spread = [g for g in groups if len(g) > 1]
    freedom = sum(len(g) - 1 for g in spread)
    if len(spread) < len(groups) or not freedom:
        return Estimate(mean, np.nan, np.nan, len(values))
    from scipy.special import stdtrit  # noqa: PLC0415 - a slow import that most commands do without

    error = float(np.sqrt(sum(g.var(ddof=1) / len(g) for g in groups))) / len(groups)
    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * error
    return Estimate(mean, mean - half, mean + half, len(values))
