"""Messages about a formula that fails: which policy, at what numbers, and in which line of whose file."""

import inspect
import sysconfig
import traceback
from pathlib import Path
from typing import Any

from policies.declared import Declared
from policies.errors import PolicyError

_ROOMS = ("base", "declared", "faults", "laws", "nested", "numbers", "parameter", "seen")
_OURS = {str(Path(__file__).parent / f"{room}.py") for room in _ROOMS}
_PYTHONS = tuple(sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib"))


def failed(thing: Declared, method: str, when: str, error: Exception) -> PolicyError:
    """What to raise where one of its methods raised `error`; `when` says at which numbers."""
    said = f"{error} ({type(error).__name__})" if str(error) else type(error).__name__
    return PolicyError(f"{thing.name()}: {said} {when}, in {place(thing, method, error)}")


def not_a_number(thing: Declared, method: str, when: str, found: object) -> PolicyError:
    """What to raise where one of its methods gave NaN, or no number at all."""
    return PolicyError(
        f"{thing.name()}: gives {found!r} {when}, but must give a number, in {home(type(thing), method)}"
    )


def unloadable(noun: str, name: str, error: Exception) -> PolicyError:
    """What to raise where the file of a plug-in cannot be imported: it is no Python, or names what is not there."""
    if isinstance(error, SyntaxError):
        return PolicyError(f"the {noun} {name} cannot be loaded: {error.msg}, in {error.filename}, line {error.lineno}")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_pythons(frame.filename)]
    where = f", in {frames[-1].filename}, line {frames[-1].lineno}: {frames[-1].line}" if frames else ""
    said = f"the {noun} {name} cannot be loaded: {error} ({type(error).__name__})"
    return PolicyError(f"{said}{where}".removesuffix(": "))


def place(thing: Declared, method: str, error: Exception) -> str:
    """The deepest line of the user's that the error passed through, or else where the method is written."""
    written = {_file(kind) for inside in _chain(thing) for kind in type(inside).__mro__} - _OURS
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename in written or not (frame.filename in _OURS or _is_pythons(frame.filename))
    ]
    if not frames:
        return home(type(thing), method)
    return f"{frames[-1].filename}, line {frames[-1].lineno}: {frames[-1].line}".removesuffix(": ")


def _is_pythons(file: str) -> bool:
    return file.startswith((*_PYTHONS, "<frozen "))


def home(kind: type, method: str = "") -> str:
    """The file and the line where a class, or one of its methods, is written."""
    own = getattr(kind, method, kind)
    if method == "shield" and own.__qualname__ == "Policy.shield":
        own = getattr(kind, "curve", own)  # an age alone is asked about, and that is the user's own
    try:
        if inspect.getsourcefile(own) in _OURS:  # what it should have defined
            own = kind
        return f"{inspect.getsourcefile(own)}, line {inspect.getsourcelines(own)[1]}"
    except (OSError, TypeError):
        return f"{kind.__module__}.{kind.__qualname__}"


def _chain(thing: Any) -> list[Declared]:
    inner = getattr(thing, "then", None)
    return [thing, *(_chain(inner) if isinstance(inner, Declared) else [])]


def _file(kind: type) -> str:
    try:
        return inspect.getsourcefile(kind) or ""
    except (OSError, TypeError):
        return ""
