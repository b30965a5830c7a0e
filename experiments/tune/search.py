"""The search: generations are asked for, live in the worlds side by side, and are told what they were worth."""

from collections.abc import Callable, Mapping
from copy import copy
from typing import TYPE_CHECKING

import numpy as np

from experiments.tune.errors import StudyFailedError
from experiments.tune.evaluator import Evaluator, Measured
from experiments.tune.objective import Goals
from experiments.tune.race import looks, losing
from experiments.tune.samplers import Proposer
from experiments.tune.space import Candidate, Params
from experiments.tune.spec import StudySpec
from experiments.tune.stage import beside, extended

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

Progress = Callable[[int, int], None]
"""Called with (trials finished, trials wanted)."""

GAINS, ERROR, FAMILY = "gains", "error", "family"
"""Attributes of a trial: its gain over the first baseline, world by world; why it failed; what tables call it."""


class Search:
    """Brings a study to so many trials; goes on where it was stopped, as if it had not been.

    Args:
        spec: the study.
        study: Optuna's, in its storage.
        proposer: makes samplers.
        evaluator: measures.
    """

    def __init__(self, spec: StudySpec, study: "Study", proposer: Proposer, evaluator: Evaluator) -> None:
        self._spec, self._study, self._proposer, self._evaluator = spec, study, proposer, evaluator
        self._goals, self._size = Goals.of(spec.recipe), spec.recipe.generation
        self._worlds = spec.worlds("search")
        racing = spec.recipe.race and len(self._goals.objectives) == 1
        self._looks = looks(len(self._worlds)) if racing else [len(self._worlds)]

    def run(self, trials: int, progress: Progress) -> None:
        """Whole generations until there are so many trials.

        Raises:
            StudyFailedError: the baselines' worlds fail, or every candidate of a generation does.
        """
        wanted = -(-trials // self._size) * self._size
        for first in range(0, wanted, self._size):
            known = self._study.get_trials(deepcopy=False)
            if (
                all(t.state.is_finished() for t in known[first : first + self._size])
                and len(known) >= first + self._size
            ):
                continue
            progress(first, wanted)
            self._generation(first, known)
        progress(wanted, wanted)

    def _generation(self, first: int, known: "list[FrozenTrial]") -> None:
        """Ask for a generation, or for what is missing of one that was begun; measure it; tell it."""
        asked = [self._asked(number, known) for number in range(first, first + self._size)]
        candidates = [self._spec.space.candidate(params) for _, params in asked]
        base, measured, seen = self._measured(candidates, first)
        for place, (trial, _) in enumerate(asked):
            past = known[trial.number] if trial.number < len(known) else None
            if past is None or not past.state.is_finished():
                there = {} if past is None else past.constraints
                self._tell(trial, candidates[place], base, measured.of_lanes([place]), int(seen[place]), there)

    def _asked(self, number: int, known: "list[FrozenTrial]") -> "tuple[Trial, Params]":
        """The trial of that number and its point: a new one, or one that was begun and never told."""
        from optuna import Trial  # noqa: PLC0415 - a slow import

        self._study.sampler = self._proposer.make(number)
        trial = Trial(self._study, known[number]._trial_id) if number < len(known) else self._study.ask()
        if number < len(known) and self._is_half_asked(known[number]):
            _begin_again(trial)
        if trial.number != number:
            raise StudyFailedError(
                f"trial {trial.number} came where {number} was expected: somebody else adds trials to this study"
            )
        return trial, self._spec.space.suggest(trial)

    def _is_half_asked(self, trial: "FrozenTrial") -> bool:
        """Whether the program was killed between two questions about one point."""
        from optuna.trial import FixedTrial  # noqa: PLC0415 - a slow import

        try:
            self._spec.space.suggest(FixedTrial(trial.params))
        except ValueError:  # an answer is missing
            return True
        return False

    def _measured(self, candidates: list[Candidate], first: int) -> tuple[Measured, Measured, np.ndarray]:
        """The baselines, the candidates, and in how many worlds each lived; the others are NaN for who was stopped."""
        going = np.arange(len(candidates))
        seen = np.zeros(len(candidates), dtype=np.int64)
        base, whole = self._pass(candidates, going, self._worlds[: self._looks[0]])
        cases = len(self._spec.cases())
        seen[:] = self._looks[0] * cases
        for look, until in zip(self._looks, self._looks[1:], strict=False):
            gains = np.array([self._goals.gains(whole, i, base) for i in going.tolist()])
            best = self._best(gains, whole, going, base, first, look)
            if best is not None:
                going = going[~losing(gains, best)]
            if not len(going):  # all are worse than the best of an earlier generation
                break
            more, part = self._pass(candidates, going, self._worlds[look:until])
            whole, base = extended(whole, _spread(part, going, len(candidates))), extended(base, more)
            seen[going] = until * cases
        return base, whole, seen

    def _pass(
        self, candidates: list[Candidate], going: np.ndarray, worlds: tuple[int, ...]
    ) -> tuple[Measured, Measured]:
        base, found = beside(self._evaluator, self._spec, [candidates[i] for i in going], worlds)
        if base.errors[0] is not None:
            raise StudyFailedError(f"the worlds of the first baseline fail: {base.errors[0]}")
        if len(going) and all(error is not None for error in found.errors):
            raise StudyFailedError(f"every candidate of a generation fails, the first with: {found.errors[0]}")
        return base, found

    def _best(
        self, gains: np.ndarray, measured: Measured, going: np.ndarray, base: Measured, first: int, look: int
    ) -> np.ndarray | None:
        """The gains of the best that keeps all limits, of this generation or one before; None where nobody does."""
        found: list[np.ndarray] = []
        for place, lane in enumerate(going):
            broken = self._goals.violations(measured, int(lane), base).values()
            if measured.errors[lane] is None and all(v <= 0 for v in broken):
                found.append(gains[place])
        for trial in self._study.get_trials(deepcopy=False)[:first]:
            past = trial.user_attrs.get(GAINS)
            if past and len(past) == len(self._worlds) and all(v <= 0 for v in trial.constraints.values()):
                found.append(np.array(past[:look], dtype=np.float64))
        whole = [row for row in found if len(row) == gains.shape[1] and np.isfinite(row).all()]
        return max(whole, key=lambda row: float(row.mean()), default=None)

    def _tell(
        self,
        trial: "Trial",
        candidate: Candidate,
        base: Measured,
        mine: Measured,
        seen: int,
        there: Mapping[str, float],
    ) -> None:
        """What a candidate was worth; `there` are the constraints that were told before the program was killed."""
        from optuna.trial import TrialState  # noqa: PLC0415 - a slow import

        trial.set_user_attr(FAMILY, candidate.family)
        error = mine.errors[0]
        values = self._goals.values(mine, 0, base)
        if error is None and not all(np.isfinite(value.mean) for value in values):
            error = f"{self._goals.objectives[0]} does not exist in any world"
        if error is not None:
            trial.set_user_attr(ERROR, error)
            self._study.tell(trial, state=TrialState.FAIL)
            return
        gains = self._goals.gains(mine, 0, base)
        trial.set_user_attr(GAINS, [float(g) for g in gains[np.isfinite(gains)]])
        for name, missed in self._goals.violations(mine, 0, base).items():
            if name not in there:
                trial.set_constraint(name, missed)
        if seen < len(self._worlds) * len(self._spec.cases()):
            trial.report(values[0].mean, int(seen))
            self._study.tell(trial, state=TrialState.PRUNED)
        else:
            self._study.tell(trial, [value.mean for value in values])


def _begin_again(trial: "Trial") -> None:
    """Ask for the whole point, and so the same one: the second number is drawn after the first, never instead of it."""
    blank = copy(trial._cached_frozen_trial)
    blank.params, blank.distributions = {}, {}
    trial._cached_frozen_trial = blank


def _spread(part: Measured, places: np.ndarray, count: int) -> Measured:
    """The lanes at their places among all; NaN for those that are not there."""
    values = {}
    for name, value in part.values.items():
        values[name] = np.full((count, *value.shape[1:]), np.nan)
        values[name][places] = value
    errors: list[str | None] = [None] * count
    for place, error in zip(places.tolist(), part.errors, strict=True):
        errors[place] = error
    return Measured(values, part.case, part.world, tuple(errors))
