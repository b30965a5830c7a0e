"""Recipes: what is read from them, and what every fault answers."""

import dataclasses
import json

import pytest
from small_race import recipe

from experiments.data import RECIPES
from experiments.recipe.recipe import Recipe, is_study, load
from experiments.search.spec import load as load_study
from policies import InputError

TEXT = """\
name: test
scenario:
  kind: race
  races: [small.csv]
  noise:
    paired: 0.001
rules: sn9-2025-03
panel:
  - sn9-2025-03
  - linear: {start: 0.004}
baseline: sn9-2025-03
worlds: 2
"""


def refused(folder, old, new):
    """The message that the recipe with `old` changed to `new` must end in, without the file's name."""
    assert old in TEXT
    path = recipe(folder, text=TEXT.replace(old, new))
    with pytest.raises(InputError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}:")
    return message.removeprefix(f"{path}:")


FAULTS = [
    ("worlds: 2", "world: 2", "12: world: unknown key 'world'; did you mean 'worlds'?"),
    ("scenario:", "scenaro:", "2: scenaro: unknown key 'scenaro'; did you mean 'scenario'?"),
    ("    paired", "    pared", "6: scenario.noise.pared: unknown key 'pared'; did you mean 'paired'?"),
    (
        "  kind: race",
        "  kind: race\n  tail-days: 1",
        "4: scenario.tail-days: unknown key 'tail-days'; did you mean 'tail_days'",
    ),
    ("worlds: 2", "worlds: 0", "12: worlds: must be greater than or equal to 1, not 0"),
    ("worlds: 2", "worlds: 2.5", "12: worlds: must be a valid integer, not 2.5"),
    ("worlds: 2", "worlds: two", "12: worlds: must be a valid integer, not 'two'"),
    ("worlds: 2", "worlds: true", "12: worlds: must be a valid integer, not True"),
    ("worlds: 2", "worlds: 2\nseed: -1", "13: seed: must be greater than or equal to 0, not -1"),
    ("paired: 0.001", "paired: -0.1", "6: scenario.noise.paired: must be greater than or equal to 0, not -0.1"),
    ("paired: 0.001", "paired: .nan", "6: scenario.noise.paired: must be a finite number, not nan"),
    ("paired: 0.001", "paired: .inf", "6: scenario.noise.paired: must be a finite number, not inf"),
    ("paired: 0.001", "paired: no", "6: scenario.noise.paired: must be a valid number, not 'no'"),
    ("\n    paired: 0.001", " none", "5: scenario.noise: must be a mapping with the keys paired, common"),
    ("kind: race", "kind: rice", "3: scenario.kind: must be 'race' or 'world', not 'rice'"),
    (
        "kind: race",
        "kind: race\n  hotkeys: miners",
        "4: scenario.hotkeys: must be 'submission' or 'miner', not 'miners'",
    ),
    ("kind: race", "kind: race\n  unit: bits", "4: scenario.unit: must be 'nats', 'bpb' or 'minutes', not 'bits'"),
    ("kind: race", "kind: race\n  days_per_day: 0", "4: scenario.days_per_day: must be greater than 0, not 0"),
    (
        "kind: race",
        "kind: race\n  step_blocks: 0",
        "4: scenario.step_blocks: must be greater than or equal to 1, not 0",
    ),
    ("kind: race", "kind: race\n  tail_days: -1", "4: scenario.tail_days: must be greater than or equal to 0, not -1"),
    ("name: test\n", "", "1: name: is missing; a recipe needs it (names the folder of the results; letters"),
    ("  kind: race\n", "", "2: scenario.kind: is missing; a recipe needs it"),
    ("name: test", "name: ../up", "1: name: String should match pattern"),
    ("name: test", "name: 7", "1: name: must be a valid string, not 7"),
    ("[small.csv]", "[smoll.csv]", "4: scenario.races.0: there is no shipped race 'smoll.csv' and no such file in "),
    ("[small.csv]", "[slowrun-tny]", "did you mean 'slowrun-tiny'?"),
    ("[small.csv]", "small.csv", "4: scenario.races: must be a valid list, not 'small.csv'"),
    ("[small.csv]", "[]", "4: scenario.races: must have at least 1 item"),
    (
        "[small.csv]",
        "\n    - small.csv\n    - small.csv",
        "6: scenario.races.1: race 'small' is given twice; give each race once",
    ),
    (
        "[small.csv]",
        "[slowrun-tiny, parameter-golf]",
        "4: scenario.races.1: parameter-golf is in bpb, but slowrun-tiny is in nats; races of one recipe must",
    ),
    ("rules: sn9-2025-03", "rules: sn9-2025-3", "7: rules: there is no era 'sn9-2025-3'; did you mean 'sn9-2025-03'?"),
    (
        "rules: sn9-2025-03",
        "rules:\n  era: sn9-2024",
        "8: rules.era: there is no era 'sn9-2024'; did you mean 'sn9-2024-",
    ),
    (
        "rules: sn9-2025-03",
        "rules:\n  keep: 5\n  delays: 5",
        "9: rules.delays: unknown key 'delays'; did you mean 'delay'?",
    ),
    ("rules: sn9-2025-03", "rules: {keep: .inf}", "7: rules.keep: must be a valid integer, not inf"),
    ("rules: sn9-2025-03", "rules: {keep: 0}", "7: rules.keep: must be greater than or equal to 1, not 0"),
    ("rules: sn9-2025-03", "rules: {filtered: 1}", "7: rules.filtered: must be a valid boolean, not 1"),
    (
        "rules: sn9-2025-03",
        "rules: {semantics: kng}",
        "7: rules.semantics: must be 'pool', 'king' or 'running-best', not 'kng'",
    ),
    ("rules: sn9-2025-03", "rules: [1]", "7: rules: must be an era such as sn9-2025-03 or a mapping"),
    (
        "baseline: sn9-2025-03",
        "baseline: linear",
        "11: baseline: there is no lane 'linear' in the panel; did you mean 'linear st",
    ),
    ("linear:", "lineer:", "10: panel.1: there is no policy 'lineer'; did you mean 'linear'?"),
    ("start: 0.004", "strt: 0.004", "10: panel.1.linear.strt: linear has no parameter 'strt'; did you mean 'start'?"),
    ("start: 0.004", "start: 4", "10: panel.1.linear.start: linear: start is 4, but must be between 0 and 0.99"),
    ("- sn9-2025-03", "- sn9-2025-3", "9: panel.0: there is no era 'sn9-2025-3'; did you mean 'sn9-2025-03'?"),
    ("  - sn9-2025-03\n  - linear: {start: 0.004}", "  []", "8: panel: must have at least 1 item"),
    ("worlds: 2", "worlds: 2\nworlds: 3", "13: worlds: duplicate key 'worlds', first given on line 12"),
]


