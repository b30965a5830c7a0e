"""Methods of plain classes behind addresses: compiled, or interpreted with the same numbers where numba cannot."""

import hashlib
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from numba import carray, from_dtype, types
from numba.core import sigutils
from numba.core.ccallback import CFunc

from policies.errors import home
from sim.compiler.cache import DiskCache
from sim.compiler.limits import NotCompilable, check
from sim.compiler.pipeline import EntryCompiler
from sim.compiler.pointers import Kind, address_of, callable_at, callback, intrinsic


@dataclass(frozen=True)
class Entry:
    """A function that the engine calls through its address, around methods of a user's class."""

    kind: Kind  #: result and arguments, as in `pointers`
    text: str  #: its source; the function is called `function`, and its `self` is the address of a record
    #: classes, each with a method and the names of an instance's numbers, for `limits.check`
    checks: tuple[tuple[type, str, frozenset[str]], ...]
    scope: Mapping[str, Any] = field(default_factory=dict)  #: names that the text uses
    #: arguments that are addresses of something, by place: its type
    views: Mapping[int, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Compiled:
    """What the engine calls of a thing, in some columns."""

    functions: dict[str, np.ndarray]  #: addresses of its entries by name, int64 `[columns]`
    numbers: np.ndarray  #: addresses of its records, int64 `[columns]`; 0 where it runs interpreted
    records: np.ndarray  #: its numbers and what it remembers, `[columns]`
    callbacks: tuple[Any, ...] = ()  #: what is behind the addresses where it runs interpreted


def compile_entries(
    name: str, kind: type, records: np.ndarray, entries: Mapping[str, Entry],
    interpret: Callable[[int], Mapping[str, Callable[..., Any]]], failures: list[Exception], slower: int = 100,
) -> Compiled:  # fmt: skip
    """The entries of a thing by name, compiled if possible; `records` has its numbers, `[columns]`.

    `interpret` gives the Python functions of a column by name, without `self` among their arguments; `failures` gets
    what these raise, and with them a lane takes about `slower` times as long.
    """
    columns = len(records)
    try:
        functions = {key: np.full(columns, build(entry, records.dtype)) for key, entry in entries.items()}
        return Compiled(functions, addresses_of(records), records)
    except NotCompilable as error:
        _warn(name, kind, str(error), slower)
    plain = [interpret(column) for column in range(columns)]
    callbacks = {key: [callback(each[key], entry.kind, failures) for each in plain] for key, entry in entries.items()}
    functions = {key: np.array([address_of(each) for each in made]) for key, made in callbacks.items()}
    return Compiled(functions, np.zeros(columns, np.int64), records, tuple(callbacks.values()))


def addresses_of(records: np.ndarray) -> np.ndarray:
    """The addresses of the rows of an array, int64."""
    return np.asarray(records.ctypes.data + records.strides[0] * np.arange(len(records)))


def compiled_call(entry: Entry, records: np.ndarray) -> Callable[..., Any]:
    """An entry, compiled, for calls from Python: a function of all arguments but `self`, which is the first record.

    Raises:
        NotCompilable: it can run interpreted only.
    """
    function = callable_at(build(entry, records.dtype), entry.kind)
    return lambda *arguments: function(records.ctypes.data, *arguments)


@intrinsic
def record(_: Any, address: Any) -> Any:
    """The record that stands at an address."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], context.get_value_type(signature.return_type))

    return address.dtype(address), generate


_COMPILED: dict[str, Any] = {}
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


def build(entry: Entry, own: np.dtype[Any]) -> int:
    """The address of an entry, compiled, for records of this layout.

    Raises:
        NotCompilable: numba cannot compile it, or it might give another result.
    """
    for kind, method, fields in entry.checks:
        check(kind, [method], fields)
    if _INTERPRETED[0]:
        raise NotCompilable("it is not to be compiled")
    facts = repr((entry.text, own.descr, [str(each) for each in entry.views.values()]))
    name = "f" + hashlib.sha256(facts.encode()).hexdigest()[:24]
    if name not in _COMPILED:
        result, arguments = entry.kind
        given = [types.CPointer(from_dtype(own)), *arguments[1:]]
        for place, of in entry.views.items():
            given[place] = types.CPointer(of)
        try:
            _COMPILED[name] = _compile(name, entry, result(*given))
        except Exception as error:
            raise NotCompilable(_fault(error)) from error
    return int(_COMPILED[name].address or 0)


def _compile(name: str, entry: Entry, signature: Any) -> Any:
    module = ModuleType(f"steepest_{name}")
    sys.modules[module.__name__] = module  # where numba looks for it when it loads what was kept
    vars(module).update(entry.scope, carray=carray, record=record)
    exec(compile(entry.text, f"<{name}>", "exec"), vars(module))  # noqa: S102 - a template of ours
    made: Any = CFunc(module.function, sigutils.normalize_signature(signature), {}, {}, pipeline_class=EntryCompiler)
    made._cache = DiskCache(module.function, name)
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


def _warn(name: str, kind: type, fault: str, slower: int) -> None:
    """Say once that a class runs interpreted, and which line of which file is the reason, unless it was asked for."""
    if not _INTERPRETED[0] and kind not in _WARNED:
        _WARNED.add(kind)
        slow = f"cannot be compiled and runs interpreted, with the same result; its lanes take {slower} times as long"
        where = fault if ", line " in fault else f"{home(kind)}: {fault}"
        warnings.warn(f"{name} {slow}: class {kind.__name__}, {where}", InterpretedWarning, stacklevel=3)
