"""Files that are being written: `.NAME.PID.tmp` beside their place, renamed when whole, swept when the writer is gone.

A writer holds the lock of its temporary file until it has renamed it, and the system lets go of the lock when the
process ends, however it ends. So a file whose lock is free has no writer, whatever process has its number by now.
"""

import fcntl
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TEMPORARY = re.compile(r"\.(?P<name>.+)\.(?P<pid>[0-9]{1,9})\.tmp", re.DOTALL)

MOMENT = 60.0
"""Seconds for which a file without a lock is left alone where its process lives: it may be about to lock it."""


@contextmanager
def unfinished(path: Path, folder: bool = False) -> Iterator[Path]:
    """A temporary file or folder to write; it takes its name at the end, and goes where something fails before.

    Args:
        path: what it is to be; its folder is made. A file that is there is replaced, a folder must not be there.
        folder: whether it is a folder.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    _remove(new)
    try:
        new.mkdir() if folder else new.touch()
        with _opened(new) as mark:
            with suppress(OSError):  # a disk without locks; nothing is ever swept there
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield new
            new.replace(path)
    except BaseException:
        _remove(new)
        raise


def write(path: Path, data: bytes | str) -> None:
    """Write a file so that it is either all there or not there; the disk has it before it gets its name."""
    with unfinished(path) as temporary, temporary.open("wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        os.fsync(file.fileno())


def sweep(folder: Path) -> None:
    """Remove all that writers who are gone left in a folder and below; what cannot be removed stays."""
    for place, folders, files in os.walk(folder):
        old = [name for name in (*folders, *files) if _abandoned(Path(place, name))]
        for name in old:
            _remove(Path(place, name))
        folders[:] = [name for name in folders if not TEMPORARY.fullmatch(name)]


def sweep_beside(path: Path) -> None:
    """Remove what writers of this one file who are gone left beside it."""
    with suppress(OSError):
        for other in list(path.parent.iterdir()):
            found = TEMPORARY.fullmatch(other.name)
            if found and found["name"] == path.name and _abandoned(other):
                _remove(other)


def _abandoned(path: Path) -> bool:
    """Whether it is this user's temporary file or folder, and has no writer."""
    found = TEMPORARY.fullmatch(path.name)
    if not found:
        return False
    try:
        facts = path.lstat()
        if stat.S_ISLNK(facts.st_mode) or facts.st_uid != os.geteuid():
            return False
        with _opened(path) as mark:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # its writer is at work, or nobody can tell
        return False
    return not _alive(int(found["pid"])) or time.time() - facts.st_mtime > MOMENT


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    mark = os.open(path, os.O_NOFOLLOW | (os.O_RDONLY if path.is_dir() else os.O_RDWR))
    try:
        yield mark
    finally:
        os.close(mark)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
