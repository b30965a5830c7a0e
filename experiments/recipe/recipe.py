"""A recipe: an experiment as a YAML file describes it, checked and looked up before anything runs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from experiments.recipe.cases import scenarios
from experiments.recipe.discover import DiscoverKeys
from experiments.recipe.faults import Strict, descend, locate, validate
from experiments.recipe.own_files import load_files
from experiments.recipe.panel import MAX_LANES, WORLD_RULES, build_panel, policy_text, reward_of, rules_of
from experiments.recipe.play import Players
from experiments.recipe.populations import DEFAULT, build_populations, in_populations
from experiments.recipe.race import RaceScenario
from experiments.recipe.world import WorldScenario
from experiments.recipe.yaml_file import Document, open_recipe
from policies import InputError, nearest
from sim.lanes import Lane
from sim.mechanism.rules import Rules
from sim.miners.population import Population
from sim.race.race import Race, Setting
from sim.scenario import Scenario
from sim.settings import fields_of

WITHOUT_REWARDS = (
    "the submissions of a race are the same whatever is paid; only a scenario of kind world has reward rules"
)

SIZE = ("days", "miners")
"""Keys of a world that callers may override."""


class Recipe(Strict):
    """An experiment."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="names the folder of the results; letters, digits, `.`, `_`, `-`",
    )
    question: str = Field("", max_length=2000, description="what the experiment is to answer; stands in the report")
    scenario: RaceScenario | WorldScenario = Field(
        discriminator="kind", description="what happens whatever the policy: a race that was, or a simulated world"
    )
    populations: dict[str, Any] | None = Field(
        None, min_length=1, max_length=1000, description="who takes part in a world; when left out, everybody is honest"
    )
    deviations: list[Any] | None = Field(
        None, max_length=1000, description="strategies; each adds the first population with one miner that follows it"
    )
    rules: str | dict[str, Any] = Field(
        "sn9-2025-03",
        description="an era such as sn9-2025-03 or a mapping such as {temperature: 0.04}: the mechanism of every lane",
    )
    reward: str | dict[str, Any] = Field(
        "subnet",
        description="a rule such as {royalty: {tau_days: 14}}: how the lanes of a world divide the emission",
    )
    panel: list[Any] = Field(min_length=1, max_length=10_000, description="the competing policies")
    baseline: str | None = Field(
        None, description="the lane that all others are compared with; the first when left out"
    )
    worlds: int = Field(8, ge=1, le=1_000_000, description="seeds per race, or per case of a world")
    seed: int = Field(0, ge=0, le=2**63 - 1, description="seed of all random streams")
    keep: list[Literal["events", "curves", "emission"]] = Field(
        ["events", "curves", "emission"],
        description="tables of a world that are kept beside its metrics, of `events`, `curves` and `emission`; many "
        "worlds need little room without them",
    )
    discover: DiscoverKeys | None = Field(
        None, description="numbers of a world that `steepest discover` varies, to find where a lane of the panel loses"
    )


@dataclass(frozen=True)
class Spec:
    """A recipe with everything looked up: the races read or the scenarios built, the panel in its populations."""

    recipe: Recipe  #: as given
    races: tuple[Race, ...]  #: of a scenario of kind `race`
    lanes: tuple[Lane, ...]  #: one per policy and population
    baseline: str  #: name of the lane that all others are compared with
    rules: Rules  #: the mechanism that lanes share unless they name their own
    scenarios: tuple[Scenario, ...] = ()  #: the cases of a scenario of kind `world`

    @property
    def contests(self) -> tuple[Race | Scenario, ...]:
        """The races or the scenarios: what there are worlds of, and what results are told apart by."""
        return self.races or self.scenarios

    @property
    def populations(self) -> tuple[Population, ...]:
        """The populations of a world; none of a race."""
        return tuple(dict.fromkeys(lane.population for lane in self.lanes if lane.population is not None))

    def worlds(self, contest: Race | Scenario) -> int:
        """How many worlds of a race or scenario there are to run.

        One where nothing is random, for copies would feign certainty: a race without noise.
        """
        if isinstance(contest, Scenario):
            return self.recipe.worlds
        quiet = not (self.setting.noise.paired or self.setting.noise.common or np.nan_to_num(contest.sd).any())
        return 1 if quiet or contest.observed is not None else self.recipe.worlds

    @property
    def setting(self) -> Setting:
        """The scenario of races as their replay needs it."""
        if not isinstance(self.recipe.scenario, RaceScenario):
            raise TypeError(f"{self.recipe.name} is a world, and has no setting of races")
        return Setting(**fields_of(Setting, self.recipe.scenario))


