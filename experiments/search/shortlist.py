"""The shortlist: the trials of a search that are measured again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from optuna.trial import FrozenTrial, TrialState

from experiments.recipe.resolved import lane_plain
from experiments.results.estimate import Estimate
from experiments.search.objective import GAINS, Goals, sign, violation
from experiments.search.space import Candidate, Space


@dataclass(frozen=True)
class Entry:
    """A candidate on the shortlist."""

    candidate: Candidate
    trial: int  #: its number in the study
    complexity: int  #: how many numbers were searched for it
    search: Estimate  #: its gain in the search worlds, without an interval: the best of many is better than it is


def shortlist(space: Space, goals: Goals, trials: Sequence[FrozenTrial], count: int) -> list[Entry]:
    """The `count` best trials and the best of each family, best first; trials of the same lane count once.

    A trial that was stopped early counts only if there are limits and it keeps them: the trial that it lost against may
    have kept them by luck.
    """
    entries: dict[str, Entry] = {}
    families: set[str] = set()
    for trial in _ordered(goals, trials):
        family = space.label(trial.params)
        if len(entries) < count or family not in families:
            candidate = space.candidate(trial.params)
            same_lane = json.dumps([lane_plain(replace(candidate.lane, name="")), candidate.variant], sort_keys=True)
            gain = Estimate(
                sign(goals.objectives[0]) * trial.values[0], np.nan, np.nan, len(trial.user_attrs.get(GAINS, ()))
            )
            entries.setdefault(same_lane, Entry(candidate, trial.number, len(space.asked(trial.params)), gain))
            families.add(family)
    return list(entries.values())


def _ordered(goals: Goals, trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    """Sort trials: by violation, then whole before stopped ones, then the Pareto front, then by the first objective."""

    def counts(trial: FrozenTrial) -> bool:
        stopped = trial.state == TrialState.PRUNED and bool(trial.values)
        return trial.state == TrialState.COMPLETE or (stopped and bool(goals.limits) and violation(trial) <= 0)

    counted = [trial for trial in trials if counts(trial)]
    if not counted:
        return []
    stopped = np.array([trial.state == TrialState.PRUNED for trial in counted])
    values = np.array([trial.values for trial in counted]) * np.array([sign(name) for name in goals.objectives])
    missed = np.array([violation(trial) for trial in counted])
    behind = np.ones(len(counted), dtype=bool)
    kept = np.flatnonzero(missed <= 0)
    behind[kept] = ~front(values[kept])
    order = np.lexsort((-values[:, 0], behind, stopped, missed))
    return [counted[i] for i in order]


def front(values: np.ndarray) -> np.ndarray:
    """The Pareto front: points that no other point dominates (as good in every objective, and better in one).

    Args:
        values: float64 `[points, objectives]`, better high.

    Returns:
        bool `[points]`.
    """
    best = np.zeros(len(values), dtype=bool)
    left = np.lexsort(-values.T[::-1])  # sorted, best first: no point is dominated by a later one
    while len(left):
        one = values[left[0]]
        best[left[(values[left] == one).all(axis=1)]] = True
        left = left[~(values[left] <= one).all(axis=1)]
    return best
