"""What a candidate is worth to a search: paired differences to the baseline, and limits that it breaks or keeps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.estimate import Estimate, estimate
from experiments.tune.build import RELATIVE
from experiments.tune.evaluator import Measured
from experiments.tune.keys import StudyRecipe
from experiments.world_metrics import WORLD_METRICS

UNKNOWN = 1e9
"""By how much a limit is broken by a metric that does not exist: it cannot be told to be kept."""


@dataclass(frozen=True)
class Goals:
    """What is asked for.

    Attributes:
        objectives: metrics; the first decides.
        limits: metric -> the most (the least, where higher is better), or `baseline`.
    """

    objectives: tuple[str, ...]
    limits: dict[str, float | str]

    @classmethod
    def of(cls, recipe: StudyRecipe) -> "Goals":
        """Those of a recipe."""
        return cls(tuple(recipe.objectives), dict(recipe.constraints))

    @property
    def directions(self) -> list[str]:
        """For Optuna."""
        return ["maximize" if sign(name) > 0 else "minimize" for name in self.objectives]

    def gains(self, measured: Measured, lane: int, base: Measured) -> np.ndarray:
        """By how much a lane is better than the first baseline in the first objective: positive is, `[worlds]`."""
        return sign(self.objectives[0]) * differences(measured, lane, base, self.objectives[0])

    def values(self, measured: Measured, lane: int, base: Measured) -> list[Estimate]:
        """The differences of a lane to the first baseline, objective by objective, in the metric's own direction."""
        return [
            estimate(differences(measured, lane, base, name), measured.case, measured.world) for name in self.objectives
        ]

    def violations(self, measured: Measured, lane: int, base: Measured) -> dict[str, float]:
        """By how much each limit is broken; what is not positive is kept."""
        return {name: self._violation(measured, lane, base, name, limit) for name, limit in self.limits.items()}

    @staticmethod
    def _violation(measured: Measured, lane: int, base: Measured, name: str, limit: float | str) -> float:
        mine = level(measured, lane, name)
        most = level(base, 0, name) if isinstance(limit, str) else limit
        missed = -sign(name) * (mine - most)
        return float(missed) if np.isfinite(missed) else UNKNOWN


def sign(name: str) -> float:
    """1 for a metric that is better high, -1 for one that is better low."""
    return 1.0 if WORLD_METRICS[name].better == "higher" else -1.0


def differences(measured: Measured, lane: int, base: Measured, name: str, over: int = 0) -> np.ndarray:
    """A lane less a baseline, the first or another, in the same worlds, float64 `[worlds]`, in the first population."""
    return np.asarray(measured.values[name][lane, 0] - base.values[name][over, 0])


def level(measured: Measured, lane: int, name: str) -> float:
    """The mean of a metric over worlds: in the first population, or for deviants the largest of all of them."""
    values = measured.values[name][lane]
    if name not in RELATIVE:
        return _mean(values[0], measured.case)
    means = [_mean(row, measured.case) for row in values if np.isfinite(row).any()]
    return max(means, default=float("nan"))


def _mean(values: np.ndarray, case: Sequence[str] | np.ndarray) -> float:
    return estimate(np.asarray(values), np.asarray(case)).mean
