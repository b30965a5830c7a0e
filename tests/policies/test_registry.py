"""Finding, naming and building policies."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

import policies
from policies import PolicyError, build, find, names, rewards
from policies.registry import SHELF

CATALOGUE = {
    "fixed",
    "linear",
    "half-life",
    "cosine",
    "staircase",
    "power",
    "logistic",
    "stretched",
    "grace",
    "knots",
    "two-scale",
    "crown-age",
    "stagnation-clock",
    "absolute-margin",
    "excess-entropy",
    "improvement-adaptive",
    "descent-matched",
    "schedule-anchored",
    "reign-controller",
    "standard-errors",
    "ladder-step",
    "sequential-test",
    "noise-floor",
    "descent-shield",
    "slope-shield",
    "lineage",
}
"""What every shelf must have."""

HEAVY = {"torch", "pandas", "numba", "scipy", "simpy", "plotly", "optuna", "sim", "experiments"}


def modules_after(code: str) -> set[str]:
    """The modules that a fresh Python has loaded after running `code`."""
    code += "; import json, sys; print(json.dumps(list(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


def test_names_are_the_files() -> None:
    """Every file in `policies/epsilon` is a policy; underscores read as hyphens."""
    stems = {path.stem for path in (Path(policies.__file__).parent / "epsilon").glob("*.py")}
    assert set(names()) == {stem.replace("_", "-") for stem in stems - {"__init__"}}
    assert set(names()) >= CATALOGUE


@pytest.mark.parametrize(("shelf", "names"), [("epsilon", names()), ("rewards", rewards.names())])
def test_every_policy_has_its_own_tests(shelf: str, names: tuple[str, ...]) -> None:
    """`NAME.py` is tested in `test_NAME.py`: the contract, its formula, and its limits."""
    folder = ROOT / "tests" / "policies" / shelf
    assert {f"test_{name.replace('-', '_')}.py" for name in names} <= {path.name for path in folder.iterdir()}


def test_listing_imports_no_policy_and_nothing_heavy() -> None:
    """Importing the package and listing it loads neither a policy nor a library that only some need."""
    loaded = modules_after("import policies; policies.names()")
    assert not {f"policies.epsilon.{name.replace('-', '_')}" for name in names()} & loaded
    assert not HEAVY & loaded


def test_finding_imports_that_policy_alone() -> None:
    """Only the policy that is asked for is imported."""
    loaded = modules_after("import policies; policies.build('half-life').epsilon(1.0)")
    assert {f"policies.epsilon.{name.replace('-', '_')}" for name in names()} & loaded == {"policies.epsilon.half_life"}
    assert not HEAVY & loaded


@pytest.mark.parametrize("name", policies.__all__)
def test_everything_public_can_be_imported(name: str) -> None:
    """Every public name is found, in the module that defines it."""
    assert getattr(policies, name) is not None


@pytest.mark.parametrize("name", names())
def test_every_policy_introduces_itself(name: str) -> None:
    """A policy says formula, source and failures, and each parameter its unit, bounds and search range."""
    policy = find(name)
    assert policy.name() == name
    assert policy.formula
    assert policy.source
    assert policy.fails
    assert policy.__doc__
    assert policy.parameters() or hasattr(policy(), "then")
    for key, p in policy.parameters().items():
        assert key == p.key
        assert p.about
        assert p.unit
        assert p.low <= p.search[0] < p.search[1] <= p.high
        assert p.low <= p.default <= p.high
        assert p.scale != "log" or p.search[0] > 0


def test_hyphen_and_underscore_are_the_same() -> None:
    """`half_life` and `half-life` are one policy."""
    assert find("half_life") is find("half-life")
    assert build({"two_scale": None}) == build("two-scale")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("liner", "linear"),
        ("Linear", "linear"),
        ("halflife", "half-life"),
        ("half_lif", "half-life"),
        ("twoscale", "two-scale"),
        ("strech", "stretched"),
    ],
)
def test_a_misspelt_policy_gets_the_nearest_name(given: str, meant: str) -> None:
    """An unknown name is answered with what was given and the nearest valid spelling."""
    with pytest.raises(PolicyError, match=f"{given!r}.*did you mean {meant!r}"):
        find(given)


@pytest.mark.parametrize("room", ["base", "errors", "registry"])
def test_a_room_is_no_policy(room: str) -> None:
    """Modules of the package itself cannot be asked for as policies."""
    with pytest.raises(PolicyError, match="there is no policy"):
        find(room)


@pytest.mark.parametrize(
    ("spec", "path", "said"),
    [
        ({"linear": {"strat": 0.01}}, ("linear", "strat"), "did you mean 'start'"),
        ({"linear": {"start": 2}}, ("linear", "start"), "between 0 and 0.99"),
        ({"linear": {"start": "much"}}, ("linear", "start"), "'much' (str), but must be a number"),
        ({"linear": {"start": None}}, ("linear", "start"), "None (NoneType), but must be a number"),
        ({"linear": {"start": [0.01, 0.02]}}, ("linear", "start"), "[0.01, 0.02] (list), but must be a number"),
        ({"linear": {"start": 0.001, "end": 0.002}}, ("linear", "end"), "end <= start must hold"),
        ({"linear": {"then": "fixed"}}, ("linear", "then"), "no parameter 'then'"),
        ({"linear": {3: 4}}, ("linear", "3"), "no parameter '3'"),
        ({"linear": 5}, ("linear",), "parameters are a mapping"),
        ({"staircase": {"steps": 2.5}}, ("staircase", "steps"), "whole number"),
        ({"grace": {"then": "liner"}}, ("grace", "then"), "did you mean 'linear'"),
        ({"grace": {"then": {"linear": {"start": 2}}}}, ("grace", "then", "linear", "start"), "between"),
        ({"grace": {"then": {"grace": {"then": 7}}}}, ("grace", "then", "grace", "then"), "not 7"),
        ({"liner": {}}, (), "did you mean 'linear'"),
        ({"linear": {}, "fixed": {}}, (), "a name or a mapping"),
        ({}, (), "a name or a mapping"),
        (7, (), "not 7"),
        (None, (), "not None"),
    ],
)
def test_a_wrong_spec_leads_to_its_fault(spec: object, path: tuple[str, ...], said: str) -> None:
    """A wrong spec is refused with the keys that lead to the fault, and says what to do."""
    with pytest.raises(PolicyError) as caught:
        build(spec)
    assert caught.value.path == path
    assert said in str(caught.value)


def test_equal_values_are_equal_policies() -> None:
    """Policies are values: equal numbers make equal policies with equal hashes, however they were written."""
    first, second = build({"linear": {"end": 0}}), build({"linear": {"end": -0.0, "start": 5e-3}})
    assert first == second
    assert len({first, second}) == 1
    assert first != build("linear")
    assert build("grace") != build({"grace": {"then": "fixed"}})


def package(folder: Path, name: str, points: str, **modules: str) -> None:
    """An installed package with entry points."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[steepest.policies]\n{points}\n", encoding="utf-8")
    for module, text in modules.items():
        (folder / f"{module}.py").write_text(text, encoding="utf-8")


