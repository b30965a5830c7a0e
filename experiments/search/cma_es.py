"""CMA-ES on the unit cube, by the generations of a study."""

import numpy as np
from cmaes import CMA
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState

from experiments.search.objective import violation
from sim.streams import stream


class CmaEs:
    """CMA-ES by the generations of a study (Hansen 2016).

    Its state is computed again from the finished trials, never stored: Optuna's own CmaEsSampler pickles it into the
    storage.
    """

    def __init__(self, dimensions: int, seed: int, size: int) -> None:
        self._dimensions, self._size = dimensions, size
        width = max(2, dimensions)  # cmaes needs two dimensions; the second one may be unused
        self._optimizer = CMA(
            np.full(width, 0.5),
            0.3,
            bounds=np.tile([0.0, 1.0], (width, 1)),
            population_size=size,
            seed=int(stream(seed, "tune", "cma-es").integers(2**31)),
        )
        self._generation = -1
        self._points: list[np.ndarray] = []

    def point(self, study: Study, number: int) -> list[float]:
        """The coordinates of a trial, by its number."""
        generation, place = divmod(number, self._size)
        trials = study.get_trials(deepcopy=False) if generation != self._generation else []
        while self._generation < generation:
            if self._points:
                done = trials[self._generation * self._size : (self._generation + 1) * self._size]
                order = sorted(range(len(done)), key=lambda i: _badness(study, done[i]))
                self._optimizer.tell([(self._points[i], float(rank)) for rank, i in enumerate(order)])
            self._points = [self._optimizer.ask() for _ in range(self._size)]
            self._generation += 1
        return list(self._points[place][: self._dimensions].tolist())


def _badness(study: Study, trial: FrozenTrial) -> tuple[int, float]:
    """Sorts feasible trials by value, best first, then infeasible ones by violation, then failed ones."""
    if trial.state not in (TrialState.COMPLETE, TrialState.PRUNED) or not trial.values:
        return 2, 0.0
    missed = violation(trial)
    sign = -1.0 if study.direction == StudyDirection.MAXIMIZE else 1.0
    return (1, missed) if missed > 0 else (0, sign * trial.values[0])
