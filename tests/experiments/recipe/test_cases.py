"""Cases: variants of a world, each like a race of its own."""

import pytest
from small_world import keys, world

from experiments.recipe.cases import merge
from policies import InputError
from sim.miners.hardware import Fleet
from sim.miners.progress.ideas import IdeasProgress
from sim.validators.noise import NoiseLevel


def cases(folder, *lines):
    """The scenarios of a recipe with these cases."""
    return world(folder, *keys("cases:", *(f"  {line}" for line in lines))).scenarios


def test_a_case_is_the_rest_with_its_changes(tmp_path):
    """Each case has its name, its own keys, and all else of the scenario."""
    one, two, three = cases(
        tmp_path, "as it is: {}", "long: {days: 20, noise: {pages: 3}}", "ideas: {progress: {ideas: }}"
    )
    assert [each.name for each in (one, two, three)] == ["as it is", "long", "ideas"]
    assert [each.days for each in (one, two, three)] == [10.0, 20.0, 10.0]
    assert two.noise == NoiseLevel(samples=100, pages=3)
    assert three.progress == ((IdeasProgress(), 1.0),)


def test_shares_are_replaced_as_a_whole(tmp_path):
    """The kinds of GPU of a case are all that there are."""
    (only,) = cases(tmp_path, "old: {fleet: {kinds: {a100: 1}, skill: 0}}")
    assert only.fleet == Fleet({"a100": 1.0}, skill=0.0)


@pytest.mark.parametrize(
    ("rest", "changes", "found"),
    [
        ({"a": 1, "b": 2}, {"b": 3}, {"a": 1, "b": 3}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}}, {"a": {"x": 1, "y": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"x": 1}}, {"a": None}, {"a": None}),
        ({}, {"a": {"x": 1}}, {"a": {"x": 1}}),
        ({"progress": {"law": {"tokens": 1}}}, {"progress": {"law": {"law": "c4"}}},
         {"progress": {"law": {"tokens": 1, "law": "c4"}}}),
        ({"progress": {"law": {"tokens": 1}}}, {"progress": {"ideas": {}}}, {"progress": {"ideas": {}}}),
    ],
)  # fmt: skip
def test_merging(rest, changes, found):
    """Mappings key by key, all else replaced, and so is progress of another kind; what is given stays as it was."""
    before = repr((rest, changes))
    assert merge(rest, changes) == found
    assert repr((rest, changes)) == before


FAULTS = [
    ("b: {dayz: 3}", "6: scenario.cases.b.dayz: unknown key 'dayz'; did you mean 'days'?"),
    ("b: {fleet: {kinds: {h100: 0.5}}}", "6: scenario.cases.b.fleet.kinds: the shares of GPU kinds sum to 0.5"),
    ("b: {noise: {samples: 0}}", "6: scenario.cases.b.noise.samples: must be greater than or equal to 1, not 0"),
    ("b: {cases: {}}", "6: scenario.cases.b.cases: a case has no cases of its own"),
    ("b: {kind: race}", "6: scenario.cases.b.kind: must be 'world', not 'race'"),
    ("b: 3", "6: scenario.cases.b: must be a mapping, not 3"),
    ("'': {}", "6: scenario.cases.: a case's name is a text of 1 to 100 printable characters, not ''"),
]


@pytest.mark.parametrize(("line", "said"), FAULTS, ids=[line for line, _ in FAULTS])
def test_faults_lead_into_the_case(tmp_path, line, said):
    """The line and the key path are those of the case."""
    with pytest.raises(InputError) as caught:
        cases(tmp_path, line)
    assert str(caught.value).startswith(f"{tmp_path / 'little.yaml'}:{said}")


def test_a_fault_of_the_rest_that_only_a_case_has(tmp_path):
    """Where a case makes another key wrong, the message names both."""
    trace = "progress: {trace: {library: recorded-cpu, days: 100}}"
    with pytest.raises(InputError) as caught:
        world(tmp_path, *keys(trace, "cases: {short: {}, long: {days: 400}}"))
    assert ":6: scenario.cases.long: progress.trace.days: run '" in str(caught.value)
    assert "is too short for the horizon" in str(caught.value)
