"""The objectives and limits of a study, computed from paired differences to the baselines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.results.estimate import Estimate, estimate
from experiments.results.metrics import METRICS
from experiments.run.evaluator import Evaluator, Group, Measured
from experiments.search.recipe import StudyRecipe
from experiments.search.space import Candidate
from experiments.search.spec import DEVIANT, StudySpec

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

UNKNOWN = 1e9  #: the violation of a limit on a metric that does not exist, so that the limit does not count as kept

GAINS, ERROR, FAMILY = "gains", "error", "family"
"""Attributes of a trial: its gains over the first baseline by world, its error, and the label of its family."""


@dataclass(frozen=True)
class Goals:
    """The objectives and limits of a study."""

    objectives: tuple[str, ...]  #: metrics; the first decides
    limits: dict[str, float | str]  #: by metric: the most (the least, if higher is better), or `baseline`

    @classmethod
    def from_recipe(cls, recipe: StudyRecipe) -> "Goals":
        """The goals of a recipe."""
        return cls(tuple(recipe.objectives), dict(recipe.constraints))

    @property
    def directions(self) -> list[str]:
        """For Optuna."""
        return ["maximize" if sign(name) > 0 else "minimize" for name in self.objectives]

    def gains(self, measured: Measured, lane: int, base: Measured, over: int = 0) -> np.ndarray:
        """The gains of a lane over a baseline in the first objective, positive is better, float64 `[worlds]`."""
        return sign(self.objectives[0]) * differences(measured, lane, base, self.objectives[0], over)

    def values(self, measured: Measured, lane: int, base: Measured) -> list[Estimate]:
        """The difference of a lane to the first baseline in each objective, in the metric's own direction."""
        return [
            estimate(differences(measured, lane, base, name), measured.case, measured.world) for name in self.objectives
        ]

    def violations(self, measured: Measured, lane: int, base: Measured) -> dict[str, float]:
        """The violation of each limit; at 0 or below the limit is kept."""
        violations = {}
        for name, limit in self.limits.items():
            most = level(base, 0, name) if isinstance(limit, str) else limit
            missed = -sign(name) * (level(measured, lane, name) - most)
            violations[name] = float(missed) if np.isfinite(missed) else UNKNOWN
        return violations


def sign(name: str) -> float:
    """1 if higher values of a metric are better, else -1."""
    return 1.0 if METRICS[name].better == "higher" else -1.0


def differences(measured: Measured, lane: int, base: Measured, name: str, over: int = 0) -> np.ndarray:
    """A lane minus baseline `over` in the same worlds of the first population, float64 `[worlds]`."""
    return np.asarray(measured.values[name][lane, 0] - base.values[name][over, 0])


def level(measured: Measured, lane: int, name: str) -> float:
    """The mean of a metric over worlds: in the first population, or for `DEVIANT` metrics the largest of all."""
    values = measured.values[name][lane]
    if name not in DEVIANT:
        return estimate(values[0], measured.case).mean
    means = [estimate(row, measured.case).mean for row in values if np.isfinite(row).any()]
    return max(means, default=float("nan"))


def violation(trial: "FrozenTrial") -> float:
    """The sum of a trial's violations."""
    return sum(max(value, 0.0) for value in trial.constraints.values())


def measure(
    evaluator: Evaluator, spec: StudySpec, candidates: Sequence[Candidate], worlds: Sequence[int], family: str = ""
) -> tuple[Measured, Measured]:
    """Measure the baselines and the candidates in the same worlds of the scenario, or of a held-out family.

    The baselines are a group of their own, so that they are not computed again with every generation. A candidate with
    another option of the scenario is measured in that variant of it, in worlds of the same numbers and so with the same
    miners; the baselines are measured in the scenario as it is.
    """
    groups: list[Group] = [(spec.baselines, spec.cases(family, spec.usual))]
    places: list[list[int]] = []
    for variant in dict.fromkeys(each.variant for each in candidates):
        places.append([i for i, each in enumerate(candidates) if each.variant == variant])
        groups.append(([candidates[i].lane for i in places[-1]], spec.cases(family, variant)))
    base, *parts = evaluator.measure(groups, worlds)
    return base, place_lanes(parts, places, len(candidates)) if parts else base.of_lanes(())


def place_lanes(parts: Sequence[Measured], places: Sequence[Sequence[int]], count: int) -> Measured:
    """The lanes of several measurements in the same worlds at their places among `count`; NaN for all others."""
    first = parts[0]
    values = {name: np.full((count, *value.shape[1:]), np.nan) for name, value in first.values.items()}
    errors: list[str | None] = [None] * count
    for part, mine in zip(parts, places, strict=True):
        for name, value in part.values.items():
            values[name][mine] = value
        for place, error in zip(mine, part.errors, strict=True):
            errors[place] = error
    return Measured(values, first.case, first.world, tuple(errors))


def join_worlds(before: Measured, after: Measured) -> Measured:
    """Concatenate the worlds of two measurements of the same lanes."""
    values = {name: np.concatenate([value, after.values[name]], axis=-1) for name, value in before.values.items()}
    errors = tuple(one or other for one, other in zip(before.errors, after.errors, strict=True))
    case, world = np.concatenate([before.case, after.case]), np.concatenate([before.world, after.world])
    return Measured(values, case, world, errors)
