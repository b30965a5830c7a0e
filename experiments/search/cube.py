"""Samplers on the unit cube: a Sobol sequence, and CMA-ES by generations."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution, IntDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState

from experiments.search.objective import violation
from experiments.search.space import Space
from sim.streams import stream

Point = Callable[[Study, int], np.ndarray]  #: the coordinates of a trial in the cube, float64 `[axes]`, by its number


class CubeSampler(BaseSampler):
    """Gives each trial the point of the cube that belongs to its number; choices are axes like numbers."""

    def __init__(self, space: Space, point: Point) -> None:
        self._space, self._point = space, point
        self._others = RandomSampler(seed=0)

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """All axes; those that do not apply to the trial's choices are not used."""
        return {axis.name: axis.distribution() for axis in self._space.axes}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """See `optuna.samplers.BaseSampler`."""
        place = self._point(study, trial.number)
        point = self._space.fill({axis.name: float(u) for axis, u in zip(self._space.axes, place, strict=True)})
        return {
            name: int(point[name]) if isinstance(kind, IntDistribution) else point[name]
            for name, kind in search_space.items()
            if name in point
        }

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Draw a number that is no axis of the space at random; a study has none, but Optuna's contract asks for it."""
        return self._others.sample_independent(study, trial, param_name, param_distribution)


def sobol(space: Space, seed: int) -> Point:
    """A scrambled Sobol sequence: any number of its first points fill the cube evenly (Owen 1998)."""
    from scipy.stats import qmc  # noqa: PLC0415 - a slow import that few studies need

    scramble = int(stream(seed, "tune", "sobol").integers(2**31))

    def point(study: Study, number: int) -> np.ndarray:
        points = qmc.Sobol(len(space.axes), scramble=True, rng=scramble)
        if number:  # scipy refuses to go forward by 0
            points.fast_forward(number)
        return np.asarray(points.random(1)[0])

    return point


class CmaEs:
    """CMA-ES by the generations of a study (Hansen 2016).

    Its state is computed again from the finished trials, never stored: Optuna's own CmaEsSampler pickles it into the
    storage. The space must have no choices.
    """

    def __init__(self, space: Space, seed: int, size: int) -> None:
        self._dimensions, self._seed, self._size = len(space.axes), seed, size
        self._optimizer: Any = None
        self._generation = -1
        self._points: list[np.ndarray] = []

    def __call__(self, study: Study, number: int) -> np.ndarray:
        """The coordinates of a trial."""
        generation, place = divmod(number, self._size)
        trials = study.get_trials(deepcopy=False) if generation != self._generation else []
        while self._generation < generation:
            if self._optimizer is None:
                self._optimizer = self._new()
            else:
                done = trials[self._generation * self._size : (self._generation + 1) * self._size]
                self._optimizer.tell(list(zip(self._points, _ranks(study, done), strict=True)))
            self._points = [self._optimizer.ask() for _ in range(self._size)]
            self._generation += 1
        return np.asarray(self._points[place][: self._dimensions])

    def _new(self) -> Any:
        from cmaes import CMA  # noqa: PLC0415 - only this sampler needs it

        width = max(2, self._dimensions)  # cmaes needs two dimensions; the second one may be unused
        return CMA(
            np.full(width, 0.5),
            0.3,
            bounds=np.tile([0.0, 1.0], (width, 1)),
            population_size=self._size,
            seed=int(stream(self._seed, "tune", "cma-es").integers(2**31)),
        )


def _ranks(study: Study, trials: Sequence[FrozenTrial]) -> list[float]:
    """Ranks, 0 for the best: feasible trials by value, then infeasible ones by violation, then failed ones."""
    sign = -1.0 if study.direction == StudyDirection.MAXIMIZE else 1.0

    def key(trial: FrozenTrial) -> tuple[int, float]:
        if trial.state not in (TrialState.COMPLETE, TrialState.PRUNED) or not trial.values:
            return 2, 0.0
        missed = violation(trial)
        return (1, missed) if missed > 0 else (0, sign * trial.values[0])

    order = sorted(range(len(trials)), key=lambda i: key(trials[i]))
    return [float(order.index(i)) for i in range(len(trials))]
