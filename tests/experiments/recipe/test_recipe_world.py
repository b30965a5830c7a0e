"""Recipes of worlds: what becomes of every key, and what every fault answers."""

import json
import pickle
import re
from dataclasses import fields, is_dataclass

import pytest
from places import ROOT
from small_world import RECIPE, keys, world

from experiments.recipe.faults import validate
from experiments.recipe.recipe import Recipe
from experiments.recipe.world import WorldScenario
from policies import InputError
from sim.miners.hardware import Fleet
from sim.miners.progress.draws import DrawsProgress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.scenario import Copies, Economy, Scenario, Validation
from sim.settings import abouts


def test_a_world_is_looked_up(tmp_path):
    """A scenario of the recipe's name, a lane per policy, and no race."""
    spec = world(tmp_path)
    (scenario,) = spec.scenarios
    assert (scenario.name, scenario.days, scenario.miners, scenario.noise.samples) == ("little", 10.0, 8, 100)
    assert scenario.fleet == Fleet({"h100": 0.5, "a100": 0.5})
    assert [lane.name for lane in spec.lanes] == ["sn9-2025-03", "shield"]
    assert [population.name for population in spec.populations] == ["honest"]
    assert (spec.races, spec.contests, spec.worlds(scenario)) == ((), (scenario,), 2)


def test_what_is_left_out_is_the_default_of_the_code(tmp_path):
    """A scenario that says its kind and nothing else is `Scenario()`."""
    head, tail = RECIPE.index("  days: 10"), RECIPE.index("panel:")
    assert world(tmp_path, RECIPE[head:tail]).scenarios == (Scenario("little"),)


def test_hours_become_blocks(tmp_path):
    """300 blocks an hour: half an hour is 150 blocks."""
    lines = ("wake_hours: 0.5", "public_delay_hours: 10", "copies: {penalty: 0.2, noise: 0.01}")
    (scenario,) = world(tmp_path, *keys(*lines)).scenarios
    assert (scenario.wake_blocks, scenario.public_blocks) == (150, 3000)
    assert scenario.copies == Copies(penalty=0.2, noise=0.01)


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("in_turn: true", "in_turn", True),
        ("local_samples: 5", "local_samples", 5),
        ("seed_sd: 0.001", "seed_sd", 0.001),
        ("founded: false", "founded", False),
        ("target: 0.5", "target", 0.5),
        ("economy: {usd_per_day: 1}", "economy", Economy(usd_per_day=1.0)),
        ("validation: {validators: 3, queue: 7}", "validation", Validation(queue=7, validators=3)),
        ("progress: {law: {tokens: 1e12}}", "progress", ((LawProgress(tokens=1e12), 1.0),)),
        ("progress: {ideas: {gain: 0.1}}", "progress", ((IdeasProgress(gain=0.1), 1.0),)),
        ("progress: {draws: {law: gumbel, per_day: 2}}", "progress", ((DrawsProgress("gumbel", per_day=2.0), 1.0),)),
    ],
)
def test_keys_arrive(tmp_path, line, field, value):
    """Each key changes its field of the scenario."""
    (scenario,) = world(tmp_path, *keys(line)).scenarios
    assert getattr(scenario, field) == value != getattr(Scenario(), field)


def test_a_kind_of_progress_without_parameters(tmp_path):
    """Its defaults, whether an empty mapping is written or nothing."""
    for given in ("{ideas: {}}", "{ideas: }"):
        assert world(tmp_path, *keys(f"progress: {given}")).scenarios[0].progress == ((IdeasProgress(), 1.0),)


def test_several_ways_of_making_progress(tmp_path):
    """A list of ways has the shares of the miners."""
    lines = ("progress:", "  - {law: {}, share: 0.25}", "  - {ideas: {}, share: 0.75}")
    (scenario,) = world(tmp_path, *keys(*lines)).scenarios
    assert scenario.progress == ((LawProgress(), 0.25), (IdeasProgress(), 0.75))


