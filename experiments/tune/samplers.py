"""Who proposes: Optuna's samplers by name, made anew for every trial, so that a study can stop and go on anywhere.

What a sampler proposes depends on the seed, the number of the trial, and the trials that are there; nothing else is
remembered. (A sampler that lives on has its random state, which no storage keeps: a study that was continued would
differ from one that was not, and with random search even repeat its first points.)
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.tune.space import Space
from policies import InputError, nearest
from sim.streams import stream

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

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

RECOMMENDED = ("tpe", "cma-es", "gp")
"""Those that a search for an optimum should use."""


@dataclass(frozen=True)
class Proposer:
    """Makes the sampler of each trial.

    Attributes:
        name: of the sampler.
        make: gives it for the number of a trial.
    """

    name: str
    make: Callable[[int], "BaseSampler"]


def proposer(name: str, space: Space, seed: int, size: int, objectives: int) -> Proposer:
    """The sampler of that name for a study.

    Args:
        name: one of `SAMPLERS`.
        space: what is searched.
        seed: of the study.
        size: trials of a generation.
        objectives: how many there are.

    Raises:
        InputError: there is no such sampler, or it cannot search this space or so many objectives.
    """
    if name not in SAMPLERS:
        raise InputError(f"there is no sampler {name!r}; {nearest(name, SAMPLERS)}", ("sampler",))
    name = "tpe" if name == "auto" else name
    if name == "cma-es":
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
    return Proposer(name, _maker(name, space, seed, size))


def _maker(name: str, space: Space, seed: int, size: int) -> Callable[[int], "BaseSampler"]:
    from optuna import samplers  # noqa: PLC0415 - a slow import

    from experiments.tune.by_choice import ByChoice  # noqa: PLC0415 - imports optuna
    from experiments.tune.units import CmaEs, CubeSampler, sobol  # noqa: PLC0415 - imports optuna

    def of(number: int) -> int:
        return int(stream(seed, "tune", name, number).integers(2**31))

    if name in ("qmc", "cma-es"):
        always = CubeSampler(space, sobol(space, seed) if name == "qmc" else CmaEs(space, seed, size))
        return lambda number: always
    makers: dict[str, Callable[[int], BaseSampler]] = {
        "tpe": lambda number: samplers.TPESampler(seed=of(number), multivariate=True, constant_liar=True),
        "gp": lambda number: samplers.GPSampler(seed=of(number), warn_independent_sampling=False),
        "nsga2": lambda number: samplers.NSGAIISampler(seed=of(number), population_size=size),
        "nsga3": lambda number: samplers.NSGAIIISampler(seed=of(number), population_size=size),
        "random": lambda number: samplers.RandomSampler(seed=of(number)),
    }

    def quiet(number: int) -> "BaseSampler":
        with warnings.catch_warnings():  # multivariate and constant liar are called experimental
            warnings.simplefilter("ignore")
            made = makers[name](number)
        return ByChoice(made, space, strict=name == "gp") if name in ("tpe", "gp") and space.choices else made

    return quiet
