"""The search: propose a generation of trials, race it over the worlds, and tell Optuna the results."""

from collections.abc import Mapping
from copy import copy

import numpy as np
from optuna import Study, Trial
from optuna.trial import FixedTrial, FrozenTrial, TrialState

from experiments.run.evaluator import Evaluator
from experiments.run.experiment import Progress
from experiments.search import StudyFailedError
from experiments.search.objective import ERROR, FAMILY, GAINS, Joint
from experiments.search.race import run_race
from experiments.search.samplers import Proposer
from experiments.search.space import Params
from experiments.search.spec import StudySpec
from policies import PolicyError


class Search:
    """Runs the trials of a study; after a stop it continues with the same trials as without one."""

    def __init__(self, spec: StudySpec, study: Study, proposer: Proposer, evaluator: Evaluator) -> None:
        self._spec, self._study, self._proposer, self._evaluator = spec, study, proposer, evaluator
        self._size = spec.recipe.generation

    def run(self, trials: int, progress: Progress) -> None:
        """Run whole generations until there are so many trials; `progress` is told how many are finished."""
        wanted = -(-trials // self._size) * self._size
        for first in range(0, wanted, self._size):
            known = self._study.get_trials(deepcopy=False)
            mine = known[first : first + self._size]
            if len(mine) < self._size or not all(trial.state.is_finished() for trial in mine):
                progress(first, wanted)
                self._run_generation(first, known)
        progress(wanted, wanted)

    def _run_generation(self, first: int, known: list[FrozenTrial]) -> None:
        """Propose, measure and tell a generation, or what is missing of an interrupted one."""
        proposed = [self._propose(number, known) for number in range(first, first + self._size)]
        trials, candidates = [], []
        for trial, params in proposed:
            past = known[trial.number] if trial.number < len(known) else None
            new = past is None or not past.state.is_finished()
            if new:
                trial.set_user_attr(FAMILY, self._spec.space.label(params))
            try:
                candidates.append(self._spec.space.candidate(params))
                trials.append((trial, new, past.constraints if past else {}))
            except PolicyError as error:  # between the ends of its ranges a policy may break a law
                refused = str(error)
                if new:
                    self._fail(trial, refused)
        if not candidates:
            raise StudyFailedError(f"every candidate of a generation is refused, the last: {refused}")
        joint, lengths = run_race(self._spec, self._evaluator, candidates, known[:first])
        for place, (trial, new, told) in enumerate(trials):
            if new:
                self._tell(trial, joint, place, int(lengths[place]), told)

    def _propose(self, number: int, known: list[FrozenTrial]) -> tuple[Trial, Params]:
        """The trial of that number and its point: a new trial, or one that was asked for and never told."""
        self._study.sampler = self._proposer(self._study, number)
        trial = Trial(self._study, known[number]._trial_id) if number < len(known) else self._study.ask()
        if trial.number != number:
            raise StudyFailedError(
                f"trial {trial.number} came where {number} was expected: another program adds trials to this study"
            )
        if number < len(known):
            try:
                self._spec.space.suggest(FixedTrial(known[number].params))
            except ValueError:  # a number is missing: the program was killed between two numbers of the point
                # forget the others, so that the sampler draws the same whole point again
                blank = copy(trial._cached_frozen_trial)
                blank.params, blank.distributions = {}, {}
                trial._cached_frozen_trial = blank
        return trial, self._spec.space.suggest(trial)

    def _tell(self, trial: Trial, joint: Joint, lane: int, length: int, told: Mapping[str, float]) -> None:
        """Tell Optuna a candidate's results; `told` are the constraints it has from before a stop."""
        error, values = joint.error(lane), joint.values(lane)
        if error is None and not np.isfinite(values).all():
            error = f"{joint.recipe.objectives[0]} does not exist in any world"
        if error is not None:
            self._fail(trial, error)
            return
        gains = joint.least_gains(lane)
        trial.set_user_attr(GAINS, gains[np.isfinite(gains)].tolist())
        for name, missed in joint.violations(lane).items():
            if name not in told:
                trial.set_constraint(name, missed)
        if length < self._spec.recipe.worlds.search:
            trial.report(values[0], length)
            self._study.tell(trial, state=TrialState.PRUNED)
        else:
            self._study.tell(trial, values)

    def _fail(self, trial: Trial, error: str) -> None:
        trial.set_user_attr(ERROR, error)
        self._study.tell(trial, state=TrialState.FAIL)