def test_every_field_of_a_scenario_has_a_key():
    """Under its own name, but for hours; only races have a script."""
    renamed = {"wake_blocks": "wake_hours", "public_blocks": "public_delay_hours"}
    expected = {renamed.get(f.name, f.name) for f in fields(Scenario)} - {"name", "script"}
    assert {f.name for f in fields(WorldScenario)} == expected | {"kind", "cases"}


def test_the_schema_knows_the_keys():
    """The JSON schema of recipes has both kinds of scenario, with bounds, units, defaults and descriptions."""
    schema = json.loads(json.dumps(Recipe.model_json_schema()))
    kinds = schema["properties"]["scenario"]["discriminator"]["mapping"]
    assert set(kinds) == {"race", "world"}
    queue = schema["$defs"]["Validation"]["properties"]["queue"]
    assert (queue["default"], queue["minimum"], queue["maximum"]) == (25, 1, 1_000_000)
    assert queue["description"] == "models that may be pending or under evaluation at once; later ones wait"
    assert schema["$defs"]["Economy"]["properties"]["usd_per_day"]["unit"] == "USD"
    assert schema["$defs"]["WorldScenario"]["additionalProperties"] is False
    assert schema["$defs"]["WorldScenario"]["required"] == ["kind"]


def test_the_page_is_the_declaration():
    """The table of a world's keys in the documentation has every key with its default and what it means."""
    page = (ROOT / "docs/howto-recipe.md").read_text(encoding="utf-8")
    part = page.partition("| key of a world |")[2].partition("\n\n")[0]
    table = {key: rest for key, *rest in re.findall(r"^\| `([\w.]+)` \| (\S*) ?\| (.*) \|$", part, re.MULTILINE)}
    usual = validate(WorldScenario, {"kind": "world"})
    expected = {}
    for name, about in abouts(WorldScenario).items():
        value = getattr(usual, name)
        if is_dataclass(value) and not hasattr(value, "rule"):  # one of several rules has a page of its own
            inner = abouts(type(value)).items()
            expected |= {f"{name}.{key}": (getattr(value, key), each.meaning) for key, each in inner}
        elif name != "kind":
            expected[name] = (value, about.meaning)
    assert list(table) == list(expected)
    for key, (said, meaning) in table.items():
        default, about = expected[key]
        assert not said or json.loads(said) == default, key
        assert meaning == about, key


def test_overrides_hold_for_worlds(tmp_path):
    """`worlds` and `seed` of the caller win over the file's."""
    spec = world(tmp_path, worlds=3, seed=9)
    assert (spec.recipe.worlds, spec.recipe.seed) == (3, 9)


def test_a_spec_travels(tmp_path):
    """Scenarios and lanes are pickled on their way to a worker process."""
    spec = world(tmp_path, "panel:", "deviations: [withholder]\npanel:")
    again = pickle.loads(pickle.dumps((spec.scenarios, spec.lanes)))  # noqa: S301 - our own
    assert again == (spec.scenarios, spec.lanes)