LEVEL = "from policies.epsilon.fixed import Fixed\n\n\nclass Level(Fixed):\n    'Level.'\n"


def test_installed_packages_have_policies_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At entry points, a module or a class; one that fails and one that two packages have are refused."""
    package(
        tmp_path,
        "theirs",
        "their-level = theirs:Level\nalone = alone\nbroken = broken\ntwice = theirs:Level",
        theirs=LEVEL,
        alone=LEVEL,
        broken="import nowhere\n",
    )
    package(tmp_path, "others", "twice = theirs:Level")
    monkeypatch.syspath_prepend(tmp_path)
    shelf = dataclasses.replace(SHELF)
    assert {"linear", "their-level", "alone", "broken"} <= set(shelf.all_names())
    assert shelf.build({"their_level": {"epsilon": 0.001}}).spec() == {"their-level": {"epsilon": 0.001}}
    assert shelf.find("alone").name() == "alone"
    with pytest.raises(PolicyError, match=r"No module named 'nowhere' .*broken.py, line 1"):
        shelf.find("broken")
    with pytest.raises(
        PolicyError, match=r"two installed packages have a policy 'twice', theirs:Level of .*theirs:Level of"
    ):
        shelf.find("twice")
    with pytest.raises(PolicyError, match=r"their-leve.* did you mean 'their-level'"):
        shelf.find("their-leve")