@pytest.mark.parametrize(("old", "new", "said"), FAULTS, ids=[new[-30:] for _, new, _ in FAULTS])
def test_every_fault_names_line_path_value_and_rule(tmp_path, old, new, said):
    """File, line, key path, what was given, the rule or the nearest valid spelling, on one line."""
    message = refused(tmp_path, old, new)
    assert said in message
    assert message.startswith(said) or not said[0].isdigit()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ": the file is empty"),
        ("- a\n", ":1: a recipe is a mapping of keys such as name and panel, not a list"),
        ("hello\n", ":1: a recipe is a mapping of keys such as name and panel, not a str"),
    ],
)
def test_what_is_no_recipe_at_all(tmp_path, text, said):
    """An empty file, a list and a text say what a recipe is."""
    path = recipe(tmp_path, text=text)
    with pytest.raises(InputError) as caught:
        load(path)
    assert str(caught.value) == f"{path}{said}"


def test_a_fault_in_the_race_names_both_files(tmp_path):
    """A wrong row says where the recipe names the race, and where in the race the row is."""
    path = recipe(tmp_path, text=TEXT, rows="date,miner,loss\n2026-01-01,ann,-1\n")
    with pytest.raises(InputError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:4: scenario.races.0: {tmp_path / 'small.csv'}: row 1 (line 2)")


def test_a_good_recipe(tmp_path):
    """Everything is looked up: the race beside the recipe, the lanes, the rules of the era, the setting."""
    spec = load(recipe(tmp_path, text=TEXT))
    assert [race.name for race in spec.races] == ["small"]
    assert [lane.name for lane in spec.lanes] == ["sn9-2025-03", "linear start=0.004"]
    assert spec.baseline == "sn9-2025-03"
    assert (spec.rules.delay, spec.rules.keep, spec.lanes[1].rules) == (250, 5, spec.rules)
    assert (spec.setting.noise.paired, spec.setting.noise.common) == (0.001, 0.014)
    assert (spec.setting.step_blocks, spec.setting.tail_days, spec.setting.hotkeys) == (150, 7.0, "submission")


def test_a_spec_is_frozen(tmp_path):
    """Neither the spec nor the recipe in it can be changed."""
    from pydantic import ValidationError

    spec = load(recipe(tmp_path, text=TEXT))
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.baseline = "x"
    with pytest.raises(ValidationError):
        spec.recipe.worlds = 3


def test_overrides_replace_top_level_keys(tmp_path):
    """`worlds` and `seed` of the caller win over the file's; None leaves the file's."""
    path = recipe(tmp_path, text=TEXT)
    spec = load(path, worlds=3, seed=9)
    assert (spec.recipe.worlds, spec.recipe.seed) == (3, 9)
    assert load(path, worlds=None).recipe.worlds == 2


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ({"worlds": 0}, "must be greater than or equal to 1, not 0"),
        ({"seed": "x"}, "must be a valid integer, not 'x'"),
        ({"wolrds": 3}, "did you mean 'worlds'?"),
    ],
)
def test_wrong_overrides_are_refused(tmp_path, override, said):
    """An override is held to the same rules."""
    with pytest.raises(InputError) as caught:
        load(recipe(tmp_path, text=TEXT), **override)
    assert said in str(caught.value)


