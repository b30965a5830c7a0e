"""Compiling at set-up: no later command waits for the compiler."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT


@pytest.mark.slow
def test_a_run_after_it_compiles_nothing(tmp_path: Path) -> None:
    """The main job with a cache that it has filled adds no compiled code to it."""
    cache = tmp_path / "cache"
    cache.mkdir()
    environment = {**os.environ, "STEEPEST_CACHE": str(cache)}

    def run(*command: str) -> set[Path]:
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True, capture_output=True)
        return set(cache.rglob("*.compiled"))

    compiled = run("-m", "experiments.run.compile_all")
    assert compiled
    races = str(ROOT / "experiments" / "data" / "recipes" / "races.yaml")
    program = "from experiments.cli import main; main()"
    assert run("-c", program, "run", races, "--worlds", "1", "--runs", str(tmp_path / "runs")) == compiled
