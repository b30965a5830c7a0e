"""Files: found by name or path, and written whole or not at all, as `.NAME.PID.tmp` until they are renamed.

A writer holds the lock of its temporary file until it has renamed it, and the system frees the lock when the process
ends, however it ends. So a temporary file that is not locked has no writer, even if its PID is in use again.
"""

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK

from policies.errors import InputError, nearest

TEMPORARY = re.compile(r"\.(?P<name>.+)\.(?P<pid>[0-9]{1,9})\.tmp", re.DOTALL)

MOMENT = 60.0
"""Seconds for which a file without a lock is left alone if its process is alive, which may be about to lock it."""


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A temporary file to write; it replaces `path` at the end of the block, and is removed after an error.

    Raises:
        OSError: it cannot be written.
    """
    from filelock import lock_descriptor  # noqa: PLC0415 - a slow import, and most commands write nothing

    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with new.open("wb") as mark:
            with suppress(OSError):  # a disk without locks; `sweep` removes nothing there
                lock_descriptor(mark.fileno(), blocking=False)
            yield new
            new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise


def write(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all; its content is on the disk before it gets its name."""
    with unfinished(path) as temporary, temporary.open("wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        os.fsync(file.fileno())


def sweep(folder: Path) -> None:
    """Remove the temporary files of killed writers from a folder and below, where they can be removed."""
    for place, _, files in os.walk(folder):
        for name in files:
            _remove_abandoned(Path(place, name))


def sweep_beside(path: Path) -> None:
    """Remove the temporary files of killed writers of this file."""
    with suppress(OSError):
        for other in list(path.parent.iterdir()):
            _remove_abandoned(other, path.name)


def _remove_abandoned(path: Path, target: str | None = None) -> None:
    """Remove a file if it is a temporary one of this user without a writer, and of `target` if that is given."""
    found = TEMPORARY.fullmatch(path.name)
    if not found or target not in (None, found["name"]):
        return
    from filelock import lock_descriptor  # noqa: PLC0415 - see above

    with suppress(OSError), os.fdopen(os.open(path, os.O_RDWR | os.O_NOFOLLOW)) as mark:
        facts = os.fstat(mark.fileno())
        old = not _is_alive(int(found["pid"])) or time.time() - facts.st_mtime > MOMENT
        if old and facts.st_uid == os.geteuid() and lock_descriptor(mark.fileno(), blocking=False):
            path.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True


def find_file(
    what: str, shipped: Mapping[str, Path], name_or_path: str, base: Path, error: type[InputError] = InputError
) -> Path:
    """The shipped file of that name (hyphens and underscores are the same), or else of a path.

    Args:
        what: what a message calls such files.
        shipped: files by name, with hyphens.
        name_or_path: the name of a shipped file, or a path.
        base: the folder that a relative path starts from.
        error: what is raised.

    Raises:
        InputError: neither exists.
    """
    name = name_or_path.replace("_", "-")
    if name in shipped:
        return shipped[name]
    path = base / name_or_path
    try:
        if name_or_path:
            check_regular(path, error)
            return path
    except (OSError, ValueError) as fault:
        if isinstance(fault, InputError):
            raise
        # else: what the system cannot look up does not exist
    raise error(
        f"there is no shipped {what} {name_or_path[:80]!r} and no such file in {path.parent}; "
        f"{nearest(name_or_path, shipped)}"
    )


def check_regular(path: Path, error: type[InputError] = InputError) -> None:
    """Check that a path that exists leads to a file: reading a device or a pipe may never end.

    Raises:
        InputError: it leads to something else.
        OSError: it leads nowhere.
    """
    mode = path.stat().st_mode
    kinds = {S_IFDIR: "a folder", S_IFIFO: "a pipe", S_IFCHR: "a device", S_IFBLK: "a device", S_IFSOCK: "a socket"}
    if S_IFMT(mode) != S_IFREG:
        raise error(f"{path}: cannot be read: it is {kinds[S_IFMT(mode)]}, and no file; give the path of a file")