def test_policies_replace_the_panel(tmp_path):
    """Policies of the caller are the whole panel, and the first is the baseline."""
    spec = load(recipe(tmp_path, text=TEXT), policies=["fixed", {"linear": {"end": 0}}])
    assert [lane.name for lane in spec.lanes] == ["fixed epsilon=0.005", "linear end=0"]
    assert spec.baseline == "fixed epsilon=0.005"


def test_a_wrong_policy_of_the_caller_is_not_blamed_on_the_file(tmp_path):
    """The message begins with the option that it came by."""
    with pytest.raises(InputError, match=r"^--policy: there is no policy 'lineer'; did you mean 'linear'"):
        load(recipe(tmp_path, text=TEXT), policies=["lineer"])


def test_one_world_where_nothing_is_random(tmp_path):
    """Copies of a world without noise would feign certainty, so there is one."""
    quiet = load(recipe(tmp_path, text=TEXT.replace("paired: 0.001", "paired: 0\n    common: 0")))
    loud = load(recipe(tmp_path, text=TEXT))
    assert (quiet.worlds(quiet.races[0]), loud.worlds(loud.races[0])) == (1, 2)


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_recipes_load(path):
    """Every recipe that comes with the program is valid, under its file's name, with a question and a baseline."""
    if is_study(path):
        study = load_study(path)
        assert study.recipe.name == path.stem
        assert study.recipe.question
        assert study.recipe.heldout or len(study.recipe.families) > 1  # what it should hold for
        return
    spec = load(path)
    assert spec.recipe.name == path.stem
    assert spec.recipe.question
    assert spec.baseline in {lane.name for lane in spec.lanes}


def test_the_schema_knows_every_key():
    """The JSON schema lists all keys, forbids others, and is plain JSON."""
    schema = json.loads(json.dumps(Recipe.model_json_schema()))
    assert set(schema["properties"]) == set(Recipe.model_fields)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name", "scenario", "panel"]
