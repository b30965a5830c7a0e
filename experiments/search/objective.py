"""The objectives and limits of a study, computed from paired differences to the baselines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.results.estimate import Estimate, estimate
from experiments.results.metrics import METRICS
from experiments.run.evaluator import Evaluator, Group, Measured
from experiments.search.recipe import StudyRecipe
from experiments.search.space import Candidate
from experiments.search.spec import DEVIANT, StudySpec
from experiments.search.statistics import by_world

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

UNKNOWN = 1e9  #: the violation of a limit on a metric that does not exist, so that the limit does not count as kept

GAINS, ERROR, FAMILY = "gains", "error", "family"
"""Attributes of a trial: its gains over the first baseline by world, its error, and the label of its family."""


def sign(name: str) -> float:
    """1 if higher values of a metric are better, else -1."""
    return 1.0 if METRICS[name].better == "higher" else -1.0


@dataclass(frozen=True)
class Paired:
    """The baselines and candidates of a study, measured in the same worlds."""

    recipe: StudyRecipe
    baselines: Measured
    candidates: Measured

    def differences(self, lane: int, name: str, over: int = 0) -> np.ndarray:
        """A candidate minus baseline number `over` in a metric, in the first population, float64 `[worlds]`."""
        return np.asarray(self.candidates.values[name][lane, 0] - self.baselines.values[name][over, 0])

    def gains(self, lane: int, over: int = 0) -> np.ndarray:
        """The differences in the first objective, positive where the candidate is better, float64 `[worlds]`."""
        first = self.recipe.objectives[0]
        return sign(first) * self.differences(lane, first, over)

    def gains_by_world(self, lane: int, over: int = 0) -> np.ndarray:
        """The gains, the mean over cases in each world, float64 `[worlds]`."""
        return by_world(self.gains(lane, over), self.candidates.case, self.candidates.world)

    def values(self, lane: int) -> list[Estimate]:
        """The mean difference to the first baseline in each objective, in the metric's own direction."""
        case, world = self.candidates.case, self.candidates.world
        return [estimate(self.differences(lane, name), case, world) for name in self.recipe.objectives]

    def violations(self, lane: int) -> dict[str, float]:
        """The violation of each limit; at 0 or below the limit is kept."""
        violations = {}
        for name, limit in self.recipe.constraints.items():
            most = level(self.baselines, 0, name) if isinstance(limit, str) else limit
            missed = -sign(name) * (level(self.candidates, lane, name) - most)
            violations[name] = float(missed) if np.isfinite(missed) else UNKNOWN
        return violations

    def feasible(self, lane: int) -> bool:
        """Whether a candidate failed in no world and keeps all limits."""
        return self.candidates.errors[lane] is None and all(missed <= 0 for missed in self.violations(lane).values())


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
) -> Paired:
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
    found = place_lanes(parts[0] if parts else base, zip(places, parts, strict=True), len(candidates))
    return Paired(spec.recipe, base, found)


def place_lanes(like: Measured, parts: Iterable[tuple[Sequence[int], Measured]], count: int) -> Measured:
    """The lanes of measurements in the worlds of `like`, at their places among `count`; NaN at all others."""
    values = {name: np.full((count, *value.shape[1:]), np.nan) for name, value in like.values.items()}
    errors: list[str | None] = [None] * count
    for places, part in parts:
        for name, value in part.values.items():
            values[name][places] = value
        for place, error in zip(places, part.errors, strict=True):
            errors[place] = error
    return Measured(values, like.case, like.world, tuple(errors))


def join_worlds(before: Measured, after: Measured) -> Measured:
    """Concatenate the worlds of two measurements of the same lanes."""
    values = {name: np.concatenate([value, after.values[name]], axis=-1) for name, value in before.values.items()}
    errors = tuple(one or other for one, other in zip(before.errors, after.errors, strict=True))
    case, world = np.concatenate([before.case, after.case]), np.concatenate([before.world, after.world])
    return Measured(values, case, world, errors)