FAULTS = [
    ("days: 10", "days: 0", "4: scenario.days: must be greater than or equal to 0.01, not 0"),
    ("days: 10", "days: .nan", "4: scenario.days: must be a finite number, not nan"),
    ("days: 10", "day: 10", "4: scenario.day: unknown key 'day'; did you mean 'days'?"),
    ("days: 10", "world: 10", "4: scenario.world: unknown key 'world'; known: days, miners"),
    ("days: 10", "days: 10\n  races: []", "5: scenario.races: unknown key 'races'; "),
    ("miners: 8", "miners: 8.0", "5: scenario.miners: must be a valid integer, not 8.0"),
    ("miners: 8", "miners: 5000", "5: scenario.miners: must be less than or equal to 4096, not 5000"),
    ("samples: 100", "sample: 100", "7: scenario.noise.sample: unknown key 'sample'; did you mean 'samples'?"),
    ("samples: 100", "samples: 100\n    samples: 9", "8: scenario.noise.samples: duplicate key 'samples', first given"),
    ("\n    samples: 100", " 3", "6: scenario.noise: must be a mapping with the keys samples, pages, sample_sd"),
    ("a100: 0.5", "a100: 0.4", "9: scenario.fleet.kinds: the shares of GPU kinds sum to 0.9, but must sum"),
    ("a100: 0.5", "a10: 0.5", "9: scenario.fleet.kinds: no GPU is called 'a10'; did you mean 'a100'?"),
    ("a100: 0.5", "a100: -1", "9: scenario.fleet.kinds.a100: must be greater than or equal to 0, not -1"),
    ("{h100: 0.5, a100: 0.5}", "[h100]", "9: scenario.fleet.kinds: must be a mapping, not ['h100']"),
    (
        "kinds:",
        "least: 9\n    most: 8\n    kinds:",
        "9: scenario.fleet.least: GPUs from 9 to 8, but must be 1 <= least",
    ),
    ("kind: world", "kind: word", "3: scenario.kind: must be 'race' or 'world', not 'word'"),
    ("worlds: 2", "device: torch", "13: device: is 'torch', but worlds are compiled and run on the processor"),
    ("worlds: 2", "baseline: shed", "13: baseline: there is no lane 'shed' in the panel; did you mean 'shield'?"),
]

PROGRESS_FAULTS = [
    ("3", "4: scenario.progress: must be a mapping with the keys law, ideas, trace, draws, share, not 3"),
    ("{}", "4: scenario.progress: has one of law, ideas, trace, draws, such as {law: {parameters: 3e9}}, not none"),
    ("{law: {}, ideas: {}}", "4: scenario.progress: has one of law, ideas, trace, draws"),
    ("{lav: {}}", "4: scenario.progress.lav: unknown key 'lav'; did you mean 'law'?"),
    ("{law: {law: refinedwb}}", "4: scenario.progress.law.law: no scaling law is called 'refinedwb'; did you mean"),
    ("{law: {tokens: 1}}", "4: scenario.progress.law.tokens: must be greater than or equal to 100000000, not 1"),
    ("[{law: {}}, {ideas: {}}]", "4: scenario.progress: the shares of progress sum to 2, but must sum to 1"),
    ("[{law: {}}, {ideas: {gian: 1}}]", "4: scenario.progress.1.ideas.gian: unknown key 'gian'; did you mean 'gain'?"),
    ("{draws: {law: normal}}", "4: scenario.progress.draws.law: must be 'exponential', 'gumbel' or 'fixed', not"),
    ("{trace: {}}", "4: scenario.progress.trace: needs either a `library` of curves or what to `synthesise`"),
    (
        "{trace: {library: recorded-gpu}}",
        "4: scenario.progress.trace.library: there is no shipped library 'recorded-gpu'",
    ),
    ("{trace: {library: little.yaml}}", "4: scenario.progress.trace.library: "),
    (
        "{trace: {library: recorded-cpu, runs: [50k-cosine-adamw-raw-s7/raw]}}",
        "4: scenario.progress.trace.runs.0: no run is called '50k-cosine-adamw-raw-s7/raw'; did you mean '",
    ),
    ("{trace: {library: recorded-cpu, count: 2}}", "4: scenario.progress.trace.count: goes with `synthesise` only"),
    (
        "{trace: {synthesise: {tokens: 1e9}}}",
        "4: scenario.progress.trace.synthesise.parameters: is missing; a recipe needs it (N as the scaling law counts",
    ),
    (
        "{trace: {synthesise: {tokens: 1e10, parameters: 1e8, schedule: cosin}}}",
        "4: scenario.progress.trace.synthesise.schedule: no schedule is called 'cosin'; did you mean 'cosine'?",
    ),
    (
        "{trace: {synthesise: {tokens: 1e10, parameters: 1e8, kind: train}}}",
        "4: scenario.progress.trace.synthesise: run 'refinedweb-1e+08-1e+10-cosine-0' has training losses",
    ),
    (
        "{trace: {library: recorded-cpu, days: 9}}",
        "4: scenario.progress.trace.days: run '",
    ),
]


