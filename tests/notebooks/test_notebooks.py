"""Every notebook runs as a plain script, from anywhere, and leaves nothing behind."""

import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
PARTS = ("Summary", "Assumptions", "Setup", "Analysis", "Conclusion")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_as_a_script(notebook: Path, tmp_path: Path) -> None:
    """A notebook ends without an error or warning, says something, and writes no file."""
    command = [sys.executable, "-W", "error", str(notebook)]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_follows_the_template(notebook: Path) -> None:
    """A notebook asks one question in its title, and has the five parts in their order."""
    lines = [line.removeprefix("# ") for line in notebook.read_text(encoding="utf-8").splitlines()]
    titles = [line for line in lines if line.startswith("# ") and line.endswith("?")]
    parts = [line.removeprefix("## ") for line in lines if line.startswith("## ")]

    assert len(titles) == 1
    assert parts == list(PARTS)
