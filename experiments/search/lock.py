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
    """Hold the lock of a file, which also says who holds it; the system lets go of it when the process ends.

    Args:
        path: the file; it is made, and stays.
        what: what is locked, for messages.

    Raises:
        InputError: another process holds it; the message names the process.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(path, blocking=False).acquire()
    except Timeout:
        raise taken(what, path.read_text(encoding="utf-8").strip()) from None
    with lock:
        path.write_text(f"{holder()}\n", encoding="utf-8")
        yield


def holder() -> str:
    """This process, as messages to other processes name it."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def taken(what: str, who: str) -> InputError:
    """The message to a second process."""
    return InputError(
        f"{what} is being worked on by {who or 'another process'}; wait for it, or end it: however it ends, "
        "the same command goes on with the study"
    )
