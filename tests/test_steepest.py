"""`import steepest`: its examples run, it costs nothing until it is used, and it says what is wrong."""

import doctest
import json
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from command import steepest as command
from places import ROOT
from plotly.graph_objects import Figure

import steepest

HEAVY = {"numpy", "numba", "pandas", "plotly", "optuna", "torch", "pydantic", "experiments", "policies", "sim"}
SIZE: dict[str, Any] = {"worlds": 2, "days": 2, "miners": 16}
PANEL = ["sn9-2025-03", "half-life"]
RECIPE = {"name": "small", "scenario": {"kind": "world", "days": 8, "miners": 16}, "panel": ["fixed"], "worlds": 2}
SLOW = ("verify",)  #: half a minute; `tests/end_to_end/test_verify_theory.py` has the same


FILED = '''
import steepest

class Filed(steepest.Policy):
    """A policy in a file."""

    formula = "0.004"

    def curve(self, age: float) -> float:
        return 0.004
'''


class Mine(steepest.Policy):
    """A policy of a user's."""

    formula = "start"
    source = "this test"

    start = steepest.start_epsilon()

    def curve(self, age: float) -> float:
        """It stays."""
        return self.start


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to work in."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope="module")
def result(home: Path) -> steepest.Result:
    """What the examples run too, so that it is there."""
    return steepest.run("world", PANEL, **SIZE)


@pytest.mark.parametrize("name", steepest.__all__)
def test_examples_run(name: str) -> None:
    """The docstring of every public name has an example, which gives what it says."""
    (found,) = doctest.DocTestFinder(recurse=False).find(getattr(steepest, name), name, globs={"__name__": "__main__"})
    assert found.examples
    said: list[str] = []
    assert name in SLOW or doctest.DocTestRunner().run(found, out=said.append).failed == 0, "".join(said)


def test_the_import_costs_nothing() -> None:
    """It loads nothing of its own and nothing heavy; names come when they are used, and those that are not say so."""
    code = "import json, steepest, sys; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in json.loads(done.stdout)} & HEAVY
    assert set(steepest.__all__) < set(dir(steepest))
    with pytest.raises(AttributeError, match="'steepest' has no attribute 'runn'"):
        steepest.runn  # noqa: B018 - it is looked up


