"""The shortlist: the trials of a search that are measured again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from optuna.study._multi_objective import _is_pareto_front
from optuna.trial import FrozenTrial, TrialState

from experiments.recipe.resolved import lane_plain
from experiments.results.estimate import Estimate
from experiments.search.objective import GAINS, sign, violation
from experiments.search.space import Candidate
from experiments.search.spec import StudySpec


@dataclass(frozen=True)
class Entry:
    """A candidate on the shortlist."""

    candidate: Candidate = field(repr=False)
    trial: int  #: its number in the study
    complexity: int  #: how many numbers were searched for it
    search: Estimate  #: its gain in the search worlds, without an interval: the best of many is better than it is


def shortlist(spec: StudySpec, trials: Sequence[FrozenTrial]) -> list[Entry]:
    """The `rerank` best trials and the best of each family, best first; trials of the same lane count once.

    The order: trials that keep all limits, the others by their violation; then whole before stopped ones; then the
    Pareto front; then by the first objective. A trial that was stopped early counts only if there are limits and it
    keeps them: the trial that it lost against may have kept them by luck.
    """
    limits, signs = bool(spec.recipe.constraints), np.array([sign(name) for name in spec.recipe.objectives])
    counted = [
        trial
        for trial in trials
        if trial.state == TrialState.COMPLETE
        or (trial.state == TrialState.PRUNED and trial.values and limits and violation(trial) <= 0)
    ]
    stopped = np.array([trial.state == TrialState.PRUNED for trial in counted])
    gains = np.array([trial.values for trial in counted]).reshape(len(counted), len(signs)) * signs
    missed = np.array([violation(trial) for trial in counted])
    behind = np.ones(len(counted), dtype=bool)
    behind[missed <= 0] = ~front(gains[missed <= 0])
    entries: dict[str, Entry] = {}
    families: set[str] = set()
    for place in np.lexsort((-gains[:, 0], behind, stopped, missed)).tolist():
        trial = counted[place]
        family = spec.space.label(trial.params)
        if len(entries) < spec.recipe.rerank or family not in families:
            candidate = spec.space.candidate(trial.params)
            same_lane = json.dumps([lane_plain(replace(candidate.lane, name="")), candidate.variant], sort_keys=True)
            gain = Estimate(float(gains[place, 0]), np.nan, np.nan, len(trial.user_attrs.get(GAINS, ())))
            complexity = len(spec.space.dimensions_of(trial.params))
            entries.setdefault(same_lane, Entry(candidate, trial.number, complexity, gain))
            families.add(family)
    return list(entries.values())


def front(values: np.ndarray) -> np.ndarray:
    """The Pareto front: points that no other point dominates (as good in every objective, and better in one).

    Args:
        values: float64 `[points, objectives]`, better high.

    Returns:
        bool `[points]`.
    """
    if not len(values):  # Optuna's function expects a point
        return np.zeros(0, dtype=bool)
    return np.asarray(_is_pareto_front(-values, assume_unique_lexsorted=False))
