"""A policy of one's own, as a file on the shelf: what is wrong with it is said in one line when it is loaded."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from command import STEEPEST, refused, steepest

import policies

RECIPE = """\
name: own
scenario: {kind: world, days: 2, miners: 6}
panel: [sn9-2025-03, own]
worlds: 2
"""
POLICY = '''\
"""A policy of one's own."""

import math

from policies import Policy, start_epsilon


class Own(Policy):
    """It says what it does."""

    formula = "start"
    source = "its author"
    fails = "always"

    start = start_epsilon()

    def curve(self, age: float) -> float:
        """Line 17 is where it begins."""
        return {formula}
'''


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a recipe, and a copy of the shelf, which programs take for the real one."""
    shutil.copytree(Path(policies.__file__).parent, tmp_path / "lib" / "policies")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"), prepend=os.pathsep)
    (tmp_path / "own.yaml").write_text(RECIPE, encoding="utf-8")
    return tmp_path


def write(home: Path, text: str) -> Path:
    """Put the policy on the shelf."""
    path = home / "lib" / "policies" / "epsilon" / "own.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("formula", "said", "line"),
    [
        ("self.start + min(age, 7200.0) * 1e-7", "epsilon rises from 0.005 at age 0 to 0.0050001 at age 1", 17),
        ("-self.start", "epsilon is -0.005 at age 0, but must be at least 0 and less than 1: bound it", 17),
        ("math.nan", "gives nan at age 0.0, but must give a number", 17),
        ("self.start / (age - 360.0)", "float division by zero (ZeroDivisionError) at age 360.0", 19),
        ("self.strat", "'Own' object has no attribute 'strat' (AttributeError) at age 0.0", 19),
    ],
)
def test_a_policy_that_breaks_a_law_is_refused(formula: str, said: str, line: int, home: Path) -> None:
    """By all commands that load it, with its file, the line, the law and the age; nothing is left behind."""
    path = write(home, POLICY.format(formula=formula))
    for command in (
        ("check", "own.yaml"),
        ("run", "own.yaml"),
        ("replay", "slowrun-tiny", "--policy", "own"),
        ("policies", "own"),
    ):
        message = refused(steepest(*command, cwd=home))
        assert said in message
        assert f"{path}, line {line}" in message
    assert "own.yaml:3: panel.1.own: own: " in refused(steepest("check", "own.yaml", cwd=home))
    assert not (home / "runs").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class Own(Policy:\n    pass\n", "invalid syntax, in {path}, line 1"),
        ("import nowhere\n", "No module named 'nowhere' (ModuleNotFoundError), in {path}, line 1: import nowhere"),
        ("\n\nx = 1 / 0\n", "division by zero (ZeroDivisionError), in {path}, line 3: x = 1 / 0"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_named(text: str, said: str, home: Path) -> None:
    """With the line and what is wrong there."""
    path = write(home, text)
    message = refused(steepest("check", "own.yaml", cwd=home))
    assert message == f"own.yaml:3: panel.1: the policy own cannot be loaded: {said.format(path=path)}"


def test_a_file_that_cannot_be_loaded_breaks_nothing_for_the_others(home: Path) -> None:
    """The shelf is listed without it, as text and as JSON, with a line that says why."""
    path = write(home, "class Own(Policy:\n    pass\n")
    for options in ((), ("--json",)):
        found = steepest("policies", *options, cwd=home)
        assert found.returncode == 0
        assert "linear" in found.stdout
        assert "own" not in found.stdout.split()
        assert found.stderr.startswith("steepest: own is left out: the policy own cannot be loaded: invalid syntax")
        assert str(path) in found.stderr


def test_what_cannot_be_compiled_is_said_once(home: Path) -> None:
    """In one line, whichever of two processes came by it; the run goes on."""
    path = write(home, POLICY.format(formula='float(f"{self.start}")'))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    done = subprocess.run(
        [str(STEEPEST), "run", "own.yaml", "--workers", "2", "--json"],
        cwd=home, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (line,) = (line for line in done.stderr.splitlines() if line)
    assert line.startswith("steepest: own cannot be compiled and runs interpreted")
    assert f"{path}, line 19" in line
