"""Everything that the page of a study says comes from here."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.report.looks import COLOURS
from experiments.report.study.measure import Measure, measure
from experiments.report.study.shots import Shot, shots
from experiments.search.objective import ERROR
from experiments.search.spec import StudySpec

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class Material:
    """A study.

    Attributes:
        spec: what was asked.
        trials: all of them.
        document: what was selected, as in `results.json`.
        manifest: how it came to be.
    """

    spec: StudySpec
    trials: tuple["FrozenTrial", ...]
    document: dict[str, Any]
    manifest: dict[str, Any]

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """The objectives; the first one decides."""
        return tuple(measure(name) for name in self.spec.recipe.objectives)

    @property
    def objective(self) -> Measure:
        """The one that decides."""
        return self.measures[0]

    @property
    def baseline(self) -> str:
        """The lane that gains are over."""
        return self.spec.baselines[0].name

    @cached_property
    def shots(self) -> tuple[Shot, ...]:
        """The trials that were worth something, by their numbers."""
        return shots(self.spec.space, np.array([each.better for each in self.measures]), self.trials)

    @cached_property
    def failures(self) -> tuple[tuple[int, str], ...]:
        """Number and error of the trials that failed."""
        return tuple((trial.number, trial.user_attrs[ERROR]) for trial in self.trials if ERROR in trial.user_attrs)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Those that trials or finalists have, in the order of the recipe."""
        space = self.spec.space
        labels = [
            policy.label if len(space.rewards) == 1 else f"{policy.label} + {reward.label}"
            for policy in space.families
            for reward in space.rewards
        ]
        seen = {shot.family for shot in self.shots} | {each["family"] for each in self.best}
        return tuple(label for label in labels if label in seen)

    def colour(self, family: str) -> str:
        """The same in every picture."""
        return COLOURS[self.families.index(family) % len(COLOURS)]

    @property
    def best(self) -> list[dict[str, Any]]:
        """The finalists, the best first."""
        return list(self.document["best"])

    @property
    def reranked(self) -> list[dict[str, Any]]:
        """The shortlist, in the order of the re-ranking."""
        return list(self.document.get("reranked", []))

    @property
    def winner(self) -> dict[str, Any] | None:
        """The finalist that is recommended; None for the baseline."""
        number = self.document["recommended"]["trial"]
        return next((each for each in self.best if each["trial"] == number), None)

    @property
    def first(self) -> dict[str, Any] | None:
        """The one that the page tells most of: the recommended one, or else the best; None where there is none."""
        return self.winner or next(iter(self.best), None)


def named(finalist: dict[str, Any]) -> str:
    """What the page calls a finalist."""
    return f"{finalist['family']}, trial {finalist['trial']}"
