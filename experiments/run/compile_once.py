"""Compiling once: where nothing is compiled yet one process compiles, and the others wait and load what it has kept."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

from filelock import FileLock

from sim.compiler.cache import folder
from sim.world import OPINION_STEPS, Watch


@contextmanager
def compile_once(code: str) -> Iterator[Watch | None]:
    """Make and run a world within it, and tell what is yielded of the world's steps; None where all is compiled.

    Args:
        code: names all that the world's lanes are made of.
    """
    kept = folder()
    if kept is None or (done := kept / f"{code}.done").exists():
        yield None
        return
    lock = FileLock(kept / "compiling", mode=0o600)
    with suppress(OSError, NotImplementedError):  # where no lock can be had each process compiles for itself
        kept.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        if done.exists():  # another process was first
            lock.release()
            yield None
            return
        steps = count()

        def watch(block: int) -> None:
            if next(steps) == OPINION_STEPS:  # by now the world has called everything that is compiled
                finish()

        def finish() -> None:
            with suppress(OSError):
                done.touch()
            lock.release()

        yield watch
        finish()
    finally:
        lock.release()
