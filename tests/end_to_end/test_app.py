"""What commands load: nothing that takes long and that they do not need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command import steepest
from small_race import recipe

from experiments.data import RECIPES as SHIPPED

PROGRAM = """
import json, sys
from experiments.cli.app import main
try:
    main()
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""
COLLECTIONS = """
import gc, sys
from experiments.cli.app import main
before = sum(generation["collections"] for generation in gc.get_stats())
try:
    main()
finally:
    print(sum(generation["collections"] for generation in gc.get_stats()) - before, file=sys.stderr)
"""
HEAVY = {"numba", "llvmlite", "scipy", "pandas", "plotly", "simpy", "optuna", "torch"}


def loaded(*arguments: object, cwd: Path) -> set[str]:
    """The packages that a command has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_help_needs_no_numbers(tmp_path: Path) -> None:
    """It reads what stands in the command line's own rooms."""
    assert not loaded("--help", cwd=tmp_path) & {*HEAVY, "numpy", "pydantic", "pyarrow", "rich"}


@pytest.mark.parametrize("name", ["races", "world", "tune", "dataset-migration"])
def test_check_needs_no_compiler(name: str, tmp_path: Path) -> None:
    """A recipe is read, what it names is looked up, and policies are held to their laws; nothing is compiled.

    Races are read by pandas once, and then kept.
    """
    assert steepest("check", SHIPPED / f"{name}.yaml", cwd=tmp_path).returncode == 0
    assert not loaded("check", SHIPPED / f"{name}.yaml", cwd=tmp_path) & {*HEAVY, "pyarrow"}


@pytest.mark.parametrize("name", ["races", "world", "tune"])
def test_check_looks_for_no_garbage(name: str, tmp_path: Path) -> None:
    """What a recipe brings to memory stays there until the end, so Python's garbage collector never runs."""
    command = [sys.executable, "-c", COLLECTIONS, "check", str(SHIPPED / f"{name}.yaml")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "0"


def test_a_finished_run_needs_no_compiler(tmp_path: Path) -> None:
    """Nothing is simulated, the report stays as it is, and the table is made from what is there."""
    recipe(tmp_path)
    assert steepest("run", "small.yaml", "--workers", "1", cwd=tmp_path).returncode == 0
    (report,) = tmp_path.glob("runs/small/*/report.html")
    before = report.stat().st_mtime_ns
    assert not loaded("run", "small.yaml", cwd=tmp_path) & HEAVY
    assert report.stat().st_mtime_ns == before
