"""Storages of studies: trials told to them, and how they are held or refused."""

import subprocess
import sys
from pathlib import Path

import optuna
import pytest

from experiments.search.storage import Direction, open_study
from policies import InputError

UP: list[Direction] = ["maximize"]


def told(study: optuna.Study, value: float) -> None:
    """One more trial of that value."""
    trial = study.ask()
    trial.suggest_float("x", 0.0, 1.0)
    study.tell(trial, value)


def refusal(message: str, url: str | None, folder: Path, digest: str = "0123", directions: list[Direction] = UP) -> str:
    """How the study `a` is refused; it must be for something like `message`."""
    with pytest.raises(InputError, match=message) as caught, open_study(url, folder, "a", digest, directions):
        pass
    return str(caught.value)


HOLD = """
import sys
from pathlib import Path
from experiments.search.storage import open_study
with open_study(sys.argv[1] or None, Path(sys.argv[2]), "a", "0123", ["maximize"]):
    print("held", flush=True)
    sys.stdin.read()
"""


def held(url: str | None, folder: Path) -> subprocess.Popen[str]:
    """A process that holds the study until it is killed."""
    command = [sys.executable, "-c", HOLD, url or "", str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process
