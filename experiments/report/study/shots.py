"""The trials of a search as points of pictures, all on the same footing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from experiments.search.objective import GAINS
from experiments.search.space import Space

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


def shots(space: Space, signs: np.ndarray, trials: "Sequence[FrozenTrial]") -> tuple[Shot, ...]:
    """Those that have a value, by their numbers.

    A trial that was stopped early lived in the first of the search worlds only, which may be kinder or harsher than
    the others: what it gained there says nothing beside the gains of others in all of them, but its difference to the
    best one in the same worlds does.

    Args:
        space: of the study.
        signs: 1 or -1 by objective: what makes its values gains, float64 `[objectives]`.
        trials: all of the study.
    """
    found = [_shot(space, signs, trial) for trial in trials if trial.values and trial.state.is_finished()]
    whole = [shot for shot in found if shot.whole]
    best = max(whole, key=lambda shot: (shot.kept, float(shot.gains[0])), default=None)
    return tuple(shot if shot.whole or best is None else _beside(shot, best) for shot in found)


def _shot(space: Space, signs: np.ndarray, trial: "FrozenTrial") -> Shot:
    from optuna.trial import TrialState  # noqa: PLC0415 - a slow import

    values = np.resize(np.array(trial.values, dtype=np.float64), len(signs))
    kept = all(missed <= 0 for missed in trial.constraints.values())
    return Shot(trial, space.label(trial.params), signs * values, kept, trial.state == TrialState.COMPLETE)


def _beside(shot: Shot, best: Shot) -> Shot:
    mine, others = (np.array(each.trial.user_attrs.get(GAINS, ()), dtype=np.float64) for each in (shot, best))
    if not 0 < len(mine) <= len(others):
        return shot
    return replace(shot, gains=best.gains + float(np.mean(mine - others[: len(mine)])))
