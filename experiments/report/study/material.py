"""Everything that the page of a study says comes from here: the study, and its trials all on the same footing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.report.figure import COLOURS
from experiments.report.study.measure import Measure, measure, numbers
from experiments.report.text import label
from experiments.search.objective import ERROR, GAINS
from experiments.search.space import Space
from experiments.search.spec import StudySpec

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class Shot:
    """A trial as a point of a picture.

    Attributes:
        trial: the trial.
        family: what tables call its family.
        gains: over the first baseline, objective by objective, float64 `[objectives]`; positive is better. Of a trial
            that was stopped early: the best one's, and its difference to that in the worlds that both lived in.
        kept: whether it kept all limits.
        whole: whether it lived in all search worlds; the others were stopped early.
    """

    trial: "FrozenTrial"
    family: str
    gains: np.ndarray
    kept: bool
    whole: bool


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
        """The trials that have a value, by their numbers."""
        return _shots(self.spec.space, np.array([each.better for each in self.measures]), self.trials)

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
        used = {shot.family for shot in self.shots} | {each["family"] for each in self.best}
        return tuple(name for name in names if name in used)

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
        """The finalist that the page says most about: the recommended one, or else the best; None without finalists."""
        return self.winner or next(iter(self.best), None)

    def hover(self, shot: Shot) -> str:
        """What is read at a trial, as plotly's HTML."""
        gains = [
            f"{measure.short} {measure.scale * gain:+.3g} {measure.difference_unit}"
            for measure, gain in zip(self.measures, shot.gains.tolist(), strict=True)
        ]
        given = [f"{each.name} = {each.value:.4g}" for each in numbers(self.spec.space, shot.trial.params)]
        broken = [f"breaks {name}" for name, missed in shot.trial.constraints.items() if missed > 0]
        early = [] if shot.whole else ["stopped early"]
        head = f"{shot.family}, trial {shot.trial.number}"
        lines = [head, *(gains if shot.whole else gains[:1]), *given, *broken, *early]
        return "<br>".join(label(line, 120) for line in lines)


def name_of(finalist: dict[str, Any]) -> str:
    """What the page calls a finalist."""
    return f"{finalist['family']}, trial {finalist['trial']}"


def _shots(space: Space, signs: np.ndarray, trials: "Sequence[FrozenTrial]") -> tuple[Shot, ...]:
    """The trials that have a value, by their numbers.

    A trial that was stopped early lived in the first of the search worlds only, which may be kinder or harsher than
    the others: what it gained there says nothing beside the gains of others in all of them, but its difference to the
    best one in the same worlds does.

    Args:
        space: of the study.
        signs: 1 or -1 by objective: what makes its values gains, float64 `[objectives]`.
        trials: all of the study.
    """
    shots = [_shot(space, signs, trial) for trial in trials if trial.values and trial.state.is_finished()]
    whole = [shot for shot in shots if shot.whole]
    best = max(whole, key=lambda shot: (shot.kept, float(shot.gains[0])), default=None)
    return tuple(shot if shot.whole or best is None else _moved_to_best(shot, best) for shot in shots)


def _shot(space: Space, signs: np.ndarray, trial: "FrozenTrial") -> Shot:
    from optuna.trial import TrialState  # noqa: PLC0415 - a slow import

    values = np.resize(np.array(trial.values, dtype=np.float64), len(signs))
    kept = all(missed <= 0 for missed in trial.constraints.values())
    return Shot(trial, space.label(trial.params), signs * values, kept, trial.state == TrialState.COMPLETE)


def _moved_to_best(shot: Shot, best: Shot) -> Shot:
    mine, others = (np.array(each.trial.user_attrs.get(GAINS, ()), dtype=np.float64) for each in (shot, best))
    if not 0 < len(mine) <= len(others):
        return shot
    return replace(shot, gains=best.gains + float(np.mean(mine - others[: len(mine)])))
