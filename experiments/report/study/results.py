"""The results of a study, read once: everything that its page says comes from here."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.report.figure import COLOURS
from experiments.report.study.measure import Measure, make_measure, searched_numbers
from experiments.report.text import label
from experiments.search.objective import ERROR, GAINS
from experiments.search.spec import StudySpec

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class TrialPoint:
    """A trial as a point of a picture.

    Attributes:
        trial: the trial.
        family: what tables call its family.
        gains: over the first baseline, objective by objective, float64 `[objectives]`; positive is better.
        feasible: whether it kept all limits.
        complete: whether it lived in all search worlds; the others were stopped early.
    """

    trial: "FrozenTrial"
    family: str
    gains: np.ndarray
    feasible: bool
    complete: bool


@dataclass(frozen=True)
class StudyResults:
    """A study.

    Attributes:
        spec: what was asked.
        trials: all of them.
        document: what was selected, as in `results.json`.
        manifest: how the study was computed, as in `manifest.json`.
    """

    spec: StudySpec
    trials: tuple["FrozenTrial", ...]
    document: dict[str, Any]
    manifest: dict[str, Any]

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """The objectives; the first one decides."""
        return tuple(make_measure(name) for name in self.spec.recipe.objectives)

    @property
    def objective(self) -> Measure:
        """The objective that decides."""
        return self.measures[0]

    @property
    def baseline(self) -> str:
        """The lane that gains are over."""
        return self.spec.baselines[0].name

    @cached_property
    def points(self) -> tuple[TrialPoint, ...]:
        """The trials that have a value, by their numbers.

        A trial that was stopped early lived in the first of the search worlds only, which may be kinder or harsher than
        the others, so its own mean gain cannot be compared with that of a complete trial. Its point is that of the best
        complete trial plus the mean difference of the two in the worlds that both lived in.
        """
        from optuna.trial import TrialState  # noqa: PLC0415 - a slow import

        signs = np.array([measure.better for measure in self.measures])
        points = []
        for trial in self.trials:
            if trial.values and trial.state.is_finished():
                gains = signs * np.resize(np.array(trial.values, dtype=np.float64), len(signs))
                feasible = all(missed <= 0 for missed in trial.constraints.values())
                complete = trial.state == TrialState.COMPLETE
                points.append(TrialPoint(trial, self.spec.space.label(trial.params), gains, feasible, complete))
        rivals = [point for point in points if point.complete]
        best = max(rivals, key=lambda point: (point.feasible, float(point.gains[0])), default=None)
        if best is None:
            return tuple(points)
        for i, point in enumerate(points):
            own, its = (np.array(each.trial.user_attrs.get(GAINS, ()), dtype=np.float64) for each in (point, best))
            if not point.complete and 0 < len(own) <= len(its):
                points[i] = replace(point, gains=best.gains + float(np.mean(own - its[: len(own)])))
        return tuple(points)

    @cached_property
    def failures(self) -> tuple[tuple[int, str], ...]:
        """Number and error of the trials that failed."""
        return tuple((trial.number, trial.user_attrs[ERROR]) for trial in self.trials if ERROR in trial.user_attrs)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The families that trials or finalists have, in the order of the recipe."""
        space = self.spec.space
        names = [
            policy.label if len(space.rewards) == 1 else f"{policy.label} + {reward.label}"
            for policy in space.families
            for reward in space.rewards
        ]
        used = {point.family for point in self.points} | {finalist["family"] for finalist in self.finalists}
        return tuple(name for name in names if name in used)

    def colour(self, family: str) -> str:
        """The same in every picture."""
        return COLOURS[self.families.index(family) % len(COLOURS)]

    @property
    def finalists(self) -> list[dict[str, Any]]:
        """The finalists, the best first."""
        return list(self.document["best"])

    @property
    def reranked(self) -> list[dict[str, Any]]:
        """The shortlist, in the order of the re-ranking."""
        return list(self.document.get("reranked", []))

    @property
    def recommended(self) -> dict[str, Any] | None:
        """The finalist that is recommended; None if the baseline stays."""
        number = self.document["recommended"]["trial"]
        return next((each for each in self.finalists if each["trial"] == number), None)

    @property
    def main_finalist(self) -> dict[str, Any] | None:
        """The finalist that the page says most about: the recommended one, or else the best; None without finalists."""
        return self.recommended or next(iter(self.finalists), None)

    def hover(self, point: TrialPoint) -> str:
        """What is read when pointing at a trial, as plotly's HTML."""
        gains = [
            f"{measure.short} {measure.scale * gain:+.3g} {measure.difference_unit}"
            for measure, gain in zip(self.measures, point.gains.tolist(), strict=True)
        ]
        searched = [f"{each.name} = {each.value:.4g}" for each in searched_numbers(self.spec.space, point.trial.params)]
        broken = [f"breaks {name}" for name, missed in point.trial.constraints.items() if missed > 0]
        early = [] if point.complete else ["stopped early"]
        head = f"{point.family}, trial {point.trial.number}"
        lines = [head, *(gains if point.complete else gains[:1]), *searched, *broken, *early]
        return "<br>".join(label(line, 120) for line in lines)


def name_finalist(finalist: dict[str, Any]) -> str:
    """What the page calls a finalist."""
    return f"{finalist['family']}, trial {finalist['trial']}"
