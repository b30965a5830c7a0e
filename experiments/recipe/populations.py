"""`populations` and `deviations`: who takes part in a world, from YAML to mixes of strategies; lanes live in each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from experiments.recipe.faults import Strict, check_name, descend, shorten, validate
from experiments.recipe.play import Players, build_players, strategy_text
from policies import InputError, nearest
from sim.lanes import BETWEEN, Lane
from sim.miners.population import Population
from sim.miners.strategies import SHELF, build
from sim.miners.strategy import Strategy
from sim.settings import Share

DEFAULT: dict[str, Any] = {"honest": {"honest": 1.0}}
"""Everybody is honest."""
PLAY = "play"
# Said here because a mapping outside a model of ours is read leniently: true would be the share 1.
Shares = dict[str, Annotated[Share, Field(strict=True, allow_inf_nan=False)]]


class Part(Strict):
    """A strategy of a mix, which may have parameters, and its share of the miners."""

    strategy: Any = Field(description="a strategy such as honest or {sniper: {z: 2}}")
    share: Share


class FullForm(Strict):
    """A population with deviants, or whose strategies have parameters."""

    mix: Any = Field(description="shares such as {honest: 1}, or a list such as [{strategy: honest, share: 1}]")
    deviants: list[Any] = Field([], description="strategies such as [sniper]; each is followed by one miner")


def build_populations(given: Mapping[str, Any], deviations: Sequence[Any] = ()) -> tuple[Population, ...]:
    """The populations of a recipe.

    Args:
        given: by name, each a mapping of strategies to shares, or of `mix` and `deviants`.
        deviations: strategies; each adds the first population with one miner that follows it instead.

    Raises:
        InputError: with the key path from the top of the recipe.
    """
    found: list[Population] = []
    for name, body in given.items():
        with descend("populations", name):
            check_name(name, "population")
            if BETWEEN.strip() in name:
                raise InputError(f"a population's name has no {BETWEEN.strip()!r}: it stands in the names of lanes")
            found += build_population(name, body)
    names_found = [population.name for population in found]
    for name in names_found:
        if names_found.count(name) > 1:
            raise InputError(f"two populations would be called {name!r}; rename one", ("populations", name))
    return (*found, *deviating(found[0], deviations, names_found))


def deviating(population: Population, deviations: Sequence[Any], taken: Sequence[str] = ()) -> Iterator[Population]:
    """A population with one miner that follows another strategy, for each of `deviations`.

    Args:
        population: one that does not play.
        deviations: as in a recipe.
        taken: names that populations have already.

    Raises:
        InputError: with the key path from the top of the recipe.
    """
    names_found = list(taken)
    for i, spec in enumerate(deviations):
        with descend("deviations", i):
            if isinstance(population, Players):
                raise InputError(
                    f"the first population, {population.game!r}, plays, and its regret says what single deviants gain; "
                    "put another population first, or leave `deviations` out"
                )
            strategy = build(spec)
            name = f"{population.name} + {strategy_text(strategy)}"
            if name in names_found:
                raise InputError(f"there is a population {name!r} already; give each deviation once")
            names_found.append(name)
            yield replace(population, name=name, deviants=(*population.deviants, strategy))


def in_populations(lanes: Sequence[Lane], populations: Sequence[Population]) -> tuple[Lane, ...]:
    """Every lane in every population, the first population's first; several populations are in the lanes' names."""
    alone = len(populations) == 1
    return tuple(
        replace(lane, name=lane.name if alone else f"{lane.name}{BETWEEN}{each.name}", population=each)
        for each in populations
        for lane in lanes
    )


def build_population(name: str, body: object) -> Sequence[Population]:
    """The population of that name, or those of a game, one for each start.

    Raises:
        InputError: with the key path within the population.
    """
    if not isinstance(body, Mapping) or PLAY not in body:
        return [_population(name, body)]
    for key in body:
        if key != PLAY:
            raise InputError(f"stands beside `{PLAY}`, which has its own strategies; remove one of the two", (key,))
    with descend(PLAY):
        return tuple(build_players(name, body[PLAY]))


def _population(name: str, body: object) -> Population:
    if not isinstance(body, Mapping) or not body:
        raise InputError(
            "is a mapping of strategies to shares such as {honest: 0.9, copycat: 0.1}, or of `mix` and `deviants`, "
            f"not {shorten(body)}"
        )
    if not body.keys() & FullForm.model_fields.keys():
        try:
            return Population(name, _shares(body))
        except InputError as error:  # its path says `mix`, which is no key of the short form
            raise InputError(str(error), () if error.path == ("mix",) else error.path) from None
    full = validate(FullForm, body)
    with descend("mix"):
        if isinstance(full.mix, Mapping):
            mix = _shares(full.mix)
        else:
            parts = validate(list[Part], full.mix)
            mix = tuple((_build(part.strategy, i, "strategy"), part.share) for i, part in enumerate(parts))
    return Population(name, mix, tuple(_build(spec, "deviants", i) for i, spec in enumerate(full.deviants)))


def _shares(given: Mapping[str, Any]) -> tuple[tuple[Strategy, float], ...]:
    """The short form: strategies without parameters."""
    for strategy, share in given.items():
        if strategy.replace("_", "-") not in SHELF.all_names():
            known = (*SHELF.all_names(), *FullForm.model_fields, PLAY)
            raise InputError(f"there is no strategy {strategy!r}; {nearest(strategy, known)}", (strategy,))
        if isinstance(share, Mapping):
            mix = f"[{{strategy: {{{strategy}: {{...}}}}, share: 0.5}}, ...]"
            raise InputError(f"has parameters, which go into a mix: mix: {mix}", (strategy,))
    shares = validate(Shares, dict(given))
    return tuple((build(strategy), share) for strategy, share in shares.items())


def _build(spec: object, *path: str | int) -> Strategy:
    with descend(*path):
        return build(spec)