def describe(contest: Race | Scenario) -> str:
    """A race or a scenario in a few words."""
    if isinstance(contest, Scenario):
        return f"{contest.name} ({contest.miners} miners, {contest.days:g} days)"
    return f"{contest.name} ({len(contest)} submissions, {contest.days:.0f} days)"


def is_study(given: object) -> bool:
    """Whether a recipe is one for `steepest tune`, going by its keys.

    Raises:
        InputError: the file cannot be read.
    """
    data = open_recipe(given)[0].data
    return isinstance(data, dict) and "search" in data and "panel" not in data


def load(given: object, policies: list[Any] | None = None, option: str = "--policy", **overrides: Any) -> Spec:
    """The spec of a recipe.

    Args:
        given: see `open_recipe`; races and curves that are files are looked for beside the recipe.
        policies: replaces the panel.
        option: what messages call `policies`.
        overrides: keys that replace the recipe's: `days` and `miners` those of the world and all its cases, others such
            as `worlds` those at the top; None leaves the recipe's.

    Raises:
        InputError: with file, line, key path, what was given, the rule, and the nearest valid spelling.
    """
    document, base = open_recipe(given)
    return resolve(document, base, policies, option, **overrides)


def resolve(
    document: Document, base: Path, policies: list[Any] | None = None, option: str = "--policy", **overrides: Any
) -> Spec:
    """The spec of a parsed document; see `load`."""
    if not isinstance(document.data, dict):
        what = f"a recipe is a mapping of keys such as name and panel, not a {type(document.data).__name__}"
        raise document.error((), "the file is empty" if document.data is None else what)
    if "search" in document.data and "panel" not in document.data:
        raise document.error(("search",), "this is the recipe of a study, which has no panel; `steepest tune` runs it")
    data = _changed(document.data, {key: value for key, value in overrides.items() if value is not None})
    if policies is not None:
        with _blame_option(option):
            data["panel"] = load_files({"panel": policies}, Path())["panel"]
        data.pop("baseline", None)
    with locate(document):
        data = load_files(data, base)
        recipe = validate(Recipe, data)
        with descend("rules"):
            rules = rules_of(recipe.rules)
        with descend("reward"):
            reward = reward_of(recipe.reward)
            if reward is not None and isinstance(recipe.scenario, RaceScenario):
                raise InputError(WITHOUT_REWARDS)
    # Policies of the caller are on no line of the file, so an error of theirs must not name one.
    blame = partial(locate, document) if policies is None else partial(_blame_option, option)
    with blame(), descend("panel"):
        panel = build_panel(recipe.panel, rules, reward)
        for lane in panel:
            if lane.policy.pairs and lane.rules.wins == "sample-champion":
                raise InputError(
                    f"lane {lane.name!r} has an advantage against each challenger, but under its rules (SN29's) the "
                    "best of each sample wins, and no two are compared; take other rules, or a policy without `lineage`"
                )
        if isinstance(recipe.scenario, RaceScenario):
            _check_race_lanes(recipe, panel)
    with locate(document):
        if isinstance(recipe.scenario, WorldScenario):
            return _of_worlds(recipe, recipe.scenario, data["scenario"], base, panel, rules)
        for key in ("populations", "deviations"):
            if getattr(recipe, key) is not None:
                raise InputError(
                    "a race has its own submissions; only a scenario of kind world has populations", (key,)
                )
        with descend("rules"):
            _check_race_rules(recipe.rules)
        if "keep" in recipe.model_fields_set:
            raise InputError("a race keeps all its tables; only a scenario of kind world can do without", ("keep",))
        with descend("scenario"):
            races = recipe.scenario.read(base)
        baseline = _baseline(recipe, panel, panel)
    silent = next((race for race in races if not race.has_lineage), None)
    asks = next((lane for lane in panel if "lineage" in lane.policy.needs), None)
    if silent is not None and asks is not None:
        with blame():
            raise InputError(
                f"lane {asks.name!r} asks how much of a model its challenger was built on, which race {silent.name!r} "
                "does not say: no row names others in a column builds_on; fill it in, or take a policy without "
                "`lineage`",
                ("panel",),
            )
    return Spec(recipe, races, panel, baseline, rules)


@contextmanager
def _blame_option(option: str) -> Iterator[None]:
    """Put the option in front of an error: a panel from the command line is on no line of the recipe."""
    try:
        yield
    except InputError as error:
        where = f"{error.path[-1]} " if str(error).startswith(("is ", "must be ")) and error.path else ""
        raise InputError(f"{option}: {where}{error}") from None


