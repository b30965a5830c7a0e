"""Optuna's journal of a study, one line for each step; what a killed process left behind is put right first."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from policies import InputError

if TYPE_CHECKING:
    from optuna.storages import JournalStorage


def journal(path: Path) -> "JournalStorage":
    """The storage in a file, which is made if it is not there. Only who holds the study's lock may ask.

    Raises:
        InputError: a line in the middle is damaged.
        OSError: the file cannot be read or written.
    """
    from optuna.storages import JournalStorage  # noqa: PLC0415 - a slow import

    from experiments.tune.journal_file import JournalFile  # noqa: PLC0415 - imports it

    # who was killed while it wrote leaves Optuna's own lock, for which the next one would wait 30 s
    path.with_name(f"{path.name}.lock").unlink(missing_ok=True)
    mend(path)
    try:
        return JournalStorage(JournalFile(path))
    except (ValueError, KeyError, TypeError):  # no JSON, or JSON of something else
        raise InputError(
            f"{path} is damaged in the middle; put a copy of it back, or move it away and run the same command "
            "again: it comes to the same trials, and finished worlds are kept"
        ) from None


def mend(path: Path) -> int:
    """Cut off a last line that was not written to its end: Optuna would append to it, and never read the file again.

    Returns:
        Bytes that were cut off.
    """
    data = path.read_bytes() if path.exists() else b""
    whole = data[: data.rfind(b"\n") + 1]
    last = whole[whole.rfind(b"\n", 0, -1) + 1 :]
    if last and not _is_step(last):  # a power cut may leave anything
        whole = whole.removesuffix(last)
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    return len(data) - len(whole)


def _is_step(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
