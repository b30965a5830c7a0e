"""Generations: which candidates are stopped, and what Optuna is told."""

from collections.abc import Sequence
from pathlib import Path

import optuna
from noisy_study import Noisy, spec
from optuna.trial import TrialState

from experiments.run.evaluator import Group, Measured
from experiments.search.objective import ERROR, GAINS
from experiments.search.samplers import proposer
from experiments.search.search import Search
from experiments.search.sensitivity import neighbours


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


def test_a_candidate_that_breaks_a_law_is_no_candidate(tmp_path: Path) -> None:
    """A policy that rises with age within its ranges, though not at their ends: such a trial fails, and says why."""
    (tmp_path / "bump.py").write_text(
        "from policies import Parameter, Policy\n\n\nclass Bump(Policy):\n    'Rises in the middle.'\n\n"
        "    formula = 'a bump'\n    x = Parameter('place', 'fraction', 0.0, 1.0, 0.0, (0.0, 1.0))\n\n"
        "    def curve(self, age):\n        return 0.001 + (min(age, 1e4) * 1e-8 if 0.1 < self.x < 0.45 else 0.0)\n",
        encoding="utf-8",
    )
    study_spec = spec(tmp_path, "[fixed, linear, half-life]", "[bump.py]", trials=16)
    seen = []
    study = optuna.create_study(direction="maximize")
    evaluator = Noisy(lambda lane, case: seen.append(lane.policy) or 0.0)
    search = Search(study_spec, study, proposer("random", study_spec.space, 0, 4, 1), evaluator)
    search.run(16, lambda done, wanted: None)
    states = {trial.number: trial.state for trial in study.trials}
    bad = [trial.number for trial in study.trials if 0.1 < trial.params["bump.x"] < 0.45]
    assert 0 < len(bad) < 16
    assert {number for number, state in states.items() if state == TrialState.FAIL} == set(bad)
    assert all("epsilon rises from 0.001 at age 0" in study.trials[number].user_attrs[ERROR] for number in bad)
    assert all(not 0.1 < policy.values["x"] < 0.45 for policy in seen if policy.name() == "bump")
    kept = next(trial.params for trial in study.trials if 0.45 <= trial.params["bump.x"] < 0.59)
    (moved,) = neighbours(study_spec.space, study_spec.space.candidate(kept))
    assert moved[1] > kept["bump.x"]