def test_it_is_the_command_too() -> None:
    """`python -m steepest` is the command line, which tells its version; the wheel has both."""
    done = subprocess.run(
        [sys.executable, "-m", "steepest", "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"steepest {steepest.__version__}\n"


def test_three_lines_draw_three_policies() -> None:
    """A world, three policies, and a picture of their best losses."""
    lines = """\
import steepest
result = steepest.run("world", ["sn9-2025-03", "fixed", "half-life"], worlds=2, days=8, miners=16)
result.plot.loss()"""
    scope: dict[str, Any] = {}
    exec(lines, scope)  # noqa: S102 - our own
    names = {trace.name for trace in scope["result"].plot.loss().data}
    assert names == {"sn9-2025-03 ◂ baseline", "fixed epsilon=0.005", "half-life"}


def test_results_are_those_of_the_command_line(result: steepest.Result, home: Path) -> None:
    """The same folder, and no world is run twice."""
    before = (result.folder / "metrics.parquet").stat().st_mtime_ns
    size = [part for key, value in SIZE.items() for part in (f"--{key}", value)]
    done = command("run", "world", *size, "--policy", PANEL[0], "--policy", PANEL[1], "--json", cwd=home)
    told = json.loads(done.stdout)
    assert told["run"] == str(result.folder)
    assert told["answer"] == result.answer == steepest.open(told["run"]).answer
    assert (result.folder / "metrics.parquet").stat().st_mtime_ns == before
    lane = told["lanes"][1]["metrics"]["descent_area"]
    assert result.lanes.loc["half-life | honest", "descent_area"].to_dict() == lane
    assert told["lanes"][1]["difference"]["waste"]["mean"] == result.differences["waste", "mean"]["half-life | honest"]


@pytest.mark.parametrize("name", ["worlds", "curves", "events", "pay"])
def test_tables_have_the_columns_that_are_documented(result: steepest.Result, name: str) -> None:
    """Their columns, and a row for each key."""
    rows = (line.split("|") for line in (ROOT / "docs" / "python.md").read_text(encoding="utf-8").splitlines())
    (said,) = (row[3] for row in rows if len(row) > 3 and row[1].strip() == f"`.{name}`")
    told = [word.strip("`") for word in said.replace(",", " ").split() if word.startswith("`")]
    found = list(getattr(result, name).columns)
    assert told == (found if name != "worlds" else [*found[:7], "error"])
    assert set(getattr(result, name).world) == {0, 1}


def test_pictures(result: steepest.Result) -> None:
    """Each is the first picture of the report's figure, or the one that is named."""
    for draw in (result.plot.loss, result.plot.epsilon, result.plot.pay, result.plot.reigns, result.plot.tradeoff):
        assert isinstance(draw(), Figure)
    assert result.plot.loss("tullock | mixed").layout.title.text == "tullock | mixed"
    assert result.plot.tradeoff().layout.title.text.endswith(", filled honest, hollow mixed")
    with pytest.raises(steepest.InputError, match=r"no picture 'tullock'; did you mean 'tullock \| mixed'"):
        result.plot.loss("tullock")
    with pytest.raises(steepest.InputError, match="nothing to draw: all miners follow one strategy"):
        steepest.run(RECIPE).plot.pay()


def test_the_report_goes_where_it_is_wanted(result: steepest.Result, home: Path) -> None:
    """Into the folder, and as a copy to a path."""
    assert result.report() == result.folder / "report.html"
    assert result.report("copy.html").read_bytes() == (home / result.folder / "report.html").read_bytes()


def test_policies_are_what_python_has() -> None:
    """A class, an instance, a function of age, a dict, a file; and a name is safe in a notebook's page."""
    name = "<b>&"
    Path("filed.py").write_text(FILED, encoding="utf-8")
    panel = ["fixed", Mine, Mine(start=0.001), lambda age: 0.002, {"name": name, "policy": lambda age: 0.003}]
    panel.append("filed.py")
    result = steepest.run(RECIPE, panel)
    assert result.lanes.index.tolist() == [
        "fixed epsilon=0.005", "test-steepest start=0.005", "test-steepest start=0.001", "lambda", name, "filed"
    ]  # fmt: skip
    same = result.lanes["descent_area", "mean"]
    assert same["test-steepest start=0.005"] == same["fixed epsilon=0.005"] != same["lambda"]
    assert escape(name) in result._repr_html_()
    assert name not in result._repr_html_()
    assert result.report().exists()
    drawn = {trace.name: max(trace.y) for trace in result.plot.epsilon().data}
    assert drawn["lambda"] == pytest.approx(0.2)


def test_other_processes_need_files() -> None:
    """What was typed at a prompt cannot be imported by workers, which is said before they start."""
    with pytest.raises(steepest.InputError, match="'lambda' was made in a notebook or at a prompt"):
        steepest.run(RECIPE, lambda age: 0.004, workers=2)


@pytest.mark.parametrize(
    ("recipe", "given", "said"),
    [
        ("wrold", {}, r"there is no shipped recipe 'wrold' .*; did you mean 'world'\?"),
        (5, {}, "a recipe is the name of a shipped one, a path or a dict, not 5"),
        ({**RECIPE, "panle": []}, {}, r"the recipe: panle: unknown key 'panle'; did you mean 'panel'\?"),
        (RECIPE, {"policies": 5}, "policies: an entry is a preset, a policy, .*, not 5"),
        (RECIPE, {"policies": int}, "policies: int is a class, but no policy: derive it from Policy"),
        (RECIPE, {"policies": "linaer"}, r"policies: there is no policy 'linaer'; did you mean 'linear'\?"),
        (RECIPE, {"worlds": 0}, "worlds: must be greater than or equal to 1, not 0"),
        (RECIPE, {"miners": 0}, "scenario.miners: must be greater than or equal to 2, not 0"),
        ("races", {"days": 5}, "a race has its own submissions; only a scenario of kind world has days"),
        ("tune", {}, "this is the recipe of a study, which has no panel; `steepest tune` runs it"),
    ],
)
def test_wrong_input_is_said_in_the_words_of_the_command_line(recipe: Any, given: dict[str, Any], said: str) -> None:
    """What was given, the rule, and what to do."""
    with pytest.raises(steepest.InputError, match=said):
        steepest.run(recipe, **given)


def test_a_folder_that_holds_something_else_is_refused(result: steepest.Result, tmp_path: Path) -> None:
    """No results, those of another version, or a damaged study."""
    with pytest.raises(steepest.InputError, match="holds no complete results"):
        steepest.open(tmp_path)
    for path in result.folder.glob("*.[jpy]*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps({**told, "unit": "points"}), encoding="utf-8")
    with pytest.raises(steepest.InputError, match=r"unit is 'points', .*; the file is damaged, or of another version"):
        steepest.open(tmp_path)
    (tmp_path / "results.json").write_text("{}", encoding="utf-8")
    with pytest.raises(steepest.InputError, match=r"results.json: is missing or damaged"):
        steepest.open(tmp_path)
