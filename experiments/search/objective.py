"""What a candidate is worth to a search: paired differences to the baseline, and by how much it breaks limits."""

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

UNKNOWN = 1e9  #: by how much a limit is broken by a metric that does not exist: the limit cannot be said to be kept

GAINS, ERROR, FAMILY = "gains", "error", "family"
"""Attributes of a trial: its gain over the first baseline, world by world; why it failed; the label of its family."""


@dataclass(frozen=True)
class Goals:
    """What is asked for."""

    objectives: tuple[str, ...]  #: metrics; the first decides
    limits: dict[str, float | str]  #: metric -> the most (the least, where higher is better), or `baseline`

    @classmethod
    def from_recipe(cls, recipe: StudyRecipe) -> "Goals":
        """The goals of a recipe."""
        return cls(tuple(recipe.objectives), dict(recipe.constraints))

    @property
    def directions(self) -> list[str]:
        """For Optuna."""
        return ["maximize" if sign(name) > 0 else "minimize" for name in self.objectives]

    def gains(self, measured: Measured, lane: int, base: Measured, over: int = 0) -> np.ndarray:
        """By how much a lane is better than a baseline in the first objective, positive is better, `[worlds]`."""
        return sign(self.objectives[0]) * differences(measured, lane, base, self.objectives[0], over)

    def values(self, measured: Measured, lane: int, base: Measured) -> list[Estimate]:
        """The differences of a lane to the first baseline, objective by objective, in the metric's own direction."""
        return [
            estimate(differences(measured, lane, base, name), measured.case, measured.world) for name in self.objectives
        ]

    def violations(self, measured: Measured, lane: int, base: Measured) -> dict[str, float]:
        """By how much each limit is broken; a limit at 0 or below is kept."""
        broken = {}
        for name, limit in self.limits.items():
            most = level(base, 0, name) if isinstance(limit, str) else limit
            missed = -sign(name) * (level(measured, lane, name) - most)
            broken[name] = float(missed) if np.isfinite(missed) else UNKNOWN
        return broken


def sign(name: str) -> float:
    """1 for a metric that is better high, -1 for one that is better low."""
    return 1.0 if METRICS[name].better == "higher" else -1.0


def differences(measured: Measured, lane: int, base: Measured, name: str, over: int = 0) -> np.ndarray:
    """A lane less a baseline, the first or another, in the same worlds, float64 `[worlds]`, in the first population."""
    return np.asarray(measured.values[name][lane, 0] - base.values[name][over, 0])


def level(measured: Measured, lane: int, name: str) -> float:
    """The mean of a metric over worlds: in the first population, or for deviants the largest of all populations."""
    values = measured.values[name][lane]
    if name not in DEVIANT:
        return estimate(values[0], measured.case).mean
    means = [estimate(row, measured.case).mean for row in values if np.isfinite(row).any()]
    return max(means, default=float("nan"))


def violation(trial: "FrozenTrial") -> float:
    """By how much a trial breaks its limits, in all."""
    return sum(max(value, 0.0) for value in trial.constraints.values())


def measure(
    evaluator: Evaluator, spec: StudySpec, candidates: Sequence[Candidate], worlds: Sequence[int], family: str = ""
) -> tuple[Measured, Measured]:
    """The baselines and the candidates, measured in the same worlds.

    The baselines are work of their own, so that none is computed twice. Candidates with another option of the scenario
    are measured in that variant of it, in worlds of the same numbers and so with the same miners; the baselines are
    measured in the scenario as it is.

    Args:
        evaluator: measures.
        spec: the study.
        candidates: any number.
        worlds: their numbers.
        family: a held-out family; "" is the scenario of the search.

    Returns:
        The baselines, and the candidates in their order.
    """
    groups: list[Group] = [(spec.baselines, spec.cases(family, spec.usual))]
    order: list[int] = []
    for variant in dict.fromkeys(each.variant for each in candidates):
        places = [i for i, each in enumerate(candidates) if each.variant == variant]
        groups.append(([candidates[i].lane for i in places], spec.cases(family, variant)))
        order += places
    base, *parts = evaluator.measure(groups, worlds)
    return base, join_lanes(parts).of_lanes(np.argsort(order).tolist()) if parts else base.of_lanes(())


def join_lanes(parts: Sequence[Measured]) -> Measured:
    """Lanes of several measurements in the same worlds, one after the other."""
    values = {name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values}
    return Measured(values, parts[0].case, parts[0].world, tuple(e for part in parts for e in part.errors))


def join_worlds(before: Measured, after: Measured) -> Measured:
    """The same lanes in the worlds of both measurements."""
    values = {name: np.concatenate([value, after.values[name]], axis=-1) for name, value in before.values.items()}
    errors = tuple(one or other for one, other in zip(before.errors, after.errors, strict=True))
    case, world = np.concatenate([before.case, after.case]), np.concatenate([before.world, after.world])
    return Measured(values, case, world, errors)