def _changed(data: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """A recipe with other keys; what is no scenario of a world stays as it is, for `validate` to refuse."""
    size = {key: value for key, value in overrides.items() if key in SIZE}
    data = {**data, **{key: value for key, value in overrides.items() if key not in SIZE}}
    scenario = data.get("scenario")
    if not size or not isinstance(scenario, Mapping):
        return data
    if scenario.get("kind") == "race":
        raise InputError(f"a race has its own submissions; only a scenario of kind world has {' and '.join(size)}")
    if isinstance(cases := scenario.get("cases"), Mapping):
        same = {name: _without_size(case) if isinstance(case, Mapping) else case for name, case in cases.items()}
        scenario = {**scenario, "cases": same}
    return {**data, "scenario": {**scenario, **size}}


def _without_size(case: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in case.items() if key not in SIZE}


def _check_race_rules(given: object) -> None:
    """Check that rules of a race are not those of worlds only."""
    for key in WORLD_RULES:
        if isinstance(given, dict) and given.get(key, getattr(Rules(), key)) != getattr(Rules(), key):
            raise InputError(
                f"is {given[key]}, but the submissions and the noise of a race are the same in all lanes; only a "
                f"scenario of kind world has {key}",
                (key,),
            )


def _check_race_lanes(recipe: Recipe, panel: tuple[Lane, ...]) -> None:
    """Check that the lanes of a race pay by weight, and have no rules of worlds."""
    for i, entry in enumerate(recipe.panel):
        if isinstance(entry, dict):
            if "reward" in entry and reward_of(entry["reward"]) is not None:
                raise InputError(WITHOUT_REWARDS, (i, "reward"))
            with descend(i, "rules"):
                _check_race_rules(entry.get("rules"))
    for lane in panel:
        if lane.reward is not None:  # that of a preset
            raise InputError(
                f"lane {lane.name!r} brings the reward rule {policy_text(lane.reward)!r}, but {WITHOUT_REWARDS}; "
                "for its margin alone write {preset: NAME, reward: subnet}"
            )


def _of_worlds(
    recipe: Recipe, scenario: WorldScenario, raw: dict[str, Any], base: Path, panel: tuple[Lane, ...], rules: Rules
) -> Spec:
    with descend("scenario"):
        cases = scenarios(scenario, raw, recipe.name, base, seed=recipe.seed, worlds=recipe.worlds)
    populations = build_populations(recipe.populations or DEFAULT, recipe.deviations or ())
    for population in populations:
        with descend("populations", population.game if isinstance(population, Players) else population.name):
            for case in cases:
                population.of_ranks(case.miners)  # at least as many miners as deviants
    several = sum(len(each.mix) if isinstance(each, Players) else 1 for each in populations)  # with their deviations
    if len(panel) * several > MAX_LANES:
        raise InputError(
            f"{len(panel)} policies in {several} populations are more than {MAX_LANES} lanes; take fewer",
            ("populations",),
        )
    with descend("scenario"):
        check_queue(panel, cases)
    lanes = in_populations(panel, populations)
    return Spec(recipe, (), lanes, _baseline(recipe, panel, lanes), rules, cases)


def check_queue(lanes: Sequence[Lane], cases: Sequence[Scenario]) -> None:
    """Check that newcomers find a place beside the models that lanes keep.

    Raises:
        InputError: with the key path within the scenario.
    """
    for case in cases:
        full = next((lane for lane in lanes if lane.rules.keep >= case.validation.queue), None)
        if full is not None:
            raise InputError(
                f"queue is {case.validation.queue}, but lane {full.name!r} keeps {full.rules.keep} models, so that no "
                f"newcomer would ever find a place; give a queue of more than {full.rules.keep}",
                ("validation", "queue"),
            )


def _baseline(recipe: Recipe, panel: tuple[Lane, ...], lanes: tuple[Lane, ...]) -> str:
    """The lane of that name, or of that entry of the panel in the first population."""
    known = {entry.name: lane.name for entry, lane in zip(panel, lanes, strict=False)}
    known |= {lane.name: lane.name for lane in lanes}
    if recipe.baseline is None:
        return lanes[0].name
    if recipe.baseline not in known:
        raise InputError(
            f"there is no lane {recipe.baseline!r} in the panel; {nearest(recipe.baseline, known)}", ("baseline",)
        )
    return known[recipe.baseline]