def refused(folder, old, new):
    """What the recipe with `old` changed to `new` is answered, without the file's name."""
    with pytest.raises(InputError) as caught:
        world(folder, old, new)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{folder / 'little.yaml'}:")
    return message.removeprefix(f"{folder / 'little.yaml'}:")


@pytest.mark.parametrize(("old", "new", "said"), FAULTS, ids=[said[:40] for *_, said in FAULTS])
def test_every_fault_names_line_path_value_and_rule(tmp_path, old, new, said):
    """File, line, key path, what was given, the rule or the nearest valid spelling, on one line."""
    assert refused(tmp_path, old, new).startswith(said)


def test_device_is_to_be_removed(tmp_path):
    """A key that recipes once had is told apart from a misspelling: in a world, in Python, in a race and in a study."""
    import small_race
    import small_study

    from experiments.recipe.recipe import load
    from experiments.search.spec import load as load_study

    race = small_race.recipe(tmp_path, text=f"{small_race.RECIPE}device: cuda\n")
    study = small_study.recipe(tmp_path / "study", "seed: 7", "device: cuda")
    for read in (
        lambda: world(tmp_path, "worlds: 2", "device: cuda"),
        lambda: world(tmp_path, device="cuda"),
        lambda: load(race),
        lambda: load_study(study),
    ):
        with pytest.raises(InputError, match=r"device: is 'cuda', but .* nothing to choose; remove it$"):
            read()


@pytest.mark.parametrize(("given", "said"), PROGRESS_FAULTS, ids=[given for given, _ in PROGRESS_FAULTS])
def test_faults_of_progress(tmp_path, given, said):
    """The same for all kinds of progress, what a library holds included."""
    assert refused(tmp_path, "days: 10", f"progress: {given}\n  days: 10").startswith(said)


def test_a_race_has_nobody_who_decides(tmp_path):
    """Populations and deviations are for worlds; a race refuses them rather than ignore them."""
    from small_race import RECIPE as RACE
    from small_race import recipe

    from experiments.recipe.recipe import load

    for key, value in (("populations", "{honest: {honest: 1}}"), ("deviations", "[sniper]")):
        with pytest.raises(InputError, match=rf":11: {key}: .*only"):
            load(recipe(tmp_path, text=f"{RACE}{key}: {value}\n"))


def test_a_world_has_no_setting_of_races(tmp_path):
    """What only races have is not made up."""
    with pytest.raises(TypeError, match="little is a world"):
        _ = world(tmp_path).setting


def test_a_queue_that_starves_newcomers_is_refused(tmp_path):
    """As many models kept as the queue has places: nobody could ever come in."""
    with pytest.raises(InputError, match=r"scenario.validation.queue: queue is 5, but lane .* keeps 5 models"):
        world(tmp_path, *keys("validation: {queue: 5}"))
    assert world(tmp_path, *keys("validation: {queue: 6}")).scenarios[0].validation.queue == 6


def test_days_and_miners_replace_those_of_all_cases(tmp_path):
    """What a case says of them too, and nothing else of it."""
    cases = keys("cases:", "  long: {days: 9, wake_hours: 3}", "  wide: {miners: 40}")
    changed = world(tmp_path, *cases, days=3.0, miners=12)
    assert [(case.name, case.days, case.miners) for case in changed.scenarios] == [("long", 3.0, 12), ("wide", 3.0, 12)]
    assert changed.scenarios[0].wake_blocks != changed.scenarios[1].wake_blocks
