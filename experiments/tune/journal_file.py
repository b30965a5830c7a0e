"""A journal that one process writes: lines go to the system at once, and to the disk every few seconds."""

import json
import os
import time
from pathlib import Path
from typing import Any

from optuna.storages.journal import JournalFileBackend

SECONDS = 5.0
"""The disk is waited for no more often: it takes milliseconds, a trial has a dozen steps, and it matters only where the
power fails. Whoever is killed leaves what he wrote to the system."""


class JournalFile(JournalFileBackend):
    """Optuna's journal file, without a lock of its own: who writes holds that of the study.

    Args:
        path: of the file, which is made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path, self._kept = path, time.monotonic()

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Write steps, a line each; OSError where that is not possible."""
        text = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        with self._path.open("ab") as file:
            file.write(text.encode())
            file.flush()
            if time.monotonic() - self._kept > SECONDS:
                os.fsync(file.fileno())
                self._kept = time.monotonic()
