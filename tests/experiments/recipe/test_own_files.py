"""Files of plug-ins in recipes."""

from pathlib import Path
from typing import Any

import pytest

import policies
from experiments.recipe.own_files import load_files
from experiments.recipe.recipe import load
from policies import InputError

TEXT = '''\
from policies import Policy, start_epsilon


class Mine(Policy):
    """Always the same."""

    formula = "start"
    start = start_epsilon()

    def curve(self, age):
        return self.start
'''
RECIPE = """\
name: own
scenario: {kind: world, days: 1, miners: 4}
populations: {all: {honest: 0.5, cheat.py: 0.5}}
reward: {file: share.py, days: 3}
panel: [mine.py, {file: 'mine.py:Mine', start: 0.003}, {cases: {mine.py: [{start: 0.001}, {start: 0.002}]}}]
"""
CHEAT = '''\
from sim.miners.strategies.idle import Idle


class Cheat(Idle):
    """A strategy."""
'''
SHARE = '''\
from policies import Parameter
from policies.rewards.subnet import Subnet


class Share(Subnet):
    """A reward rule."""

    days = Parameter("any", "days", 0.0, 9.0, 1.0, (0.0, 9.0))
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files of plug-ins."""
    for name, text in {"mine.py": TEXT, "cheat.py": CHEAT, "share.py": SHARE, "own.yaml": RECIPE}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_file_may_stand_where_a_name_may(folder: Path) -> None:
    """In panels, sweeps, populations and rewards, relative to the recipe; the spec has names."""
    spec = load(folder / "own.yaml")
    assert [lane.name for lane in spec.lanes] == [f"mine start={each}" for each in (0.005, 0.003, 0.001, 0.002)]
    assert spec.lanes[0].reward is not None
    assert spec.lanes[0].reward.spec() == {"share": {"days": 3.0}}
    assert [strategy.name() for strategy in spec.populations[0].strategies] == ["honest", "cheat"]


@pytest.mark.parametrize(
    ("data", "said", "path"),
    [
        ({"panel": ["linear", "none.py"]}, "there is no Python file 'none.py'", ("panel", 1)),
        ({"panel": [{"file": "mine"}]}, "'mine' is not a Python file such as my.py", ("panel", 0, "file")),
        (
            {"panel": ["mine.py", "sub/mine.py"]},
            "two plug-ins are called 'mine', in .*mine.py, line 4 and in .*sub",
            None,
        ),
        ({"search": {"policies": ["linear.py"]}}, "two plug-ins are called 'linear', in .*epsilon/linear.py", None),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: Any, said: str, path: Any, folder: Path) -> None:
    """Also that two have one name."""
    (folder / "sub").mkdir()
    for name in ("sub/mine.py", "linear.py"):
        (folder / name).write_text(TEXT, encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        load_files(data, folder)
    assert path is None or caught.value.path == path


def test_families_of_worlds_have_populations_too(folder: Path) -> None:
    """Curves are files as well, and stay what they are."""
    family = {"progress": {"trace": {"file": "own.py"}}, "populations": {"all": {"mix": [{"strategy": "cheat.py"}]}}}
    found = load_files({"heldout": {"dark": family}}, folder)["heldout"]["dark"]
    assert found == {**family, "populations": {"all": {"mix": [{"strategy": "cheat"}]}}}


def test_a_file_of_the_shelf_is_the_shelf(folder: Path) -> None:
    """It may be named too, and the one on the shelf is taken."""
    path = Path(policies.__file__).parent / "epsilon" / "linear.py"
    assert load_files({"panel": [str(path)]}, folder) == {"panel": ["linear"]}


def test_the_kind_has_to_fit(folder: Path) -> None:
    """A strategy is no policy."""
    with pytest.raises(
        InputError, match=r"Cheat is a class, but no policy: derive it from Policy, in .*cheat.py, line 4"
    ):
        load(folder / "own.yaml", ["linear", str(folder / "cheat.py")])
