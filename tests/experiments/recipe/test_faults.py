"""Validation of recipes: declarations, bounds, and what is wrong in our words."""

import re
from dataclasses import fields
from typing import Any

import pytest
from pydantic import Field

from experiments.recipe.faults import Strict, validate
from experiments.recipe.race import RaceScenario
from experiments.recipe.world import DataKeys, WorldScenario
from policies import InputError
from sim.miners.hardware import Fleet
from sim.miners.progress.draws import DrawsProgress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.race.race import NoiseLevel as RaceNoiseLevel
from sim.scenario import Copies, Economy, Validation
from sim.settings import abouts
from sim.traces.synth import Spec as Run
from sim.validators.noise import NoiseLevel

SECTIONS = [
    Fleet, NoiseLevel, Validation, Economy, Copies, LawProgress, IdeasProgress, DrawsProgress, DataKeys, RaceNoiseLevel,
    Run, RaceScenario, WorldScenario,
]  # fmt: skip
NEEDED = {
    DataKeys: {"judged": [{"day": 0, "mixture": "six-tasks"}]},
    Run: {"parameters": 1e8, "tokens": 1e10},
    RaceScenario: {"kind": "race", "races": ["slowrun-tiny"]},
    WorldScenario: {"kind": "world"},
}


@pytest.mark.parametrize("kind", SECTIONS)
def test_a_declaration_is_all_there_is(kind):
    """Every field of a section says what it means, and an empty section of a recipe is the class's own default."""
    needed = NEEDED.get(kind, {})
    assert set(abouts(kind)) == {field.name for field in fields(kind)}
    assert all(about.meaning for about in abouts(kind).values())
    assert validate(kind, needed) == kind(**vars(validate(kind, needed)))


@pytest.mark.parametrize("kind", SECTIONS)
def test_recipes_and_python_have_the_same_bounds(kind):
    """Both ends of the bounds of every number are accepted by both, and what is beyond them is refused by both."""
    needed = {**NEEDED.get(kind, {}), **({"least": 1, "most": 100_000} if kind is Fleet else {})}
    built = vars(validate(kind, needed))
    for name, about in abouts(kind).items():
        if about.low is None:
            continue
        beyond = about.high + max(1, about.high // 1_000_000) if isinstance(about.high, int) else about.high * 1.01
        for value in (about.low, about.high):
            assert getattr(validate(kind, {**needed, name: value}), name) == value
            assert getattr(kind(**{**built, name: value}), name) == value
        with pytest.raises(InputError, match=re.escape(f", not {beyond}")):
            validate(kind, {**needed, name: beyond})
        with pytest.raises(InputError, match=f"{name} is .*, but must be from"):
            kind(**{**built, name: beyond})


class Inner(Strict):
    """A section."""

    size: int = Field(1, ge=1)
    names: list[str] = Field(["a"], min_length=1)


class Outer(Strict):
    """A section of sections, and a key of two types."""

    inner: Inner
    parts: dict[str, Inner] = Field({})
    either: str | dict[str, Any] = Field("x", description="a name or a mapping")


@pytest.mark.parametrize(
    ("data", "path", "said"),
    [
        ({"inner": {"size": [0]}}, ("inner", "size"), "must be a valid integer, not [0]"),
        ({"inner": {"size": 0}}, ("inner", "size"), "must be greater than or equal to 1, not 0"),
        ({"inner": {"names": []}}, ("inner", "names"), "must have at least 1 item after validation, not 0"),
        ({"inner": {"names": ["a", 2]}}, ("inner", "names", 1), "must be a valid string, not 2"),
        ({"inner": 3}, ("inner",), "must be a mapping with the keys size, names, not 3"),
        ({"parts": {"a": {"sise": 1}}}, ("parts", "a", "sise"), "unknown key 'sise'; did you mean 'size'?"),
        ({"inner": {}, "parts": [1]}, ("parts",), "must be a mapping, not [1]"),
        ({"inner": {}, "either": [1]}, ("either",), "must be a name or a mapping, not [1]"),
        ({}, ("inner",), "is missing; a recipe needs it (inner)"),
        ({"inner": {}, "device": 1}, ("device",), "is 1, but worlds are compiled and run on the processor"),
    ],
)
def test_a_fault_is_said_in_our_words(data, path, said):
    """The key path, the rule and what was given; an unknown key comes before a missing one."""
    with pytest.raises(InputError) as caught:
        validate(Outer, data)
    assert caught.value.path == path
    assert str(caught.value).startswith(said)
