"""A recipe of a study, however damaged, is accepted or refused with a message; it never ends in another error."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from places import ROOT

from experiments.recipe.yaml_file import read
from experiments.search.spec import load
from policies import InputError

RECIPES = ROOT / "experiments" / "data" / "recipes"
Path_ = tuple[str | int, ...]

VALUES: tuple[Any, ...] = (
    *(None, True, [], {}, "", "text", "\x1b[31m", "n" * 300, "1.0", -1, 0, 0.5, 10**400, 1e308, float("nan")),
    *(float("inf"), [1], ["linear"], {1: 2}, {"low": 1}, {"low": 2, "high": 1}, {"low": 0, "scale": "log"}),
    *({"same_as": ["start"]}, {"same_as": "end"}, {"scale": "log"}, {"linear": {"start": [0.005]}}),
    {"low": 0.5, "high": 2.5, "scale": "integer"},
)
"""What stands in the place of a value."""
KEYS = ("drop", "rename", "empty", "long", "escape", "number", "wrap", "repeat")
"""What happens to a key, or to an item of a list."""


def paths(data: Any, path: Path_ = ()) -> Iterator[Path_]:
    """All key paths below the top."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from paths(value, (*path, key))


def damaged(data: Any, path: Path_, kind: int) -> Any:
    """The recipe with one fault at a path."""
    out = deepcopy(data)
    *above, key = path
    place = out
    for step in above:
        place = place[step]
    if kind < len(VALUES):
        place[key] = deepcopy(VALUES[kind])
        return out
    how = KEYS[kind - len(VALUES)]
    value = place.pop(key)
    if how == "drop":
        return out
    if isinstance(place, dict):
        names = {"rename": f"{key}s", "empty": "", "long": "k" * 300, "escape": f"{key}\x1b[2J\n", "number": 7}
        place[names.get(how, key)] = [value] if how in ("wrap", "repeat") else value
    else:
        place[key:key] = [value, deepcopy(value)] if how == "repeat" else [[value]] if how == "wrap" else [{how: value}]
    return out


def faults() -> list[tuple[str, Path_, int]]:
    """Every single fault of every shipped study: file, key path, kind."""
    return [
        (name, path, kind)
        for name in ("tune.yaml", "tune-large.yaml", "tune-robust.yaml")
        for path in paths(read(RECIPES / name).data)
        for kind in range(len(VALUES) + len(KEYS))
    ]


def judged(folder: Path, data: Any) -> bool:
    """Whether a recipe is accepted; what is accepted has a digest and a point in the middle, and other errors pass."""
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    try:
        spec = load(path)
    except InputError as error:
        said = str(error)
    else:
        return bool(spec.digest())
    assert "\x1b" not in said, said
    assert len(said.splitlines()) == 1, said
    return False


def check(folder: Path, count: int, at_once: int, seed: int) -> None:
    """Try so many recipes with so many faults each."""
    every = faults()
    originals = {name: read(RECIPES / name).data for name in {name for name, _, _ in every}}
    rng = np.random.default_rng(seed)
    for first in rng.permutation(len(every))[:count]:
        name, path, kind = every[first]
        data = damaged(originals[name], path, kind)
        for _ in range(at_once - 1):
            more = list(paths(data))
            data = damaged(data, more[rng.integers(len(more))], int(rng.integers(len(VALUES) + len(KEYS))))
        try:
            judged(folder, data)
        except Exception as error:
            raise AssertionError(f"{name} with {path} damaged ({kind}): {type(error).__name__}: {error}") from error


def test_the_shipped_studies_are_accepted(tmp_path: Path) -> None:
    """Otherwise the faults that are put into them would prove nothing."""
    shipped = "tune.yaml", "tune-large.yaml", "tune-robust.yaml", "tune-joint.yaml"
    assert all(judged(tmp_path, read(RECIPES / name).data) for name in shipped)


@pytest.mark.parametrize("at_once", [1, 3])
def test_some_damaged_recipes(tmp_path: Path, at_once: int) -> None:
    """A few hundred of them."""
    check(tmp_path, 120, at_once, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_all_damaged_recipes(tmp_path: Path, at_once: int) -> None:
    """Every fault at every key, alone and with others."""
    check(tmp_path, len(faults()), at_once, seed=2)
