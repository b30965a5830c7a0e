"""Optuna's storage of a study: a journal in the study's folder, or a database; one process at a time."""

import json
import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import optuna
from filelock import FileLock, Timeout
from optuna.storages import BaseStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import Study

from experiments.files import sweep
from experiments.run.messages import silence
from policies import InputError

Direction = Literal["minimize", "maximize"]
DIGEST, VERSION = "digest", "steepest"  #: attributes of a study: its digest, and the version that began it

SYNC_SECONDS = 5.0
"""Between two calls of fsync, which take milliseconds, while a trial has a dozen steps; without one, only a power
failure loses steps."""


@contextmanager
def open_study(url: str | None, folder: Path, name: str, digest: str, directions: list[Direction]) -> Iterator[Study]:
    """Make or continue a study, locked for this process. Nothing in it is ever unpickled.

    Args:
        url: of a database; None: a journal in the folder.
        folder: of the study, `runs/<name>/<digest>`; it is made.
        name: of the study, in its storage.
        digest: of all that the study depends on.
        directions: of its objectives, `maximize` or `minimize`.

    Raises:
        InputError: the storage cannot be opened, is of another study, or another process works on it.
        StudyFailedError: the database went away in the middle.
        OSError: the folder cannot be written.
    """
    with ExitStack() as stack:
        stack.enter_context(silence("optuna", below=logging.ERROR))  # its line for every trial: there is a progress bar
        stack.enter_context(hold_lock(folder / "study.lock", f"the study in {folder}"))
        sweep(folder)
        storage: BaseStorage
        if url is None:
            storage = journal(folder / "journal.log")
        else:
            from experiments.search.database import database  # noqa: PLC0415 - SQLAlchemy is slow to import

            storage = stack.enter_context(database(url, name))
        study = optuna.create_study(storage=storage, study_name=name, directions=directions, load_if_exists=True)
        begun = study.user_attrs.get(DIGEST)
        if begun is None and not study.get_trials(deepcopy=False):  # new, or its process was killed at this point
            study.set_user_attr(VERSION, version("steepest"))
            study.set_user_attr(DIGEST, digest)
            begun = digest
        if begun != digest or [each.name.lower() for each in study.directions] != directions:
            raise InputError(
                f"the storage holds another study of the name {name!r}: its digest is {begun}, this recipe's is "
                f"{digest}; give the recipe another name or take another --storage, or go on with the recipe and the "
                f"version of steepest ({study.user_attrs.get(VERSION, 'unknown')}) that the study began with"
            )
        yield study


@contextmanager
def hold_lock(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file, which contains the holder's name and stays; the system frees it when the process ends.

    Args:
        path: of the lock file.
        what: is locked, for messages.

    Raises:
        InputError: another process holds it; the message names the process.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(path, blocking=False).acquire()
    except Timeout:
        raise lock_refusal(what, path.read_text(encoding="utf-8").strip()) from None
    with lock:
        path.write_text(f"{holder()}\n", encoding="utf-8")
        yield


def holder() -> str:
    """This process, as messages to other processes name it."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def lock_refusal(what: str, other: str) -> InputError:
    """The message to a second process."""
    return InputError(
        f"{what} is being worked on by {other or 'another process'}; wait for it, or end it: however it ends, "
        "the same command goes on with the study"
    )


class JournalFile(JournalFileBackend):
    """Optuna's journal file without its lock (the only writer holds the lock of the study) and with fewer fsyncs.

    Optuna's own calls fsync at every step, which takes longer than most worlds.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path, self._synced = path, time.monotonic()

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Append steps, a line each."""
        text = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        with self._path.open("ab") as file:
            file.write(text.encode())
            file.flush()
            if time.monotonic() - self._synced > SYNC_SECONDS:
                os.fsync(file.fileno())
                self._synced = time.monotonic()


def journal(path: Path) -> JournalStorage:
    """The storage in a file, which is made if it is not there; the caller holds the study's lock.

    Raises:
        InputError: a line in the middle is damaged.
        OSError: the file cannot be read or written.
    """
    mend(path)
    try:
        return JournalStorage(JournalFile(path))
    except (ValueError, KeyError, TypeError):  # no JSON, or no steps of Optuna's
        raise InputError(
            f"{path} is damaged in the middle; put a copy of it back, or move it away and run the same command "
            "again: it comes to the same trials, and finished worlds are kept"
        ) from None


def mend(path: Path) -> int:
    """Cut off an unfinished last line and return its bytes: Optuna would append to it and spoil the file."""
    data = path.read_bytes() if path.exists() else b""
    whole = data[: data.rfind(b"\n") + 1]
    last = whole[whole.rfind(b"\n", 0, -1) + 1 :]
    try:
        torn = not isinstance(json.loads(last or "{}"), dict)
    except ValueError:  # a power failure may leave anything
        torn = True
    if torn:
        whole = whole.removesuffix(last)
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    return len(data) - len(whole)
