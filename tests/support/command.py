"""The real command, as a user runs it: in a process and a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

STEEPEST = Path(sys.executable).parent / "steepest"


def steepest(*arguments: object, cwd: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run `steepest ARGUMENTS...` in a folder, in the shell after `before` if that is given."""
    command = [str(STEEPEST), *map(str, arguments)]
    if before:
        command = ["/bin/sh", "-c", f'{before}; exec "$@"', "sh", *command]
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )


def start(*arguments: object, cwd: Path) -> subprocess.Popen[str]:
    """Start `steepest ARGUMENTS...` as the leader of a process group of its own."""
    return subprocess.Popen(
        [str(STEEPEST), *map(str, arguments)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def refused(found: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """The one line on standard error that a failure must consist of, without its beginning `steepest: `."""
    assert found.returncode == code, found.stderr
    assert found.stdout == ""
    lines = found.stderr.splitlines()
    assert len(lines) == 1, found.stderr
    assert lines[0].startswith("steepest: ")
    assert "Traceback" not in found.stderr
    return lines[0].removeprefix("steepest: ")
