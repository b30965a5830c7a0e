"""`policies`, `eras`, `check`, `schema` and `init`: what the program has and knows."""

import json

import numpy as np
import pytest
from command import refused, steepest
from small_race import recipe

from experiments.results.metrics import RACE_METRICS
from policies import build, names
from sim.mechanism import eras


def good(*arguments, cwd):
    """The standard output of a command that must go well, silently on standard error."""
    found = steepest(*arguments, cwd=cwd)
    assert (found.returncode, found.stderr) == (0, "")
    return found.stdout


def test_policies_lists_the_shelf(tmp_path):
    """A line for each policy."""
    out = good("policies", cwd=tmp_path)
    assert [line.split()[0] for line in out.splitlines()[: len(names())]] == list(names())


def test_policies_explains_and_draws_one(tmp_path):
    """Formula, parameters, source, and epsilon against age; a spec or a preset will do as well."""
    out = good("policies", "linear: {end: 0}", cwd=tmp_path)
    for part in ("linear (class D)", "epsilon(age) = start", "decay_blocks", "source:", "age in days", "█"):
        assert part in out
    assert "half-life (class D)" in good("policies", "sn29-2024-10", cwd=tmp_path)


def test_policies_as_json(tmp_path):
    """One document with the promised keys (design 5.6)."""
    found = json.loads(good("policies", "--json", cwd=tmp_path))
    assert [entry["name"] for entry in found] == list(names())
    for entry in found:
        assert {"name", "class", "formula", "source", "parameters"} <= set(entry)
        assert all({"name", "unit", "low", "high", "scale", "default"} <= set(p) for p in entry["parameters"])
    (one,) = json.loads(good("policies", "knots", "--json", cwd=tmp_path))
    assert one["name"] == "knots"


@pytest.mark.parametrize("spec", ["half-life: {half_life_blocks: 5000}", "sn9-2025-03"])
def test_policies_exports_a_drop_in_class(tmp_path, spec):
    """The written class computes what the policy does on 10,000 ages, without this program, and at full decay."""
    good("policies", spec, "--export", "drop_in.py", cwd=tmp_path)
    space: dict = {}
    exec((tmp_path / "drop_in.py").read_text(encoding="utf-8"), space)  # noqa: S102 - the text under test
    (kind,) = [value for name, value in space.items() if name.endswith("Epsilon")]
    policy = eras.preset(spec)[1] if spec.startswith("sn9") else build({"half-life": {"half_life_blocks": 5000}})
    ages = np.append(np.arange(0, 100_000, 10.0), np.inf)
    found = [kind().compute_epsilon(4_000_000 + age, 4_000_000) for age in ages]
    np.testing.assert_allclose(found, policy.epsilon(ages), rtol=1e-12)


def test_eras(tmp_path):
    """All named parameter sets, or one moment, as text and as JSON."""
    assert [line.split()[0] for line in good("eras", cwd=tmp_path).splitlines()] == eras.names()
    assert "14B    57.0% of rewards" in good("eras", "2024-10-11", cwd=tmp_path)
    found = json.loads(good("eras", "sn9-2025-03", "--json", cwd=tmp_path))
    assert found["rules"]["delay"] == 250


def test_check_runs_nothing(tmp_path):
    """A valid recipe is described, and no results are written."""
    recipe(tmp_path)
    out = good("check", "small.yaml", cwd=tmp_path)
    assert out.startswith("small.yaml is valid: small, 2 lanes, 2 worlds of each of: small (4 submissions, ")
    document = json.loads(good("check", "small.yaml", "--json", cwd=tmp_path))
    assert len(document["digest"]) == 12
    assert [lane["name"] for lane in document["spec"]["lanes"]] == ["sn9-2025-03", "shield"]
    assert not (tmp_path / "runs").exists()


def test_schema_is_a_json_schema(tmp_path):
    """Valid JSON with the keys of a recipe."""
    schema = json.loads(good("schema", cwd=tmp_path))
    assert {"name", "scenario", "panel", "worlds", "seed"} <= set(schema["properties"])
    assert schema["type"] == "object"


def test_init_makes_something_that_runs(tmp_path):
    """A new folder with a recipe and a race, which run as they are."""
    good("init", "mine", cwd=tmp_path)
    found = json.loads(good("run", "recipe.yaml", "--worlds", 1, "--json", cwd=tmp_path / "mine"))
    assert found["failed"] == 0
    assert set(found["lanes"][0]["metrics"]) == set(RACE_METRICS)


@pytest.mark.parametrize(
    ("kind", "files"),
    [("--world", ["recipe.yaml"]), ("--tune", ["recipe.yaml"]), ("--policy", ["my_policy.py", "recipe.yaml"])],
)
def test_init_makes_what_is_asked_for(kind, files, tmp_path):
    """Each recipe is valid as it is, and two kinds at once are refused."""
    assert "run it:  steepest " in good("init", "mine", kind, cwd=tmp_path)
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == files
    assert " is valid: " in good("check", "mine/recipe.yaml", cwd=tmp_path)
    assert "make different recipes" in refused(steepest("init", "other", "--race", kind, cwd=tmp_path))


def test_a_policy_of_ones_own_takes_two_commands(tmp_path):
    """From an empty folder to a report."""
    good("init", "mine", "--policy", cwd=tmp_path)
    found = json.loads(good("run", "mine/recipe.yaml", "--worlds", 1, "--json", cwd=tmp_path))
    assert [lane["policy"] for lane in found["lanes"]][:3] == ["linear", "my-policy", "my-policy"]
    assert (tmp_path / found["run"] / "report.html").exists()


def test_output_may_be_cut_off(tmp_path):
    """A reader that goes away early, as `head` does, gets no traceback in return."""
    found = steepest("eras", "--json", cwd=tmp_path, before='"$@" | head -1; exit 0')
    assert found.stderr == ""
