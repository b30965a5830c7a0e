"""Compile once: the first process compiles, the others wait and load its result from the cache folder."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

from filelock import FileLock

from sim.compiler.cache import folder
from sim.world import OPINION_STEPS, Watch


@contextmanager
def compile_once(code: str) -> Iterator[Watch | None]:
    """Make and run a world in the block, and call what is yielded at each step; None if all is compiled already.

    Args:
        code: a hash of all code that the world's lanes use.
    """
    cache = folder()
    if cache is None or (done := cache / f"{code}.done").exists():
        yield None
        return
    lock = FileLock(cache / "compiling", mode=0o600)
    with suppress(OSError, NotImplementedError):  # without locks, each process compiles for itself
        cache.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        if done.exists():  # another process was first
            lock.release()
            yield None
            return
        steps = count()

        def finish() -> None:
            with suppress(OSError):
                done.touch()
            lock.release()

        def watch(block: int) -> None:
            if next(steps) == OPINION_STEPS:  # by now the world has called everything that is compiled
                finish()

        yield watch
        finish()
    finally:
        lock.release()
