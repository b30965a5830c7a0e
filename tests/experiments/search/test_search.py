"""Generations: which candidates are stopped, and what Optuna is told."""

from collections.abc import Sequence
from pathlib import Path

import optuna
from noisy_study import Noisy, spec
from optuna.trial import TrialState

from experiments.run.evaluator import Group, Measured
from experiments.search.objective import GAINS
from experiments.search.samplers import proposer
from experiments.search.search import Search


class Worse(Noisy):
    """Candidates are worth less in every new set of worlds than in the one before; the baselines nothing."""

    def measure(self, groups: Sequence[Group], worlds: Sequence[int]) -> list[Measured]:
        """See `Evaluator.measure`."""
        self.level = getattr(self, "level", 0.0) - 10.0
        return super().measure(groups, worlds)


def test_a_generation_that_is_stopped_as_a_whole(tmp_path: Path) -> None:
    """Where all are surely worse than the best of an earlier generation all are stopped, and the study goes on."""
    study_spec = spec(tmp_path, "search: 4", "search: 12", trials=12)
    evaluator = Worse(lambda lane, case: 0.0)
    evaluator.worth = lambda lane, case: 0.0 if lane.policy in known else evaluator.level
    known = [lane.policy for lane in study_spec.baselines]
    study = optuna.create_study(direction="maximize")
    search = Search(study_spec, study, proposer("random", study_spec.space, 0, 4, 1), evaluator)
    search.run(12, lambda done, wanted: None)
    states = [trial.state for trial in study.trials]
    assert TrialState.RUNNING not in states
    assert states[4:] == [TrialState.PRUNED] * 8
    assert {len(trial.user_attrs[GAINS]) for trial in study.trials[4:]} == {6}
