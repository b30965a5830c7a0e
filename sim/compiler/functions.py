"""Addresses of plain methods: compiled, or interpreted with the same numbers where numba cannot compile them."""

import hashlib
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
from numba import carray, from_dtype, types
from numba.core import sigutils
from numba.core.ccallback import CFunc

from policies.errors import home
from sim.compiler.cache import Kept
from sim.compiler.limits import NotCompilable
from sim.compiler.pipeline import EntryCompiler
from sim.compiler.pointers import Kind, written

CURVE = """
def function(self, age, since, gain, gap, loss, error, now, similarity):
    return record(self).curve(age)
"""

SHIELD = """
def function(self, age, since, gain, gap, loss, error, now, similarity):
    return record(self).shield(age, Seen(since, gain, gap, loss, error, now, similarity))
"""

LEARN = """
def function(self, block, crowned, gain, gap, loss, best, error):
    me = record(self)
    news = News(block, crowned != 0.0, gain, gap, loss, best, error)
{calls}
    return 0
"""

DECIDE = """
def function(self, view, decision):
    made = record(self).decide(record(view))
    out = record(decision)
{writes}
    return 0
"""

PAY = """
def function(self, ledger, weights, line, paid, miners, king, crowned, gain, fresh, days):
    me = record(self)
    rows = carray(ledger, ({width}, miners))
    news = Crowning(king, crowned != 0.0, gain, fresh != 0.0, carray(line, miners))
    return me.pay({memory}, Ledger({rows}), carray(weights, miners), news, days, carray(paid, miners))
"""

HELD = """
def function(self, ledger, miners):
    me = record(self)
    rows = carray(ledger, ({width}, miners))
    return me.held({memory}, Ledger({rows}))
"""

NUMBER = """
def function(self, {arguments}):
    return record(self).{name}({arguments})
"""


@written
def record(_: Any, address: Any) -> Any:
    """The record that stands at an address."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], context.get_value_type(signature.return_type))

    return address.dtype(address), generate


_KEPT: dict[str, Any] = {}
"""Compiled functions by name: their code must not be freed."""

_INTERPRETED = [False]
"""Whether methods are to run interpreted, though they could be compiled."""

_WARNED: set[type] = set()


class InterpretedWarning(UserWarning):
    """Something cannot be compiled, and runs slowly."""


@contextmanager
def interpreted_only() -> Iterator[None]:
    """What is built within runs interpreted, without a warning: for tests that compare both ways."""
    before, _INTERPRETED[0] = _INTERPRETED[0], True
    try:
        yield
    finally:
        _INTERPRETED[0] = before


def build(text: str, own: np.dtype[Any], scope: dict[str, Any], kind: Kind, views: dict[int, Any]) -> int:
    """The address of a function whose `self` is such a record.

    Args:
        text: its source; `function` is what is meant.
        own: the layout of `self`.
        scope: names that the text uses.
        kind: result and arguments, as in `pointers`.
        views: arguments that are addresses of something, by place: its type.

    Raises:
        NotCompilable: numba cannot compile it.
    """
    if _INTERPRETED[0]:
        raise NotCompilable("it is not to be compiled")
    told = repr((text, own.descr, [str(each) for each in views.values()]))
    name = "f" + hashlib.sha256(told.encode()).hexdigest()[:24]
    if name not in _KEPT:
        result, arguments = kind
        given = [types.CPointer(from_dtype(own)), *arguments[1:]]
        for place, of in views.items():
            given[place] = types.CPointer(of)
        try:
            _KEPT[name] = _compile(name, text, scope, result(*given))
        except Exception as error:
            raise NotCompilable(_fault(error)) from error
    return int(_KEPT[name].address or 0)


def _compile(name: str, text: str, scope: dict[str, Any], signature: Any) -> Any:
    module = ModuleType(f"steepest_{name}")
    sys.modules[module.__name__] = module  # where numba looks for it when it loads what was kept
    vars(module).update(scope, carray=carray, record=record)
    exec(compile(text, f"<{name}>", "exec"), vars(module))  # noqa: S102 - a template of ours
    made: Any = CFunc(module.function, sigutils.normalize_signature(signature), {}, {}, pipeline_class=EntryCompiler)
    made._cache = Kept(module.function, name)
    made.compile()
    return made


def _fault(error: Exception) -> str:
    """What numba says, in one line that begins with the place in the user's file where it says one."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    places = re.findall(r'File "([^"<]+)", line ([1-9]\d*)', text)
    lines = (line.strip() for line in text.splitlines())
    said = next((line for line in lines if line and not line.startswith(_WRAPPING)), type(error).__name__)
    for pattern, reason in _REASONS.items():
        said = re.sub(pattern, reason, said)
    place = f"{os.path.abspath(places[0][0])}, line {places[0][1]}: " if places else ""
    return place + said


_WRAPPING = ("Failed in ", "- Resolution failure", "None", "File ")
"""How lines begin with which numba wraps what it has to say."""

_REASONS = {
    r"^Cannot bind .* due to \"TypeError: (.*)\"\.$": r"\1",
    r"^compiler re-entrant to the same function signature$": "a function that calls itself cannot be compiled",
    r" for '[^']*', defined at .*$": "",
    r"^Type of variable '\$.*$": "a value whose type numba cannot tell",
}
"""What some of it means."""


def warn(name: str, kind: type, fault: str, slower: int) -> None:
    """Say once that a class runs interpreted, unless that is what was asked for.

    Args:
        name: what the class is called in YAML.
        kind: the class.
        fault: which line of which file cannot be compiled, and why.
        slower: how many times longer a lane takes with it, about.
    """
    if not _INTERPRETED[0] and kind not in _WARNED:
        _WARNED.add(kind)
        slow = f"cannot be compiled and runs interpreted, with the same result; its lanes take {slower} times as long"
        where = fault if ", line " in fault else f"{home(kind)}: {fault}"
        warnings.warn(f"{name} {slow}: class {kind.__name__}, {where}", InterpretedWarning, stacklevel=3)
