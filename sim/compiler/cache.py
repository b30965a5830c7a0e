"""Compiled code on disk: one folder per version of the sources, numba, numpy and Python, with a checksum in every file.

What is damaged is compiled again, what cannot be written stays in memory; either is said in one line, once.
"""

import contextlib
import hashlib
import os
import pickle
import re
import sys
import time
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from sim.cache_folder import root

KEEP = 3
"""Versions whose compiled code is kept in any case."""

UNUSED_SECONDS = 86_400.0
"""Others go once no process has begun with them for so long."""

SUFFIX = ".compiled"
_VERSION = re.compile(r"[0-9a-f]{16}")
_OURS = re.compile(r".*\.(compiled|done)(\.[0-9]+)?|compiling")
_said: set[str] = set()


@cache
def version() -> str:
    """A digest of all that the engine's compiled loops depend on, but for the processor.

    Policies, rewards and strategies are not among it: the functions made of them are named by digests of their own.
    """
    digest = hashlib.sha256()
    libc = os.confstr("CS_GNU_LIBC_VERSION") if "CS_GNU_LIBC_VERSION" in os.confstr_names else ""
    for fact in (numba.__version__, llvmlite.__version__, np.__version__, sys.version, libc):
        digest.update(repr(fact).encode())
    here = Path(__file__).parents[2]
    policies = [here / "policies" / name for name in ("numbers.py", "seen.py", "rewards/base.py")]
    for path in [*sorted((here / "sim").rglob("*.py")), *policies]:
        if not {"traces", "strategies"} & set(path.relative_to(here).parts):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def folder() -> Path | None:
    """The folder of this version, marked as in use now; None where there is no place for it."""
    top = root()
    if top is None:
        return None
    own = top / version()
    with contextlib.suppress(OSError):
        os.utime(own)
    return own


class DiskCache(NullCache):  # type: ignore[misc]
    """What numba asks for compiled code of one function, and gives it to: a file per list of argument types.

    A `name` is given where it says all that the code depends on.
    """

    def __init__(self, function: Any, name: str = "") -> None:
        self._function, self._name = function, name

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The code that was kept for these types, ready to be called; None where there is none that is whole."""
        _spare_matrices()
        target.refresh()
        path = self._path(signature, target)
        try:
            written = None if path is None else path.read_bytes()
        except OSError:
            written = None
        if path is None or written is None:
            return None
        if hashlib.sha256(written[32:]).digest() == written[:32]:
            with contextlib.suppress(Exception):  # whatever is wrong with it, the remedy is the same
                return CompileResult._rebuild(target, *pickle.loads(written[32:]))  # noqa: S301 - it is whole
        _say("damaged", f"compiled code in {path.parent} is damaged, and compiled anew")
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep code for these types; where that fails, it is in memory only."""
        path = self._path(signature, compiled.target_context)
        if path is None or "unwritable" in _said:
            return
        body = dumps(compiled._reduce())
        part = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            new = not path.parent.is_dir()
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(hashlib.sha256(body).digest() + body)
            part.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            why = error.strerror or error
            _say("unwritable", f"compiled code is not kept: {path.parent} cannot be written ({why})")
            return
        if new:
            with contextlib.suppress(OSError):  # another process may do the same just now
                _remove_old(path.parent)

    def _path(self, signature: Any, target: Any) -> Path | None:
        own = folder()
        if own is None or self._function.__closure__:  # what encloses it may differ next time
            return None
        digest = hashlib.sha256(self._name.encode() or _source(self._function))
        digest.update(repr((str(signature), target.codegen().magic_tuple())).encode())
        return own / f"{self._function.__qualname__}-{digest.hexdigest()[:24]}{SUFFIX}"


@cache
def _spare_matrices() -> None:
    """Let numba believe that there is no SciPy, whose matrices no loop of ours has: a fifth of what a start takes."""
    from numba.np import linalg  # noqa: PLC0415 - takes a quarter of a second

    def missing() -> None:
        raise ImportError

    there, linalg.ensure_blas = linalg.ensure_blas, missing
    try:
        import numba.np.arraymath  # noqa: F401, PLC0415 - asks for it
    finally:
        linalg.ensure_blas = there


def _source(function: Any) -> bytes:
    """Where a function stands, and what it does."""
    code: CodeType = function.__code__
    constants = [each for each in code.co_consts if not isinstance(each, CodeType)]
    facts = (function.__module__, code.co_firstlineno, code.co_code, code.co_names, constants)
    return repr(facts).encode() + _file(code.co_filename)


@cache
def _file(name: str) -> bytes:
    try:
        return hashlib.sha256(Path(name).read_bytes()).digest()
    except OSError:
        return b""


def _say(what: str, text: str) -> None:
    if what not in _said:
        _said.add(what)
        print(f"steepest: {text}", file=sys.stderr)


def _remove_old(own: Path) -> None:
    """Remove the versions that no process has begun with for long, but for the newest."""
    others = sorted((-each.stat().st_mtime, each) for each in _versions(own.parent) if each != own)
    for used, each in others[KEEP - 1 :]:
        if time.time() + used > UNUSED_SECONDS:
            _empty(each)


def _versions(top: Path) -> list[Path]:
    return [each for each in top.iterdir() if _VERSION.fullmatch(each.name) and each.is_dir() and not each.is_symlink()]


def _empty(own: Path) -> tuple[int, int]:
    """Remove the files of a version, and its folder when nothing else is in it; how many, and their bytes."""
    count, size = 0, 0
    for each in own.iterdir():
        if _OURS.fullmatch(each.name) and each.is_file() and not each.is_symlink():
            with contextlib.suppress(FileNotFoundError):  # another process was there first
                bytes_of_it = each.stat().st_size
                each.unlink()
                count, size = count + 1, size + bytes_of_it
    with contextlib.suppress(OSError):
        own.rmdir()
    return count, size


def clear() -> tuple[Path | None, int, int]:
    """Remove all compiled code: the folder for all versions, how many files were removed, and their bytes.

    Nothing else in the folder is touched, and it stays itself where there is anything else.

    Raises:
        OSError: something cannot be removed.
    """
    top = root()
    if top is None or not top.is_dir():
        return top, 0, 0
    found = [_empty(each) for each in _versions(top)]
    with contextlib.suppress(OSError):
        top.rmdir()
    return top, sum(count for count, _ in found), sum(size for _, size in found)
