"""A policy in a file of its own, from a folder that has nothing else of this program."""

import json
from pathlib import Path

import pytest
from command import refused, steepest

TEXT = '''\
"""A policy of one's own."""

from policies import Policy, start_epsilon


class Mine(Policy):
    """Falls to a half."""

    formula = "start * (1/2 + 1/2 / (1 + days))"
    start = start_epsilon()

    def curve(self, age):
        return self.start * (0.5 + 0.5 / (1.0 + age / 7200.0))
'''
RECIPE = """\
name: own
scenario: {kind: world, days: 1, miners: 4}
panel: [sn9-2025-03, {file: sub/my policy.py, start: 0.003}]
worlds: 2
"""
STUDY = """\
name: own
scenario: {kind: world, days: 1, miners: 4}
search: {policies: [sub/my policy.py]}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a recipe and a policy."""
    (tmp_path / "sub").mkdir()
    for name, text in {"sub/my policy.py": TEXT, "own.yaml": RECIPE, "study.yaml": STUDY}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_file_runs_from_anywhere(home: Path) -> None:
    """In two processes, with its report; another text gives another digest, and another place does not."""
    done = json.loads(steepest("run", "own.yaml", "--workers", "2", "--json", cwd=home).stdout)
    assert [(lane["policy"], lane["parameters"]) for lane in done["lanes"]][1:] == [("my-policy", {"start": 0.003})]
    assert (home / done["run"] / "report.html").exists()
    found = steepest("report", done["run"], cwd=home)  # without the file
    assert found.returncode == 0, found.stderr
    (home / "other").mkdir()
    for name in ("sub", "own.yaml"):
        (home / name).rename(home / "other" / name)
    checked = steepest("check", "other/own.yaml", "--json", cwd=home)
    assert json.loads(checked.stdout)["digest"] in done["run"]
    path = home / "other" / "sub" / "my policy.py"
    path.write_text(TEXT.replace("0.5 /", "0.4 /"), encoding="utf-8")
    checked = steepest("check", "other/own.yaml", "--json", cwd=home)
    assert json.loads(checked.stdout)["digest"] not in done["run"]


def test_check_says_what_it_executes(home: Path) -> None:
    """Of recipes of experiments and of studies."""
    for recipe in ("own.yaml", "study.yaml"):
        assert f"; executed {home}/sub/my policy.py\n" in steepest("check", recipe, cwd=home).stdout


def test_a_file_on_the_command_line(home: Path) -> None:
    """Relative to the folder that the command runs in; the shelf explains it, and a breach is one line."""
    file = "sub/my policy.py"
    found = steepest("policies", file, cwd=home)
    assert "epsilon(age) = start * (1/2 + 1/2 / (1 + days))" in found.stdout, found.stderr
    (home / file).write_text(TEXT.replace("1.0 + age", "1.0 - age"), encoding="utf-8")
    message = refused(steepest("replay", "slowrun-tiny", "--policy", f"{file}:Mine", cwd=home))
    assert "epsilon rises from 0.005 at age 0 to" in message
    assert f"{home}/{file}, line 12" in message
