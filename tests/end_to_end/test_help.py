"""`--help`: every command has an example, and none makes the user wait for heavy imports."""

import subprocess
import sys
from pathlib import Path

import pytest
from command import steepest

COMMANDS = (
    "run",
    "replay",
    "tune",
    "discover",
    "check",
    "report",
    "policies",
    "eras",
    "schema",
    "bench",
    "init",
    "verify",
    "verify oracle",
    "verify theory",
    "traces inspect",
    "traces import",
    "traces synth",
    "traces fit",
    "traces record",
    "traces show",
)

HEAVY = {"numpy", "pandas", "torch", "scipy", "plotly", "pyarrow", "simpy", "optuna", "yaml", "numba"}

LISTED = """
import sys
from pathlib import Path
from experiments.cli.app import main
sys.argv = ["steepest", *sys.argv[1:], "--help"]
try:
    main()
except SystemExit as ended:
    print("code", ended.code or 0)
print("loaded", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_and_loads_nothing_heavy(tmp_path, command):
    """The text ends in an example of that very command, and no library of the simulation has been imported for it."""
    found = subprocess.run(
        [sys.executable, "-c", LISTED, *command.split()],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    *text, code, loaded = found.stdout.splitlines()
    assert code == "code 0"
    assert f"Example: steepest {command}" in " ".join(" ".join(text).split())
    assert HEAVY & set(loaded.split()[1:]) == set()
    assert found.stderr == ""


def test_help_lists_every_command(tmp_path):
    """The overview names all commands; without a command it is shown too."""
    found = steepest("--help", cwd=tmp_path)
    assert found.returncode == 0
    listed = {line.split()[0] for line in found.stdout.partition("Commands:")[2].splitlines() if line.strip()}
    assert {command.split()[0] for command in COMMANDS} == listed
    for group in ("traces", "verify"):
        found = steepest(group, "--help", cwd=tmp_path)
        overview = found.stdout.partition("Commands:")[2].partition("Example:")[0]
        listed = {line.split()[0] for line in overview.splitlines() if line.strip()}
        assert listed == {command.split()[1] for command in COMMANDS if command.startswith(f"{group} ")}
    bare = steepest(cwd=tmp_path)
    assert "Commands:" in bare.stdout + bare.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_terminals_that_cannot_show_everything(encoding: str, tmp_path: Path) -> None:
    """Drawings and messages come out whatever the terminal's encoding is, and no traceback does."""
    drawn = steepest("policies", "linear", cwd=tmp_path, before=f"PYTHONIOENCODING={encoding}; export PYTHONIOENCODING")
    assert drawn.returncode == 0, drawn.stderr
    assert "age in days" in drawn.stdout
    assert "####" in drawn.stdout
    wrong = steepest("check", "λ.yaml", cwd=tmp_path, before=f"PYTHONIOENCODING={encoding}; export PYTHONIOENCODING")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
