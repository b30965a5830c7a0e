"""One process at a time works on a study: a lock that ends with the process that holds it, however that ends."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from policies import InputError


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold the lock of a file, in which the name of the holder stands; the system frees it when the process ends.

    Args:
        path: the file; it is made, and stays.
        what: what is locked, for messages.

    Raises:
        InputError: another process holds it; the message names the process.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise taken(what, path.read_text(encoding="utf-8").strip()) from None
    try:
        path.write_text(f"{holder()}\n", encoding="utf-8")
        yield
    finally:
        lock.release()


def holder() -> str:
    """This process, as it is called in messages of others."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def taken(what: str, who: str) -> InputError:
    """The message to a second process."""
    return InputError(
        f"{what} is being worked on by {who or 'another process'}; wait for it, or end it: however it ends, "
        "the same command goes on with the study"
    )
