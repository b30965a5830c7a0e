"""A study ready to begin: its recipe with scenarios, baselines, populations and search space built."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

from experiments.recipe.cases import merge, scenarios
from experiments.recipe.faults import descend, locate, validate
from experiments.recipe.own_files import load_files
from experiments.recipe.panel import build_panel, rules_of
from experiments.recipe.recipe import check_queue
from experiments.recipe.resolved import lane_plain, population_plain, world_plain
from experiments.recipe.world import WorldScenario
from experiments.recipe.yaml_file import Path_, open_recipe
from experiments.results.metrics import METRICS
from experiments.run.digest import code_of, hash_of
from experiments.search.kinds import POPULATION, Kind, build_kinds
from experiments.search.recipe import StudyRecipe
from experiments.search.space import Space, Variant, build_space
from policies import InputError, nearest
from sim.lanes import Lane
from sim.scenario import Scenario

STAGES = {"search": 0, "rerank": 1, "final": 2, "heldout": 3}  #: stage n has worlds from n * STRIDE; none are shared
STRIDE = 1_000_000

#: keys that are not part of a study's digest: with another value the same study continues
LATER = ("trials", "worlds", "rerank", "finalists", "question", "heldout", "families")
DEVIANT = ("ic_gap", "ic_pay")  #: metrics of a single miner that follows another strategy


@dataclass(frozen=True)
class StudySpec:
    """A study, ready to begin."""

    recipe: StudyRecipe
    raw: Mapping[str, Any]  #: the scenario as it stands in the file
    base: Path  #: the folder that relative paths start from
    space: Space
    baselines: tuple[Lane, ...]  #: not yet in populations; differences are to the first
    kinds: tuple[Kind, ...]  #: families of worlds; the first is searched, and gives the units
    _built: dict[Any, tuple[Scenario, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def usual(self) -> Variant:
        """The first option of each searched key of the scenario."""
        return tuple((key, choice.options[0]) for key, choice in self.space.variants.items())

    @property
    def searched(self) -> tuple[Kind, ...]:
        """The families that the search lives in."""
        return tuple(kind for kind in self.kinds if kind.searched)

    def cases(self, kind: Kind | None = None, variant: Variant = ()) -> tuple[Scenario, ...]:
        """The cases of the scenario in a family (None: the first), with these options.

        Raises:
            InputError: with the key path to the fault.
        """
        kind = kind or self.kinds[0]
        if (kind.name, variant) not in self._built:
            changes = dict(kind.changes)
            for key, value in variant:
                for part in reversed(key.split(".")):  # a dotted key as mappings inside each other
                    value = {part: value}  # noqa: PLW2901 - grows from the inside
                changes = merge(changes, value)
            raw = merge(self.raw, changes)
            keys = validate(WorldScenario, raw)
            most = max(self.recipe.worlds.model_dump().values())
            self._built[kind.name, variant] = scenarios(
                keys, raw, kind.name, self.base, seed=self.recipe.seed, worlds=most
            )
        return self._built[kind.name, variant]

    def worlds(self, stage: str) -> tuple[int, ...]:
        """The numbers of the worlds of a stage."""
        first = STAGES[stage] * STRIDE
        return tuple(range(first, first + int(getattr(self.recipe.worlds, stage))))

    def plain(self) -> dict[str, Any]:
        """All that a search depends on, as plain data."""
        data = self.recipe.model_dump(mode="json", exclude=set(LATER) | {"scenario", "populations"})
        data["worlds"] = self.recipe.worlds.search
        data["families"] = [
            {
                "name": kind.name,
                "scenario": [world_plain(case) for case in self.cases(kind)],
                "populations": [{"name": p.name, **population_plain(p)} for p in kind.populations],
            }
            for kind in self.searched
        ]
        data["baselines"] = [lane_plain(lane) for lane in self.baselines]
        # the code of every family with every reward counts, and that of all strategies
        pairs = product(self.space.families, self.space.rewards)
        alone = [replace(self.space, families=(policy,), rewards=(reward,)) for policy, reward in pairs]
        lanes = [*self.baselines, *(one.candidate(one.middle).lane for one in alone)]
        crowds = (population for kind in self.searched for population in kind.populations)
        lanes += [replace(self.baselines[0], population=population) for population in crowds]
        return {**data, "code": code_of(lanes)}

    def digest(self) -> str:
        """Twelve hex digits that name the study."""
        return hash_of(self.plain(), 12)


def load(given: object, **overrides: Any) -> StudySpec:
    """The study of a recipe.

    Args:
        given: see `open_recipe`.
        overrides: top-level keys that replace the recipe's, such as `trials=512`; None leaves the recipe's.

    Raises:
        InputError: with file, line, key path, what was given and what is allowed.
    """
    document, base = open_recipe(given)
    if not isinstance(document.data, dict):
        raise document.error((), "a study is a mapping of keys such as name, scenario and search")
    if "panel" in document.data and "search" not in document.data:
        raise document.error(
            ("panel",), "this is the recipe of an experiment; `steepest run` runs it, and a study has `search`"
        )
    data = {**document.data, **{key: value for key, value in overrides.items() if value is not None}}
    with locate(document):
        data = load_files(data, base)
        recipe = validate(StudyRecipe, data)
        with descend("rules"):
            rules = rules_of(recipe.rules)
        with descend("baselines"):
            baselines = build_panel(recipe.baselines, rules)
        with descend("search"):
            space = build_space(recipe.search, rules)
        kinds = build_kinds(recipe)
        _check_metrics(recipe)
        spec = StudySpec(recipe, data["scenario"], base, space, baselines, kinds)
        _check_scenarios(spec)
        if recipe.trials < recipe.generation:
            raise InputError(
                f"is {recipe.trials}, less than a generation of {recipe.generation}; take more, or smaller generations",
                ("trials",),
            )
    return spec


def _check_metrics(recipe: StudyRecipe) -> None:
    """Check that objectives and constraints are metrics with a better side, and limits within reach."""
    asked: list[tuple[Path_, str]] = [(("objectives", i), name) for i, name in enumerate(recipe.objectives)]
    asked += [(("constraints", name), name) for name in recipe.constraints]
    for where, name in asked:
        if name not in METRICS:
            raise InputError(f"there is no metric {name!r}; {nearest(name, METRICS)}", where)
        if not METRICS[name].better:
            raise InputError(f"{name} is neither better high nor low, so that it cannot be asked for", where)
        if name in DEVIANT and not recipe.deviations:
            raise InputError(f"{name} needs `deviations`, miners who deviate, such as [withholder, copycat]", where)
        if name == "regret":
            raise InputError("regret is asked of every candidate wherever a population plays; remove it", where)
    for name, limit in recipe.constraints.items():
        if METRICS[name].about.startswith("share of") and not isinstance(limit, str) and not 0.0 <= limit <= 1.0:
            raise InputError(
                f"is {limit:g}, but {name} is a share: a limit on it is from 0 to 1", ("constraints", name)
            )
    if len(set(recipe.objectives)) < len(recipe.objectives):
        raise InputError(f"an objective is named twice: {', '.join(recipe.objectives)}", ("objectives",))


def _check_scenarios(spec: StudySpec) -> None:
    """Build every scenario, and the populations of its miners; all lanes must be able to live there."""
    candidate = spec.space.candidate(spec.space.middle).lane
    keep = spec.space.constants.get("keep")
    most = candidate.rules.keep if keep is None else int(keep.high)
    lanes = [*spec.baselines, replace(candidate, rules=replace(candidate.rules, keep=most))]
    for kind in spec.kinds:
        with descend(*(kind.path or ("scenario",))):
            cases = spec.cases(kind, spec.usual)
            check_queue(lanes, cases)
        for population in kind.populations:
            with descend(*((*kind.path, POPULATION) if kind.own else ("populations", population.name))):
                for case in cases:
                    population.of_ranks(case.miners)
    for key, choice in spec.space.variants.items():
        for number, option in enumerate(choice.options):
            with descend("search", "scenario", key, number):
                spec.cases(variant=tuple((k, option if k == key else first) for k, first in spec.usual))
