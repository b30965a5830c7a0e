"""Compiling once: where nothing is compiled yet one process does it, and the others wait and load what it has kept."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from sim.compiler.cache import folder
from sim.world import OPINION_STEPS, Watch


@contextmanager
def alone(code: str) -> Iterator[Watch | None]:
    """Within it a world is made and run; what is yielded is told of its steps, or is None where all is compiled.

    Args:
        code: names all that the world's lanes are made of.
    """
    kept = folder()
    if kept is None or (done := kept / f"{code}.done").exists():
        yield None
        return
    turn = _Turn(kept / "compiling")
    try:
        if done.exists():  # another process was there first
            turn.end()
            yield None
            return
        steps = count()

        def watch(block: int) -> None:
            if next(steps) == OPINION_STEPS:  # by now it has come by everything that is compiled
                finish()

        def finish() -> None:
            with suppress(OSError):
                done.touch()
            turn.end()

        yield watch
        finish()
    finally:
        turn.end()


class _Turn:
    """The right to compile, which one process has at a time; where there is no place for locks each has it."""

    def __init__(self, path: Path) -> None:
        self._mark = -1
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._mark = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._mark, fcntl.LOCK_EX)

    def end(self) -> None:
        """Let the next one have it."""
        if self._mark >= 0:
            os.close(self._mark)
            self._mark = -1
