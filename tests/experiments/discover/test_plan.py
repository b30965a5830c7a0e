"""The plan of a discovery: its points, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from small_discovery import recipe

from experiments.discover.plan import load
from policies import InputError

MINERS = "miners: {key: scenario.miners, low: 3, high: 6, scale: integer}"
WRONG = {
    "reversed": (
        "low: 0, high: 0.5",
        "low: 0.5, high: 0",
        "discover.over.copies: is 0.5 to 0, but `low` must be below",
    ),
    "one point": ("points: 40", "points: 1", "discover.points: must be greater than or equal to 40, not 1"),
    "no such key": (
        "key: scenario.miners,",
        "key: scenario.minors,",
        "small.yaml:19: discover.over.miners.low: minors: unknown key 'minors'; did you mean 'miners'?",
    ),
    "unknown key": ("points: 40", "point: 40", "discover.point: unknown key 'point'; did you mean 'points'?"),
    "no number": (
        "key: scenario.miners,",
        "key: scenario.effort.rule,",
        "discover.over.miners.key: leads to 'reinvest', but must lead to a number",
    ),
    "no place": (
        "key: scenario.miners,",
        "key: panel.0,",
        "discover.over.miners.key: is 'panel.0', but must begin with `scenario.` or `populations.`",
    ),
    "no mapping": ("key: scenario.miners,", "key: scenario.days.first,", "scenario.days has no 'first': it is 2"),
    "twice": ("key: populations.crowd.copycat", "key: scenario.miners", "as another number's; vary each once"),
    "logarithm of 0": (
        "low: 0, high: 0.5}",
        "low: 0, high: 0.5, scale: log}",
        "discover.over.copies.low: is 0, but must be above 0 on a scale of logarithms",
    ),
    "not whole": ("low: 3, high: 6,", "low: 3, high: 6.5,", "but `scale: integer` takes whole numbers"),
    "a fraction of a miner": (
        ", scale: integer}",
        "}",
        "discover.over.miners.low: miners: must be a valid integer, not 3.0",
    ),
    "out of bounds": ("low: 3,", "low: -3,", "discover.over.miners.low: miners"),
    "more than all": (
        "low: 0, high: 0.5}",
        "low: 0.5, high: 0.9}\n    idlers: {key: populations.crowd.idle, low: 0.5, high: 0.9}",
        "discover.over: is refused at",
    ),
    "no such policy": ("- fixed:", "- fixd:", "there is no policy 'fixd'; did you mean 'fixed'?"),
    "one lane": ("  - fixed: {epsilon: 0.01}\n", "", "panel: has one lane"),
    "two populations": ("panel:", "  other: {honest: 1}\npanel:", "populations: has a population beside the first"),
    "cases": ("  miners: 4\n", "  miners: 4\n  cases: {a: {}, b: {}}\n", "scenario.cases: has cases"),
    "nothing to vary": ("discover:", "discover_:", "unknown key 'discover_'"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_recipes(tmp_path: Path, what: str) -> None:
    """A fault is said with file, line, key path, value and rule."""
    old, new, said = WRONG[what]
    with pytest.raises(InputError) as caught:
        load(recipe(tmp_path, old, new))
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path}/small.yaml:")


def test_a_recipe_without_the_key(tmp_path: Path) -> None:
    """`discover` is needed."""
    path = recipe(tmp_path)
    path.write_text(path.read_text().partition("discover:")[0])
    with pytest.raises(InputError, match="discover: is missing; a discovery needs it"):
        load(path)


def test_each_half_is_a_latin_hypercube(tmp_path: Path) -> None:
    """Of the 20 points of a half each twentieth of an axis has one, evenly in the logarithm or in whole numbers."""
    plan = load(recipe(tmp_path))
    for half in (0, 1):
        gain, miners, copies = plan.points[plan.halves == half].T
        assert sorted((np.log(gain / 0.001) / np.log(100) * 20).astype(int)) == list(range(20))
        assert sorted((copies / 0.5 * 20).astype(int)) == list(range(20))
        assert np.bincount(miners.astype(int)).tolist() == [0, 0, 0, 5, 5, 5, 5]


def test_a_point_is_a_scenario_of_its_own(tmp_path: Path) -> None:
    """Numbers stand where their keys lead, and strategies that are not varied share the rest as before: 2 to 1."""
    scenario, lanes = load(recipe(tmp_path)).contest([0.05, 5, 0.4])

    assert scenario.miners == 5
    assert scenario.ways[0][0].gain == 0.05
    assert [round(share, 12) for _, share in lanes[0].population.mix] == [0.4, 0.2, 0.4]


def test_what_names_the_results(tmp_path: Path) -> None:
    """Other ranges, points, worlds, policies and seeds are other results; another folder is not."""
    changes = [("", ""), ("high: 0.5", "high: 0.4"), ("points: 40", "points: 42"), ("worlds: 2", "worlds: 3"),
               ("0.01", "0.02"), ("seed: 7", "seed: 8")]  # fmt: skip
    digests = [load(recipe(tmp_path, *change)).digest() for change in changes]
    (tmp_path / "other").mkdir()

    assert len(set(digests)) == len(changes)
    assert load(recipe(tmp_path / "other")).digest() == digests[0]
