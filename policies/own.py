"""Plug-ins in files of their own, wherever these are: `my.py` or `my.py:Class` may stand where a name may.

A file is executed as a module whose name tells its place and its text, so that files of one name do not mix. Modules
beside it can be imported, and each file gets them anew.
"""

import re
import sys
from collections.abc import Sequence
from hashlib import sha256
from importlib import import_module, invalidate_caches
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

from policies.base import Declared
from policies.errors import PolicyError, nearest, unloadable

FILE = re.compile(r"(?P<file>.+\.py)(?::(?P<kind>\w+))?", re.DOTALL)

SOURCES: dict[str, tuple[Path, bytes]] = {}
"""File and text of each module that was asked for, by its name; other processes import modules by this."""

DIGESTS: dict[str, str] = {}
"""Hash of each executed module's text and of that of the modules beside it, by its name."""

KINDS: dict[str, type[Declared]] = {}
"""The classes that were loaded last, by their names as plug-ins."""

_beside: dict[str, tuple[Path, ...]] = {}
"""The files in its folder that each executed module imported, by its name."""

_guests: dict[str, Path] = {}
"""The modules that the last one imported from its folder, and their files."""


def load(text: str, base: Path) -> type[Declared]:
    """The class in a file, which is executed; from then on a registry finds it by its name.

    That is the name of the file, with hyphens; where a file has several plug-ins, with the class: `my:Mine`.

    Args:
        text: `my.py`, or `my.py:Class` where it has several.
        base: the folder that relative paths start from.

    Raises:
        PolicyError: the file cannot be read or fails, or defines no plug-in of that name.
    """
    found = FILE.fullmatch(text)
    if found is None:
        raise PolicyError(f"{text!r} is not a Python file such as my.py, or my.py:Class where it has several plug-ins")
    path = resolve(found["file"], base)
    kinds = _plug_ins(_execute(path, text))
    wanted = found["kind"] or next(iter(kinds), "")
    if wanted not in kinds:
        fault = f"has no policy {wanted!r}; {nearest(wanted, kinds)}" if wanted else "defines no policy"
        raise PolicyError(f"{path} {fault}; a policy is a class that is derived from policies.Policy")
    if found["kind"] is None and len(kinds) > 1:
        raise PolicyError(f"{path} defines {' and '.join(kinds)}; say which, as in {path.name}:{wanted}")
    KINDS[kinds[wanted].name()] = kinds[wanted]
    return kinds[wanted]


def _plug_ins(module: ModuleType) -> dict[str, type[Declared]]:
    """The plug-ins that a file defines, by the names of their classes."""
    return {
        name: each
        for name, each in vars(module).items()
        if isinstance(each, type)
        and issubclass(each, Declared)
        and each.__module__ == module.__name__
        and name[0] != "_"
    }


def resolve(file: str, base: Path) -> Path:
    """The absolute path of a file; PolicyError: there is none."""
    try:
        path = (base / Path(file).expanduser()).resolve()
        there = path.is_file()
    except (OSError, RuntimeError, ValueError):  # a loop of links, no such user, a NUL
        there = False
    if not there:
        raise PolicyError(f"there is no Python file {file!r}; a path is relative to {base.absolute()}")
    return path


def _execute(path: Path, text: str) -> ModuleType:
    """The module of a file; executed again only if it, or a module beside it, has changed."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from None
    name = f"{path.stem.replace('.', '_')}_{sha256(bytes(path) + source).hexdigest()[:12]}"
    if DIGESTS.get(name) != _digest(name):
        sys.modules.pop(name, None)
    SOURCES[name] = (path, source)
    try:
        return import_module(name)
    except (Exception, SystemExit) as error:
        raise unloadable("file", text, error) from error


def _digest(name: str) -> str:
    """Hash of a module's text and of those beside it, as they are now; without folders, so that all may be moved."""
    sha = sha256(b"")
    path, source = SOURCES.get(name, (Path(), b""))
    beside = sorted(each for each in _beside.get(name, ()) if each.is_file())
    for file, text in [(path, source), *((each, each.read_bytes()) for each in beside)]:
        sha.update(file.name.encode() + b"\0" + text)
    return sha.hexdigest()[:16]


class _Loader(SourceLoader):
    """Executes one of `SOURCES`; modules are looked for in its folder too, after all others."""

    def __init__(self, name: str) -> None:
        self._name = name

    def get_filename(self, fullname: str) -> str:
        """The file, for Python."""
        return str(SOURCES[self._name][0])

    def get_data(self, path: str) -> bytes:
        """Its text, for Python."""
        return SOURCES[self._name][1]

    def exec_module(self, module: ModuleType) -> None:
        """Execute it; the modules beside the last file are forgotten, for this one may mean others by their names."""
        folder = SOURCES[self._name][0].parent
        for each in _guests:
            sys.modules.pop(each, None)
        before = set(sys.modules)
        sys.path.append(str(folder))
        invalidate_caches()  # a file may be newer than what is known of its folder
        try:
            super().exec_module(module)
            stem, kinds = re.sub(r"[_\s]", "-", SOURCES[self._name][0].stem), _plug_ins(module)
            for name, kind in kinds.items():
                kind.called = stem if len(kinds) == 1 else f"{stem}:{name.replace('_', '-')}"
        finally:
            sys.path.remove(str(folder))
            new = {name: Path(getattr(sys.modules[name], "__file__", None) or "") for name in {*sys.modules} - before}
            _guests.clear()
            _guests.update({name: file for name, file in new.items() if file.is_relative_to(folder)})
            _beside[self._name] = tuple(_guests.values())
            DIGESTS[self._name] = _digest(self._name)


class _Finder(MetaPathFinder):
    """Finds the modules that are in `SOURCES`, also for `pickle` in other processes."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where such a module is; None for all others."""
        return spec_from_loader(name, _Loader(name)) if name in SOURCES else None


sys.meta_path.append(_Finder())
