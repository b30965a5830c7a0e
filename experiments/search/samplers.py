"""Optuna's samplers by name, made anew for every trial, so that a study can stop and continue anywhere.

What a sampler proposes depends on the seed, the number of the trial and the trials that are there, and on nothing else.
(A sampler that stays alive has a random state that no storage keeps: a study that was continued would differ from one
that was not, and with random search even repeat its first points.)
"""

import warnings
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from optuna import samplers
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState

from experiments.search.objective import violation
from experiments.search.space import Space
from policies import InputError, nearest
from sim.streams import stream

SAMPLERS = {
    "auto": "tpe, whatever the space: the best for its cost below 1,000 trials, and it knows choices and constraints",
    "tpe": "tree-structured Parzen estimators; choices first, then all numbers that they ask for at once",
    "cma-es": "CMA-ES by generations; for one family without choices, and many cheap trials",
    "gp": "a Gaussian process; the fewest trials, but a second each; for slow worlds",
    "nsga2": "a genetic algorithm for several objectives; large cheap searches only",
    "nsga3": "the same with reference points, for three objectives",
    "qmc": "a scrambled Sobol sequence: even cover without learning, for maps of a space",
    "random": "uniform points: what every other one has to beat",
}
"""Names and what they are for."""

AUTO = "tpe"
Proposer = Callable[[Study, int], BaseSampler]  #: makes the sampler of the trial of a number


def proposer(name: str, space: Space, seed: int, size: int, objectives: int) -> Proposer:
    """The sampler of that name for a study with generations of `size` trials and so many objectives.

    Raises:
        InputError: there is no such sampler, or it cannot search this space or so many objectives.
    """
    if name not in SAMPLERS:
        raise InputError(f"there is no sampler {name!r}; {nearest(name, SAMPLERS)}", ("sampler",))
    name = AUTO if name == "auto" else name
    if name == "cma-es":
        return _propose_cma_es(space, seed, size, objectives)
    if name == "qmc":
        return _propose_sobol(space, seed)

    def make(study: Study, number: int) -> BaseSampler:
        drawn = int(stream(seed, "tune", name, number).integers(2**31))
        made = _sampler(name, drawn, size)
        if not space.choices or name not in ("tpe", "gp"):
            return made
        return ByChoice(made, made if name == "tpe" else _sampler(name, drawn, size), space)

    return make


def _sampler(name: str, seed: int, size: int) -> BaseSampler:
    with warnings.catch_warnings():  # Optuna calls multivariate and constant_liar experimental
        warnings.simplefilter("ignore")
        if name == "tpe":
            return samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True)
        if name == "gp":
            return samplers.GPSampler(seed=seed, warn_independent_sampling=False)
        if name == "nsga2":
            return samplers.NSGAIISampler(seed=seed, population_size=size)
        if name == "nsga3":
            return samplers.NSGAIIISampler(seed=seed, population_size=size)
        return samplers.RandomSampler(seed=seed)


def _propose_cma_es(space: Space, seed: int, size: int, objectives: int) -> Proposer:
    if space.choices:
        raise InputError(
            "cma-es searches numbers only, but there is a choice of "
            f"{', '.join(choice.name for choice in space.choices)}; leave one of each, or take tpe",
            ("sampler",),
        )
    if objectives > 1:
        raise InputError("cma-es knows one objective; take tpe, nsga2 or nsga3 for several", ("sampler",))
    if size < 4:
        raise InputError(f"cma-es learns from generations of at least 4 trials, not of {size}", ("generation",))
    optimizer = CmaEs(len(space.axes), seed, size)
    return lambda study, number: _fix(space, optimizer.point(study, number))


def _propose_sobol(space: Space, seed: int) -> Proposer:
    """A scrambled Sobol sequence: any number of its first points fill the cube evenly (Owen 1998).

    Optuna's own sampler of the sequence knows no choices, and keeps the place in the storage.
    """
    from scipy.stats import qmc  # noqa: PLC0415 - a slow import that few studies need

    scramble = int(stream(seed, "tune", "sobol").integers(2**31))

    def make(study: Study, number: int) -> BaseSampler:
        points = qmc.Sobol(len(space.axes), scramble=True, rng=scramble)
        if number:  # scipy refuses to go forward by 0
            points.fast_forward(number)
        return _fix(space, points.random(1)[0].tolist())

    return make


def _fix(space: Space, place: list[float]) -> BaseSampler:
    """The sampler that always gives the point at this place of the cube; choices are axes like numbers."""
    units = {axis.name: unit for axis, unit in zip(space.axes, place, strict=True)}
    with warnings.catch_warnings():  # Optuna calls it experimental
        warnings.simplefilter("ignore")
        return samplers.PartialFixedSampler(space.fill(units), samplers.RandomSampler(seed=0))


class CmaEs:
    """CMA-ES by the generations of a study (Hansen 2016).

    Its state is computed again from the finished trials, never stored: Optuna's own CmaEsSampler pickles it into the
    storage.
    """

    def __init__(self, dimensions: int, seed: int, size: int) -> None:
        from cmaes import CMA  # noqa: PLC0415 - only this sampler needs it

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


class ByChoice(BaseSampler):
    """Draws the choices first, and then all numbers of what was chosen together, from the trials with the same numbers.

    Optuna's samplers by themselves would draw the numbers of every family for every trial, or each number alone.

    Args:
        choices: draws the choices, and numbers one by one while there are few trials; made for one trial.
        numbers: draws the numbers together. It is the same sampler if that ignores trials without these numbers, as TPE
            does; a Gaussian process does not, and it caches what it has fitted to the choices.
    """

    def __init__(self, choices: BaseSampler, numbers: BaseSampler, space: Space) -> None:
        self._choices, self._together, self._space = choices, numbers, space
        self._numbers: dict[str, Any] | None = None

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """The choices."""
        return {choice.name: choice.distribution() for choice in self._space.choices}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """See `optuna.samplers.BaseSampler`."""
        return self._choices.sample_relative(self._narrowed(study, search_space), trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Draw all numbers when the first one is asked for."""
        if self._numbers is None and all(choice.name in trial.params for choice in self._space.choices):
            asked = {axis.name: axis.distribution() for axis in self._space.dimensions_of(trial.params)}
            several = {name: each for name, each in asked.items() if not each.single()}
            self._numbers = self._together.sample_relative(self._narrowed(study, several), trial, several)
        if self._numbers and param_name in self._numbers:
            return self._numbers[param_name]
        return self._choices.sample_independent(study, trial, param_name, param_distribution)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """See `optuna.samplers.BaseSampler`."""
        self._choices.before_trial(study, trial)

    def _narrowed(self, study: Study, names: Collection[str]) -> Study:
        """The study as a sampler may see it that does not ignore trials without these parameters."""
        return study if self._together is self._choices else _Having(study, names)  # type: ignore[return-value]


class _Having:
    """A study that hides the finished trials that lack some of these parameters."""

    def __init__(self, study: Study, names: Collection[str]) -> None:
        self._study, self._names = study, set(names)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._study, name)

    def _get_trials(self, *arguments: Any, **options: Any) -> list[FrozenTrial]:
        trials = self._study._get_trials(*arguments, **options)
        return [each for each in trials if not each.state.is_finished() or self._names <= each.params.keys()]
