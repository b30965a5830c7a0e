"""The objectives and limits of a study, computed from paired differences to the baselines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.results.estimate import estimate
from experiments.results.inference import by_world, chance_below, sure_bound
from experiments.results.metrics import METRICS
from experiments.run.evaluator import Measured
from experiments.search.recipe import StudyRecipe
from experiments.search.settled import Crowd
from experiments.search.spec import DEVIANT

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

GAINS, ERROR, FAMILY = "gains", "error", "family"
"""Attributes of a trial: its gains over the first baseline by world, its error, and the label of its family."""


def sign(name: str) -> float:
    """1 if higher values of a metric are better, else -1."""
    return 1.0 if METRICS[name].better == "higher" else -1.0


@dataclass(frozen=True)
class Paired:
    """The baselines and candidates of a study, measured in the same worlds of a family."""

    recipe: StudyRecipe
    baselines: Measured
    candidates: Measured
    crowds: tuple[Crowd | None, ...] = ()  #: where the miners of each candidate settled, if they play

    def differences(self, lane: int, name: str, over: int = 0) -> np.ndarray:
        """A candidate minus baseline number `over` in a metric, in the first population, the mean of each world.

        Returns:
            float64 `[worlds]`; NaN where it is not known in every case.
        """
        apart = self.candidates.values[name][lane, 0] - self.baselines.values[name][over, 0]
        return by_world(apart, self.candidates.case, self.candidates.world)

    def missed(self, lane: int, name: str) -> list[np.ndarray]:
        """By how much a candidate misses the limit on a metric in each world, each float64 `[worlds]`.

        In the first population, or for `DEVIANT` metrics in each that has a deviant. Below 0 the limit is kept.
        """
        limit, found = self.recipe.constraints[name], self.candidates
        most = _judged(self.baselines, 0, name)[0] if isinstance(limit, str) else limit
        return [by_world(-sign(name) * (row - most), found.case, found.world) for row in _judged(found, lane, name)]

    def judges(self, name: str) -> bool:
        """Whether the limit on a metric holds here: those of `DEVIANT` metrics need populations with a deviant."""
        return name not in DEVIANT or len(self.candidates.values[name][0]) > 1


@dataclass(frozen=True)
class Joint:
    """Baselines and candidates in several families of worlds, over all of which a candidate has to hold.

    A gain in a family counts as its share of what the first baseline comes to there, times what that comes to in the
    family that gives the units: families in which losses fall ten times as far would otherwise decide alone.
    """

    recipe: StudyRecipe
    parts: Mapping[str, Paired]  #: by family
    units: Paired  #: the family that gives the units

    @property
    def first(self) -> Paired:
        """The first family."""
        return next(iter(self.parts.values()))

    def error(self, lane: int) -> str | None:
        """The last line of the first error of a candidate."""
        return next(filter(None, (part.candidates.errors[lane] for part in self.parts.values())), None)

    def gains(self, lane: int, name: str | None = None, over: int = 0) -> dict[str, np.ndarray]:
        """By family the gains over baseline number `over` in a metric (None: the first objective), float64 `[worlds]`.

        Positive where the candidate is better.
        """
        name = name or self.recipe.objectives[0]
        return {
            family: sign(name) * _scale(self.units, part, name) * part.differences(lane, name, over)
            for family, part in self.parts.items()
        }

    def least_gains(self, lane: int, name: str | None = None) -> np.ndarray:
        """The gains over the first baseline in the family where their mean is least, float64 `[worlds]`."""
        return min(self.gains(lane, name).values(), key=_mean)

    def values(self, lane: int) -> list[float]:
        """The mean difference to the first baseline in each objective, in the metric's own direction."""
        return [sign(name) * _mean(self.least_gains(lane, name)) for name in self.recipe.objectives]

    def violations(self, lane: int) -> dict[str, float]:
        """By how much each limit may be missed; at 0 or below it is kept with the chance that the study asks for."""
        return {
            name: max(
                sure_bound(row, self.recipe.sure)
                for part in self.parts.values()
                if part.judges(name)
                for row in part.missed(lane, name)
            )
            for name in self.recipe.constraints
        }

    def chances(self, lane: int, name: str) -> dict[str, float]:
        """By family the chance that a candidate keeps the limit on a metric."""
        return {
            family: min(chance_below(row) for row in part.missed(lane, name))
            for family, part in self.parts.items()
            if part.judges(name)
        }

    def feasible(self, lane: int) -> bool:
        """Whether a candidate failed in no world and surely keeps all limits."""
        return self.error(lane) is None and all(missed <= 0 for missed in self.violations(lane).values())


def level(measured: Measured, lane: int, name: str) -> float:
    """The mean of a metric over worlds: in the first population, or for `DEVIANT` metrics the largest of all."""
    return estimate(_judged(measured, lane, name)[0], measured.case).mean


def _judged(measured: Measured, lane: int, name: str) -> list[np.ndarray]:
    """The values of a lane that a limit is on, `[worlds]`: one row, or that of each deviant, the largest first."""
    rows = list(measured.values[name][lane])
    if name not in DEVIANT:
        return rows[:1]
    return sorted((row for row in rows if np.isfinite(row).any()), key=_mean, reverse=True) or rows[:1]


def _mean(values: np.ndarray) -> float:
    """The mean of the values that are known; minus infinity where none is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else -np.inf


def _scale(units: Paired, other: Paired, name: str) -> float:
    """The factor that makes gains in another family comparable: equal shares of the first baseline count the same."""
    if other is units:
        return 1.0
    here, there = (estimate(each.baselines.values[name][0, 0], each.baselines.case) for each in (units, other))
    # a share of a baseline that may be 0 means nothing
    return abs(here.mean / there.mean) if here.lo * here.hi > 0 and there.lo * there.hi > 0 else 1.0


def violation(trial: "FrozenTrial") -> float:
    """The sum of a trial's violations."""
    return sum(max(value, 0.0) for value in trial.constraints.values())
