"""Optuna's journal of a study in a file, one line for each step; a line that a killed process left torn is cut off."""

import json
import os
import time
from pathlib import Path
from typing import Any

from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from policies import InputError

SYNC_SECONDS = 5.0
"""The shortest time between two waits for the disk: a wait takes milliseconds, a trial has a dozen steps, and only a
power failure loses what the system has been given."""


class JournalFile(JournalFileBackend):
    """Optuna's journal file without a lock of its own: its only writer holds the lock of the study.

    Optuna's file waits for the disk at every step, which takes longer than most worlds.

    Args:
        path: of the file, which is made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path, self._synced = path, time.monotonic()

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Write steps, a line each; OSError where that is not possible."""
        text = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        with self._path.open("ab") as file:
            file.write(text.encode())
            file.flush()
            if time.monotonic() - self._synced > SYNC_SECONDS:
                os.fsync(file.fileno())
                self._synced = time.monotonic()


def journal(path: Path) -> JournalStorage:
    """The storage in a file, which is made if it is not there; only the holder of the study's lock may ask.

    Raises:
        InputError: a line in the middle is damaged.
        OSError: the file cannot be read or written.
    """
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
    if last and not _is_step(last):  # a power failure may leave anything
        whole = whole.removesuffix(last)
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    return len(data) - len(whole)


def _is_step(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
