"""The shortlist: which trials of a search are measured again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from experiments.estimate import Estimate
from experiments.recipe.resolved import lane_plain
from experiments.tune.objective import Goals, sign
from experiments.tune.search import GAINS
from experiments.tune.space import Candidate, Space
from experiments.tune.units import violation

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class Entry:
    """A candidate on the list.

    Attributes:
        candidate: the point of the space as a lane.
        trial: its number in the study.
        complexity: how many numbers were searched for it.
        search: its gain in the search worlds, without an interval: the best of many is better than it is.
    """

    candidate: Candidate
    trial: int
    complexity: int
    search: Estimate


def shortlist(space: Space, goals: Goals, trials: "Sequence[FrozenTrial]", count: int) -> list[Entry]:
    """The best trials, and the best of each family, each policy once, best first.

    Args:
        space: of the study.
        goals: what is asked for.
        trials: all of the study; those that did not live in all search worlds count only where there are limits, and
            they keep them: who stopped them may have kept the limits by luck.
        count: how many of the best.
    """
    found: dict[str, Entry] = {}
    best: set[str] = set()
    for trial in _ordered(goals, trials):
        family = space.label(trial.params)
        if len(found) < count or family not in best:
            candidate = space.candidate(trial.params)
            found.setdefault(identity(candidate), _entry(space, goals, trial, candidate))
            best.add(family)
    return list(found.values())


def identity(candidate: Candidate) -> str:
    """Text that is the same for points of the space that come to the same lane."""
    return json.dumps([lane_plain(replace(candidate.lane, name="")), candidate.variant], sort_keys=True)


def _entry(space: Space, goals: Goals, trial: "FrozenTrial", candidate: Candidate) -> Entry:
    gain = sign(goals.objectives[0]) * trial.values[0]
    worlds = len(trial.user_attrs.get(GAINS, ()))
    return Entry(candidate, trial.number, len(space.asked(trial.params)), Estimate(gain, np.nan, np.nan, worlds))


def _ordered(goals: Goals, trials: "Sequence[FrozenTrial]") -> "list[FrozenTrial]":
    """Who keeps all limits first, of those who was not stopped, and the Pareto front; then by the first objective."""
    from optuna.trial import TrialState  # noqa: PLC0415 - a slow import

    def counts(trial: "FrozenTrial") -> bool:
        stopped = trial.state == TrialState.PRUNED and bool(trial.values)
        return trial.state == TrialState.COMPLETE or (stopped and bool(goals.limits) and violation(trial) <= 0)

    whole = [trial for trial in trials if counts(trial)]
    if not whole:
        return []
    stopped = np.array([trial.state == TrialState.PRUNED for trial in whole])
    signs = np.array([sign(name) for name in goals.objectives])
    values = np.array([trial.values for trial in whole]) * signs
    missed = np.array([violation(trial) for trial in whole])
    behind = np.ones(len(whole), dtype=bool)
    kept = np.flatnonzero(missed <= 0)
    behind[kept] = ~front(values[kept])
    order = np.lexsort((-values[:, 0], behind, stopped, missed))
    return [whole[i] for i in order]


def front(values: np.ndarray) -> np.ndarray:
    """Points that no other one is at least as good as in everything and better in something.

    Args:
        values: float64 `[points, objectives]`, better high.

    Returns:
        bool `[points]`.
    """
    out = np.zeros(len(values), dtype=bool)
    left = np.lexsort(-values.T[::-1])  # nobody is beaten by who comes later
    while len(left):
        one = values[left[0]]
        same = (values[left] == one).all(axis=1)
        out[left[same]] = True
        left = left[~(values[left] <= one).all(axis=1)]
    return out
