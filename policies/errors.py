"""Errors of input, and their messages.

InputError              the user's input is wrong: the command line prints the message and ends with exit code 2
└── PolicyError         the name of a plug-in (policy, strategy, reward rule), a parameter, or a formula
"""

import inspect
import sys
import sysconfig
import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.base import Declared

_MODULES = ("base", "errors", "laws", "nested", "numbers", "of_age", "own", "registry", "seen")
_OURS = {str(Path(__file__).parent / f"{name}.py") for name in _MODULES}
_PYTHONS = tuple(sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib"))


class InputError(ValueError):
    """Wrong input; the message has the value, the rule, and what to do.

    >>> import steepest
    >>> try:
    ...     steepest.run("wrold")
    ... except steepest.InputError as error:
    ...     print(error)
    there is no shipped recipe 'wrold' and no such file in .; did you mean 'world'?

    Attributes:
        path: keys from the top of the given mapping to the fault, so that a file reader can name the line.
    """

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.path = path

    def under(self, *keys: str | int) -> "InputError":
        """The same error with `keys` in front of its path."""
        return type(self)(str(self), (*keys, *self.path))


class PolicyError(InputError):
    """A policy or strategy does not exist, a parameter breaks a rule, or a formula fails."""


def printable(text: str) -> str:
    """Text with control characters escaped: names of files, runs and lanes may hold any, and a terminal would obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def nearest(given: object, known: Iterable[str]) -> str:
    """Advice for a misspelt name: the nearest known name, or all of them."""
    names = list(known)
    close = get_close_matches(str(given).lower().replace("_", "-"), names, n=1, cutoff=0.5)
    close = close or get_close_matches(str(given).lower().replace("-", "_"), names, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    return "known: " + ", ".join(names) if names else "none is known"


def failed(thing: "Declared", method: str, when: str, error: Exception) -> PolicyError:
    """The error to raise when a method of a plug-in raised `error`; `when` says for which numbers."""
    said = f"{error} ({type(error).__name__})" if str(error) else type(error).__name__
    return PolicyError(f"{thing.name()}: {said} {when}, in {place(thing, method, error)}")


def not_a_number(thing: "Declared", method: str, when: str, found: object) -> PolicyError:
    """The error to raise when a method of a plug-in returned NaN, or no number at all."""
    return PolicyError(
        f"{thing.name()}: gives {found!r} {when}, but must give a number, in {home(type(thing), method)}"
    )


def unloadable(noun: str, name: str, error: BaseException) -> PolicyError:
    """The error to raise when the file of a plug-in cannot be imported."""
    if isinstance(error, SyntaxError):
        return PolicyError(f"the {noun} {name} cannot be loaded: {error.msg}, in {error.filename}, line {error.lineno}")
    where = _deepest(error, ())
    said = f"the {noun} {name} cannot be loaded: {error} ({type(error).__name__})"
    return PolicyError(f"{said}, in {where}" if where else said)


def unmakeable(kind: "type[Declared]", error: Exception) -> PolicyError:
    """The error to raise when a plug-in cannot be made from its class, for a reason that is no `PolicyError`."""
    where = _deepest(error, kind.__mro__) or home(kind)
    return PolicyError(f"{kind.name()}: {error} ({type(error).__name__}) when it is made, in {where}")


def place(thing: "Declared", method: str, error: Exception) -> str:
    """The deepest line of the plug-in's own code in the traceback, or else the place of the method."""
    chain = [thing]  # the plug-in, and the policies inside
    while hasattr(chain[-1], "then"):
        chain.append(chain[-1].then)
    kinds = [kind for each in chain for kind in type(each).__mro__]
    return _deepest(error, kinds) or home(type(thing), method)


def _deepest(error: BaseException, kinds: Iterable[type]) -> str:
    """The deepest line in a traceback that is in a file of these classes, or neither in Python's nor ours; or ""."""
    written = {getattr(sys.modules.get(kind.__module__), "__file__", None) for kind in kinds} - _OURS
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename in written or not (frame.filename in _OURS or _is_pythons(frame.filename))
    ]
    return f"{frames[-1].filename}, line {frames[-1].lineno}: {frames[-1].line}".removesuffix(": ") if frames else ""


def _is_pythons(file: str) -> bool:
    return file.startswith((*_PYTHONS, "<frozen "))


def home(kind: type, method: str = "") -> str:
    """File and line of a class, or of one of its methods."""
    own = getattr(kind, method, kind)
    if method == "shield" and own.__qualname__ == "Policy.shield":
        own = inspect.unwrap(getattr(kind, "curve", own))  # the inherited `shield` calls the plug-in's own `curve`
    try:
        if inspect.getsourcefile(own) in _OURS:  # the method that is missing: name the class that should define it
            own = kind
        return f"{inspect.getsourcefile(own)}, line {inspect.getsourcelines(own)[1]}"
    except (OSError, TypeError):
        return f"{kind.__module__}.{kind.__qualname__}"
