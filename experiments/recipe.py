"""A recipe: what a YAML file, the command line and Python all build before anything runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from experiments.panel import build_panel, rules_of
from experiments.submissions import find, read_race
from experiments.yaml_file import Document, read
from policies import InputError, nearest
from sim.lanes import Lane
from sim.mechanism.rules import Rules
from sim.replay.noise import NoiseLevel
from sim.replay.race import Race
from sim.replay.replay import Setting

Positive = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]


class Strict(BaseModel):
    """Unknown keys and wrong types are errors; nothing changes once it is built."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NoiseSpec(Strict):
    """Evaluation noise, as fractions of the loss."""

    paired: float = Field(
        0.0005,
        ge=0,
        le=0.5,
        allow_inf_nan=False,
        description="sd of the difference of two models' losses in one evaluation",
    )
    common: float = Field(
        0.014, ge=0, le=0.5, allow_inf_nan=False, description="sd of the shift that all models of one evaluation share"
    )
    samples: int = Field(
        50, ge=1, le=10_000, description="samples of one evaluation, for rules that compare sample by sample"
    )


class RaceScenario(Strict):
    """Real submissions of a contest, laid on the subnet's clock."""

    kind: Literal["race"] = Field(description="the scenario's kind")
    races: list[str] = Field(
        min_length=1, max_length=100, description="shipped races by name, or CSV and parquet files"
    )
    days_per_day: Positive = Field(1.0, description="days of the subnet per day of the race")
    unit: Literal["nats", "bpb", "minutes"] | None = Field(
        None, description="unit of the losses, where files do not say"
    )
    noise: NoiseSpec = NoiseSpec()
    step_blocks: int = Field(150, ge=1, le=100_000, description="blocks between two evaluations")
    tail_days: float = Field(
        7.0, ge=0, le=3650, allow_inf_nan=False, description="days that the contest goes on after the last submission"
    )
    hotkeys: Literal["submission", "miner"] = Field(
        "submission",
        description="each submission from a hotkey of its own, or one hotkey per miner: a new model replaces the old",
    )


