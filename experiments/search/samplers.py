"""Optuna's samplers by name, made anew for every trial, so that a study can stop and continue anywhere.

What a sampler proposes depends on the seed, the number of the trial and the trials that are there, and on nothing else.
(A sampler that stays alive has a random state that no storage keeps: a study that was continued would differ from one
that was not, and with random search even repeat its first points.)
"""

import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from optuna import samplers
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial

from experiments.search.cube import CmaEs, CubeSampler, sobol
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


@dataclass(frozen=True)
class Proposer:
    """Makes the sampler of each trial."""

    name: str
    make: Callable[[int], BaseSampler]  #: from the number of the trial


def proposer(name: str, space: Space, seed: int, size: int, objectives: int) -> Proposer:
    """The sampler of that name for a study with generations of `size` trials and so many objectives.

    Raises:
        InputError: there is no such sampler, or it cannot search this space or so many objectives.
    """
    if name not in SAMPLERS:
        raise InputError(f"there is no sampler {name!r}; {nearest(name, SAMPLERS)}", ("sampler",))
    name = "tpe" if name == "auto" else name
    if name == "cma-es":
        _check_cma_es(space, size, objectives)
    if name in ("cma-es", "qmc"):
        cube = CubeSampler(space, sobol(space, seed) if name == "qmc" else CmaEs(space, seed, size))
        return Proposer(name, lambda number: cube)

    def make(number: int) -> BaseSampler:
        drawn = int(stream(seed, "tune", name, number).integers(2**31))
        made = _sampler(name, drawn, size)
        if name == "tpe" and space.choices:
            return ByChoice(made, made, space)
        if name == "gp" and space.choices:
            return ByChoice(made, _sampler(name, drawn, size), space)
        return made

    return Proposer(name, make)


def _check_cma_es(space: Space, size: int, objectives: int) -> None:
    if space.choices:
        names = ", ".join(choice.name for choice in space.choices)
        raise InputError(
            f"cma-es searches numbers only, but there is a choice of {names}; leave one of each, or take tpe",
            ("sampler",),
        )
    if objectives > 1:
        raise InputError("cma-es knows one objective; take tpe, nsga2 or nsga3 for several", ("sampler",))
    if size < 4:
        raise InputError(f"cma-es learns from generations of at least 4 trials, not of {size}", ("generation",))


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
        return self._choices.sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Draw all numbers when the first one is asked for."""
        if self._numbers is None and all(choice.name in trial.params for choice in self._space.choices):
            asked = {axis.name: axis.distribution() for axis in self._space.asked(trial.params)}
            several = {name: each for name, each in asked.items() if not each.single()}
            mine = study if self._together is self._choices else _SameNumbers(study, several.keys())
            self._numbers = self._together.sample_relative(mine, trial, several)  # type: ignore[arg-type]
        if self._numbers and param_name in self._numbers:
            return self._numbers[param_name]
        return self._choices.sample_independent(study, trial, param_name, param_distribution)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """See `optuna.samplers.BaseSampler`."""
        self._choices.before_trial(study, trial)


class _SameNumbers:
    """A study that hides the finished trials that lack some of these numbers."""

    def __init__(self, study: Study, names: Collection[str]) -> None:
        self._study, self._names = study, set(names)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._study, name)

    def _get_trials(self, *arguments: Any, **options: Any) -> list[FrozenTrial]:
        trials = self._study._get_trials(*arguments, **options)
        return [each for each in trials if not each.state.is_finished() or self._names <= each.params.keys()]
