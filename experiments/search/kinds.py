"""Families of worlds: the kinds of worlds over all of which a candidate has to hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from experiments.recipe.faults import check_name, descend
from experiments.recipe.play import Players
from experiments.recipe.populations import DEFAULT, build_population, build_populations, deviating
from experiments.recipe.yaml_file import Path_
from experiments.search.recipe import StudyRecipe
from policies import InputError
from sim.miners.population import Population

POPULATION = "population"  #: the key of a family that is no key of the scenario


@dataclass(frozen=True)
class Kind:
    """A family of worlds."""

    name: str
    path: Path_  #: where the recipe describes it
    changes: Mapping[str, Any]  #: keys of the scenario that differ
    populations: tuple[Population, ...]  #: metrics are of the first; the others have a deviant
    heldout: bool  #: the search never sees it
    own: bool  #: the population is its own, not that of the study

    @property
    def plays(self) -> bool:
        """Whether the miners play to their own mix, which takes too long for every candidate of a search."""
        return isinstance(self.populations[0], Players)

    @property
    def searched(self) -> bool:
        """Whether the search lives in it."""
        return not self.heldout and not self.plays


def build_kinds(recipe: StudyRecipe) -> tuple[Kind, ...]:
    """All families of a study, the first one searched; a population that plays gives one for each of its starts.

    Raises:
        InputError: with the key path from the top of the recipe.
    """
    usual = build_populations(recipe.populations or DEFAULT, recipe.deviations or ())
    for population in usual:
        if isinstance(population, Players):
            raise InputError(
                "a population that plays belongs in a family, as in families: {settled: {population: {play: ...}}}, "
                "because the search needs one mix for all candidates",
                ("populations", population.game, "play"),
            )
    given: list[tuple[Path_, str, Mapping[str, Any]]] = [
        ((key, name), name, body)
        for key, several in (("families", recipe.families), ("heldout", recipe.heldout))
        for name, body in several.items()
    ]
    found: list[Kind] = []
    for path, name, body in given if recipe.families else [((), recipe.name, {}), *given]:
        with descend(*path):
            check_name(name, "family")
            for kind in _build(name, path, body, path[:1] == ("heldout",), usual, recipe.deviations or ()):
                if kind.name in {each.name for each in found}:
                    raise InputError(f"two families would be called {kind.name!r}; rename one")
                found.append(kind)
    found.sort(key=lambda kind: (kind.heldout, kind.plays))  # a stable sort
    if not found[0].searched:
        raise InputError(
            "in every one of them a population plays, and only finalists settle; add a family for the search, such as "
            "{inelastic: {}}",
            ("families",),
        )
    return tuple(found)


def _build(
    name: str,
    path: Path_,
    body: Mapping[str, Any],
    heldout: bool,
    usual: tuple[Population, ...],
    deviations: list[Any] | tuple[()],
) -> Iterator[Kind]:
    changes = {key: value for key, value in body.items() if key != POPULATION}
    if POPULATION not in body:
        yield Kind(name, path, changes, usual, heldout, own=False)
        return
    with descend(POPULATION):
        built = build_population(name, body[POPULATION])
    for population in built:
        deviants = () if isinstance(population, Players) else deviating(population, deviations)
        yield Kind(population.name, path, changes, (population, *deviants), heldout, own=True)
