"""`populations` and `deviations`: who takes part in a world, from YAML to mixes of strategies; lanes live in each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from experiments.recipe.faults import check_name, descend, shorten
from experiments.recipe.play import Players, build_players, strategy_text
from policies import InputError, nearest
from sim.lanes import Lane
from sim.miners.population import Population
from sim.miners.strategies import build, names
from sim.miners.strategy import Strategy

DEFAULT: dict[str, Any] = {"honest": {"honest": 1.0}}
"""Everybody is honest."""
FULL = ("mix", "deviants")
PART = ("strategy", "share")
PLAY = "play"
BETWEEN = " | "
"""Stands between policy and population in the name of a lane."""


def build_populations(given: Mapping[str, Any], deviations: Sequence[Any] = ()) -> tuple[Population, ...]:
    """The populations of a recipe.

    Args:
        given: by name, each a mapping of strategies to shares, of `mix` and `deviants`, or of `play`.
        deviations: strategies; each adds the first population with one miner that follows it instead.

    Raises:
        InputError: with the key path from the top of the recipe.
    """
    found: list[Population] = []
    for name, body in given.items():
        with descend("populations", name):
            _check_name(name)
            found += _populations(name, body)
    _check_names(found)
    for i, spec in enumerate(deviations):
        with descend("deviations", i):
            if isinstance(found[0], Players):
                raise InputError(
                    f"the first population, {found[0].game!r}, plays, and its regret says what single deviants gain; "
                    "put another population first, or leave `deviations` out"
                )
            strategy = build(spec)
            name = f"{found[0].name} + {strategy_text(strategy)}"
            if name in {population.name for population in found}:
                raise InputError(f"there is a population {name!r} already; give each deviation once")
            found.append(replace(found[0], name=name, deviants=(*found[0].deviants, strategy)))
    return tuple(found)


def in_populations(lanes: Sequence[Lane], populations: Sequence[Population]) -> tuple[Lane, ...]:
    """Every lane in every population, the first population's first; several populations are in the lanes' names."""
    alone = len(populations) == 1
    return tuple(
        replace(lane, name=lane.name if alone else f"{lane.name}{BETWEEN}{each.name}", population=each)
        for each in populations
        for lane in lanes
    )


def _check_name(name: str) -> None:
    check_name(name, "population")
    if BETWEEN.strip() in name:
        raise InputError(f"a population's name has no {BETWEEN.strip()!r}: it stands in the names of lanes")


def _check_names(found: Sequence[Population]) -> None:
    names = [population.name for population in found]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two populations would be called {name!r}; rename one", ("populations", name))


def _populations(name: str, body: object) -> list[Population]:
    """The population of that name, or the populations of a game."""
    if not isinstance(body, Mapping) or PLAY not in body:
        return [_population(name, body)]
    for key in body:
        if key != PLAY:
            raise InputError(f"stands beside `{PLAY}`, which has its own strategies; remove one of the two", (key,))
    with descend(PLAY):
        return list(build_players(name, body[PLAY]))


def _population(name: str, body: object) -> Population:
    if not isinstance(body, Mapping) or not body:
        raise InputError(
            "is a mapping of strategies to shares such as {honest: 0.9, copycat: 0.1}, or of `mix` and `deviants`, "
            f"not {shorten(body)}"
        )
    if not set(body) & set(FULL):
        shares = tuple(_shares(body))
        try:
            return Population(name, shares)
        except InputError as error:
            raise InputError(str(error)) from None  # there is no key `mix`
    for key in body:
        if key not in FULL:
            raise InputError(f"unknown key {key!r}; {nearest(key, FULL)}", (key,))
    with descend("mix"):
        given = body.get("mix")
        mix = tuple(_shares(given) if isinstance(given, Mapping) else _parts(given))
    with descend("deviants"):
        deviants = tuple(_strategies(body.get("deviants", [])))
    return Population(name, mix, deviants)


def _shares(given: Mapping[str, Any]) -> Iterator[tuple[Strategy, float]]:
    """The short form: strategies without parameters."""
    for strategy, share in given.items():
        if strategy.replace("_", "-") not in names():
            raise InputError(
                f"there is no strategy {strategy!r}; {nearest(strategy, (*names(), *FULL, PLAY))}", (strategy,)
            )
        with descend(strategy):
            if isinstance(share, Mapping):
                raise InputError(
                    "has parameters, which go into a mix: "
                    f"mix: [{{strategy: {{{strategy}: {{...}}}}, share: 0.5}}, ...]"
                )
            yield build(strategy), _share(share)


def _parts(given: object) -> Iterator[tuple[Strategy, float]]:
    """The long form: a list of strategies with their shares."""
    if not isinstance(given, list) or not given:
        raise InputError(
            f"is a list such as [{{strategy: honest, share: 1}}], or a mapping to shares, not {shorten(given)}"
        )
    for i, part in enumerate(given):
        with descend(i):
            if not isinstance(part, Mapping) or "strategy" not in part or "share" not in part:
                raise InputError(f"is a mapping such as {{strategy: honest, share: 0.5}}, not {shorten(part)}")
            for key in part:
                if key not in PART:
                    raise InputError(f"unknown key {key!r}; {nearest(key, PART)}", (key,))
            with descend("strategy"):
                strategy = build(part["strategy"])
            with descend("share"):
                yield strategy, _share(part["share"])


def _strategies(given: object) -> Iterator[Strategy]:
    if not isinstance(given, list):
        raise InputError(f"is a list of strategies such as [sniper], not {shorten(given)}")
    for i, spec in enumerate(given):
        with descend(i):
            yield build(spec)


def _share(given: object) -> float:
    if not isinstance(given, int | float) or isinstance(given, bool) or not 0 <= given <= 1:
        raise InputError(f"is {shorten(given)}, but a share is a number from 0 to 1")
    return float(given)
