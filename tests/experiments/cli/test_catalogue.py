"""What is on the shelf, as text and as JSON."""

import json

import numpy as np
import pytest

from experiments.cli import catalogue
from policies import InputError, build, find, names
from sim.mechanism import eras


def test_the_json_lists_every_policy():
    """One object per policy with the promised keys (design 5.6), all parameters with their bounds and default."""
    found = json.loads(catalogue.as_json())
    assert [entry["name"] for entry in found] == list(names())
    for entry in found:
        assert {"name", "class", "formula", "source", "fails", "stores", "needs", "parameters"} <= set(entry)
        assert entry["class"] in ("D", "D+", "V")
        assert entry["class"] == "V" or entry["remembers"] == []
        declared = find(entry["name"]).parameters()
        assert [p["name"] for p in entry["parameters"]] == list(declared)
        for p in entry["parameters"]:
            assert {"name", "unit", "low", "high", "scale", "default"} <= set(p)
            assert p["low"] <= p["default"] <= p["high"]


def test_one_policy_is_a_list_of_one():
    """With a name the document has the same form."""
    (entry,) = json.loads(catalogue.as_json("half-life"))
    assert entry["name"] == "half-life"


def test_the_listing_has_a_line_per_policy():
    """Name, class and formula, then how to go on."""
    lines = catalogue.listing().splitlines()
    assert [line.split()[1] for line in lines[: len(names())]] == [find(name).state for name in names()]
    assert [line.split()[0] for line in lines[: len(names())]] == list(names())
    assert "steepest policies NAME" in lines[-1]


@pytest.mark.parametrize("name", names())
def test_every_policy_explains_itself(name):
    """Class, formula, every parameter, source, failure modes, what is to be stored, and epsilon against age."""
    kind = find(name)
    text = catalogue.explanation(kind())
    for part in (kind.formula, kind.source, kind.fails, kind().stores, "age in days", *kind.parameters()):
        assert part in text
    assert text.startswith(f"{name} (class {kind().state})")
    assert ("the fifth of five kings" in text) == kind().reads


def test_the_drawing_shows_the_values_given():
    """An epsilon of 0.8 % for ever fills the chart up to its top."""
    lines = catalogue.explanation(build({"fixed": {"epsilon": 0.008}})).splitlines()
    (top,) = [line for line in lines if line.strip().startswith("0.800")]
    assert top.count("█") == 61


def test_the_drawing_reads_the_example():
    """A shield without decay shows the example's gain: 0.4 %, less its luck of (0.1 / 0.4)^2, at every age."""
    lines = catalogue.explanation(build({"descent-shield": {"half_life_blocks": 0}})).splitlines()
    (top,) = [line for line in lines if line.strip().startswith("0.375")]
    assert top.count("█") == 61


def test_a_policy_around_another_says_what_both_need():
    """The class is the higher of the two, and what is stored and needed is named for both."""
    text = catalogue.explanation(build({"grace": {"then": {"noise-floor": {"then": "crown-age"}}}}))
    for part in ("grace (class V)", "the block of each king's crown", "standard error of the paired", "needs:  errors"):
        assert part in text


@pytest.mark.parametrize(
    ("spec", "same"),
    [
        ("linear", {"linear": {}}),
        ({"linear": {"end": 0}}, {"linear": {"end": 0}}),
        ("sn9-2024-12/3B", {"linear": {"end": 0.0002, "decay_blocks": 28_800}}),
    ],
)
def test_a_policy_by_name_spec_or_preset(spec, same):
    """All three ways lead to the policy."""
    assert catalogue.policy_of(spec) == build(same)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("linaer", "did you mean 'linear'"),
        ("sn9-2030", "there is no era"),
        (None, "not None"),
        ({"linear": {"start": 2}}, "between 0 and 0.99"),
    ],
)
def test_no_such_policy(spec, said):
    """The error names the nearest spelling, or the rule."""
    with pytest.raises(InputError, match=said):
        catalogue.policy_of(spec)


def test_an_exported_file_is_the_policy(tmp_path):
    """The written text defines a class that computes what the policy does."""
    policy = build({"stretched": {"shape": 3}})
    catalogue.write_export(policy, tmp_path / "mine.py")
    space: dict = {}
    exec((tmp_path / "mine.py").read_text(encoding="utf-8"), space)  # noqa: S102 - the text under test
    compute = space["StretchedEpsilon"]().compute_epsilon
    ages = np.arange(0, 100_000, 777.0)
    found = [compute(5_000_000 + age, 5_000_000) for age in ages]
    assert found == pytest.approx(policy.epsilon(ages).tolist(), rel=1e-12)


def test_all_eras_are_listed():
    """A line per parameter set, or an object with rules and competitions."""
    lines = catalogue.eras(None, json_wanted=False).splitlines()
    assert [line.split()[0] for line in lines] == eras.names()
    found = json.loads(catalogue.eras(None, json_wanted=True))
    assert [entry["name"] for entry in found] == eras.names()
    assert found[11]["competitions"]["14B"] == {
        "share": 0.3,
        "epsilon": {"linear": {"start": 0.005, "end": 0.0001, "decay_blocks": 14_400}},
    }


@pytest.mark.parametrize("when", ["sn9-2024-10", "2024-10-11", "4100000"])
def test_one_moment(when):
    """An era, a date or a block: what was paid by which epsilon, and the rules."""
    text = catalogue.eras(when, json_wanted=False)
    assert "14B    57.0% of rewards" in text
    assert "rules: temperature 0.01, alpha 0.5, keep 5" in text
    assert json.loads(catalogue.eras(when, json_wanted=True))["competitions"]["14B"]["share"] == 0.57


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2024-13-01", "neither an era"),
        ("soon", "neither an era"),
        ("²", "neither an era"),
        ("2023-01-01", "2023-11-14"),
        ("5", "2023-11-14"),
    ],
)
def test_no_such_moment(when, said):
    """What is neither era, date nor block, or too early, is an input error."""
    with pytest.raises(InputError, match=said):
        catalogue.eras(when, json_wanted=False)
