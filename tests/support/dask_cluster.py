"""A Dask scheduler and its workers as processes of their own on this machine, gone with the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

QUIET = {
    **os.environ,
    "DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "100",
    "PYTHONPATH": str(Path(__file__).parents[2]),
}


class Cluster:
    """A scheduler with workers of one thread each.

    Attributes:
        address: of the scheduler.
        scheduler: its process.
        workers: theirs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.scheduler = self._start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", "where.json")
        self.workers: list[subprocess.Popen[bytes]] = []
        import json

        end = time.monotonic() + 30
        while True:
            try:
                self.address = str(json.loads((folder / "where.json").read_text())["address"])
                break
            except (OSError, ValueError):
                assert time.monotonic() < end, (folder / "scheduler.log").read_text()
                time.sleep(0.02)

    def add(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker."""
        options = [self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0"]
        self.workers.append(self._start("worker", *options, **environment))
        return self.workers[-1]

    def end(self) -> None:
        """Kill all of it."""
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()

    def _start(self, what: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", "--host", "127.0.0.1", *options],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                env={**QUIET, **environment},
            )


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A cluster with so many workers."""
    made = Cluster(folder)
    try:
        for _ in range(workers):
            made.add()
        yield made
    finally:
        made.end()