class Recipe(Strict):
    """An experiment."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="names the folder of the results")
    question: str = Field("", max_length=2000, description="what the experiment is to answer")
    scenario: RaceScenario
    rules: str | dict[str, Any] = Field(
        "sn9-2025-03", description="the mechanism of every lane: an era, or `{era: ..., key: value}`"
    )
    panel: list[Any] = Field(min_length=1, max_length=10_000, description="the competing policies")
    baseline: str | None = Field(
        None, description="the lane that all others are compared with; the first when left out"
    )
    worlds: int = Field(8, ge=1, le=1_000_000, description="noise seeds per race")
    seed: int = Field(0, ge=0, le=2**63 - 1, description="seed of all random streams")


@dataclass(frozen=True)
class Spec:
    """A recipe with everything looked up: the races read, the panel built.

    Attributes:
        recipe: as given.
        races: the races of the scenario.
        lanes: one per policy.
        baseline: name of the lane that all others are compared with.
        rules: the mechanism that lanes share unless they name their own.
    """

    recipe: Recipe
    races: tuple[Race, ...]
    lanes: tuple[Lane, ...]
    baseline: str
    rules: Rules

    def worlds(self, race: Race) -> int:
        """How many worlds of a race there are to run: one where nothing is random, for copies would feign certainty."""
        quiet = not (self.setting.noise.paired or self.setting.noise.common or np.nan_to_num(race.sd).any())
        return 1 if quiet or race.observed is not None else self.recipe.worlds

    @property
    def setting(self) -> Setting:
        """The scenario as the world needs it."""
        scenario = self.recipe.scenario
        return Setting(
            NoiseLevel(scenario.noise.paired, scenario.noise.common, scenario.noise.samples),
            scenario.step_blocks,
            scenario.tail_days,
            scenario.hotkeys == "miner",
        )


def load(path: Path, policies: list[Any] | None = None, **overrides: Any) -> Spec:
    """The spec of a recipe file.

    Args:
        path: the YAML file; races that are files are looked for beside it.
        policies: replaces the panel.
        overrides: top-level keys that replace the file's, such as `worlds=32`; None leaves the file's.

    Raises:
        InputError: with file, line, key path, what was given, the rule, and the nearest valid spelling.
    """
    document = read(path)
    return resolve(document, path.parent, policies, **overrides)


def resolve(document: Document, base: Path, policies: list[Any] | None = None, **overrides: Any) -> Spec:
    """The spec of a parsed document; see `load`."""
    if not isinstance(document.data, dict):
        raise document.error(
            (),
            "the file is empty"
            if document.data is None
            else f"a recipe is a mapping of keys such as name and panel, not a {type(document.data).__name__}",
        )
    data = {**document.data, **{k: v for k, v in overrides.items() if v is not None}}
    if policies is not None:
        data["panel"] = policies
        data.pop("baseline", None)
    try:
        recipe = Recipe.model_validate(data)
    except ValidationError as error:
        raise _explained(document, error) from None
    try:
        rules = rules_of(recipe.rules)
    except InputError as error:
        raise document.error(("rules", *error.path), str(error)) from None
    try:
        lanes = build_panel(recipe.panel, rules)
    except InputError as error:
        if policies is not None:
            raise InputError(f"--policy: {error}") from None
        raise document.error(("panel", *error.path), str(error)) from None
    return Spec(recipe, _races(document, recipe, base), lanes, _baseline(document, recipe, lanes), rules)


def _races(document: Document, recipe: Recipe, base: Path) -> tuple[Race, ...]:
    scenario = recipe.scenario
    races: list[Race] = []
    for i, name in enumerate(scenario.races):
        at = ("scenario", "races", i)
        try:
            race = read_race(find(name, base), scenario.days_per_day, scenario.unit)
        except InputError as error:
            raise document.error(at, str(error)) from None
        if race.name in {r.name for r in races}:
            raise document.error(at, f"race {race.name!r} is given twice; give each race once")
        if races and race.unit != races[0].unit:
            raise document.error(
                at,
                f"{race.name} is in {race.unit}, but {races[0].name} is in {races[0].unit}; "
                f"races of one recipe must have one unit: make a recipe for each",
            )
        races.append(race)
    return tuple(races)


def _baseline(document: Document, recipe: Recipe, lanes: tuple[Lane, ...]) -> str:
    names = [lane.name for lane in lanes]
    if recipe.baseline is None:
        return names[0]
    if recipe.baseline not in names:
        raise document.error(
            ("baseline",), f"there is no lane {recipe.baseline!r} in the panel; {nearest(recipe.baseline, names)}"
        )
    return recipe.baseline


def _explained(document: Document, error: ValidationError) -> InputError:
    """The first of pydantic's complaints in our words; an unknown key may be why another one is missing."""
    faults = error.errors()
    first = next((fault for fault in faults if fault["type"] == "extra_forbidden"), faults[0])
    path = tuple(first["loc"])
    if path[0] == "rules":
        return document.error(
            ("rules",),
            f"must be an era such as sn9-2025-03 or a mapping such as {{temperature: 0.04}}, not {first['input']!r}",
        )
    given = "" if isinstance(first["input"], dict | list) else f", not {first['input']!r}"
    if first["type"] == "extra_forbidden":
        known = _fields(path[:-1])
        return document.error(path, f"unknown key {path[-1]!r}; {nearest(path[-1], known)}")
    if first["type"] == "missing":
        return document.error(path, f"is missing; a recipe needs it ({_about(path)})")
    if first["type"] == "model_type":
        return document.error(path, f"must be a mapping with the keys {', '.join(_fields(path))}{given}")
    return document.error(path, f"{first['msg'].replace('Input should be', 'must be')}{given}")


SECTIONS: dict[Any, type[BaseModel]] = {"scenario": RaceScenario, "noise": NoiseSpec}


def _model(path: tuple[Any, ...]) -> type[BaseModel]:
    model: type[BaseModel] = Recipe
    for key in path:
        model = SECTIONS.get(key, model)
    return model


def _fields(path: tuple[Any, ...]) -> list[str]:
    return list(_model(path).model_fields)


def _about(path: tuple[Any, ...]) -> str:
    return str(_model(path[:-1]).model_fields[path[-1]].description or path[-1])
