"""Damaged recipes: whatever is done to a recipe, it is accepted or refused with an `InputError`."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from experiments.data import RECIPES
from experiments.recipe.recipe import is_study, resolve
from experiments.recipe.resolved import plain
from experiments.recipe.yaml_file import Document, read
from policies import InputError

PATHS = [path for path in sorted(RECIPES.rglob("*.yaml")) if not is_study(path)]
LARGEST = 12
"""Entries of a panel that are kept: more of them show nothing new, and take their time."""
VALUES: tuple[Any, ...] = (
    None, True, "", "x", "nan", "1", "\x1b[31m", "a" * 101, "honest", "linear", "sn9-2025-03", "sn9@9",
    0, 1, -1, 7, 10**30, 10**400, 0.5, -0.5, 1e-320, 1e300, -1e300, float("nan"), float("inf"), -float("inf"),
    [], [1], ["x"], [None], [[]], [{}], {}, {"x": 1}, {"self": 1}, {"then": 1}, {"kind": "world"},
    {"linear": {"end": 0}}, {"name": ""}, {"1": {"2": {"3": []}}},
)  # fmt: skip


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every mapping or list within some data, with each of its keys or places."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from places(node[key])


def damage(data: Any, random: Random) -> None:
    """Drop, rename, double, move or replace one value."""
    if not data:
        return
    node, key = random.choice(list(places(data)))
    other, place = random.choice(list(places(data)))
    what = random.choice(("drop", "rename", "double", "move", "replace", "replace", "replace"))
    if what == "replace":
        node[key] = copy.deepcopy(random.choice(VALUES))
    elif what == "drop":
        del node[key]
    elif what == "move":
        node[key], other[place] = copy.deepcopy(other[place]), copy.deepcopy(node[key])
    elif isinstance(node, list):
        node.insert(key, copy.deepcopy(node[key]))
    elif what == "double":
        node[random.choice(("name", "kind", "policy", "x", "then", "self", "", "\x1b[0m", str(place)))] = node[key]
    else:
        text = str(key)
        at = random.randrange(len(text) + 1)
        node[text[:at] + random.choice(("", "x", "-", "_")) + text[at + 1 :]] = node.pop(key)


def damaged(whole: dict[str, Any], random: Random) -> Any:
    """A copy of a recipe with some entries of its panel, damaged once to three times."""
    entries = random.sample(whole["panel"], min(LARGEST, len(whole["panel"])))
    data = copy.deepcopy({key: value for key, value in whole.items() if key != "baseline"} | {"panel": entries})
    for _ in range(random.choice((1, 1, 2, 3))):
        damage(data, random)
    return data


def outcome(document: Document, base: Path) -> str:
    """What a recipe comes to: the reason of its refusal, or nothing."""
    try:
        spec = resolve(document, base)
    except InputError as error:
        return str(error)
    json.dumps(plain(spec), allow_nan=False)
    return ""


def check(path: Path, seeds: range) -> None:
    """Damage a recipe once to three times, once for each seed."""
    document = read(path)
    whole = document.data
    for seed in seeds:
        random = Random(f"{path.stem} {seed}")  # noqa: S311 - no secret
        document.data = damaged(whole, random)
        try:
            said = outcome(document, path.parent)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__} from {document.data}") from error
        assert said.isprintable(), f"seed {seed}: {said!r}"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_damaged_recipe_is_accepted_or_refused(path: Path) -> None:
    """No other exception, and one line that any terminal can print."""
    check(path, range(12))


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_many_damaged_recipes_are_accepted_or_refused(path: Path) -> None:
    """The same for hundreds of variants of each."""
    check(path, range(12, 400))
