"""What of Python is compiled with the very same result; all else is refused, by file and line, before numba sees it."""

import builtins
import sys
from collections.abc import Iterable, Iterator
from dis import Instruction, get_instructions
from functools import cache
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from sim.compiler.maths import CHECKED, EXACT

CONSTRUCTORS: dict[Any, Any] = {}
"""Classes that compiled code may make, and the compiled function that does so."""

BUILTINS = {abs, bool, divmod, enumerate, float, int, len, max, min, range, reversed, zip}
"""Functions of Python that give the same compiled."""

SYNTAX = {
    "BEFORE_WITH": "a with",
    "BUILD_CONST_KEY_MAP": "a dict",
    "BUILD_LIST": "a list",
    "BUILD_MAP": "a dict",
    "BUILD_SET": "a set",
    "BUILD_STRING": "an f-string",
    "DELETE_FAST": "a del",
    "FORMAT_SIMPLE": "an f-string",
    "FORMAT_VALUE": "an f-string",
    "FORMAT_WITH_SPEC": "an f-string",
    "IMPORT_NAME": "an import",
    "LOAD_SUPER_ATTR": "super()",
    "MAKE_FUNCTION": "a function within",
    "PUSH_EXC_INFO": "a try",
    "STORE_GLOBAL": "a global",
    "YIELD_VALUE": "a yield",
}
"""What a function may not contain, by the name of its instruction."""

OTHER_ORDER = {"cumprod", "cumsum", "dot", "mean", "prod", "std", "sum", "trace", "var"}
"""Methods of arrays that add up in another order."""

NAMES = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF", "LOAD_FROM_DICT_OR_DEREF", "LOAD_CLASSDEREF"}
ATTRIBUTES = {"LOAD_ATTR", "LOAD_METHOD"}


class NotCompilable(Exception):  # noqa: N818 - a finding, not yet a fault
    """Something cannot be compiled; the message says where and why."""


class _Unknown:
    """The value of a name that has none yet."""


def check(kind: type, roots: Iterable[str], fields: Iterable[str]) -> None:
    """Refuse what could give another result, in these methods of a class and in all that they call.

    `fields` are the names of the numbers of an instance, and of what it remembers.

    Raises:
        NotCompilable: with the first line that cannot be compiled.
    """
    if fault := _first_fault(kind, tuple(roots), frozenset(fields)):
        raise NotCompilable(fault)


@cache
def _first_fault(kind: type, roots: tuple[str, ...], fields: frozenset[str]) -> str:
    for function, method in reachable(kind, roots):
        found = sorted(_faults(function, kind if method else None, fields), key=lambda fault: fault[1].offset)
        for fault, each in found[:1]:
            return f"{function.__code__.co_filename}, line {_line(function, each)}: {fault} cannot be compiled"
    return ""


def reachable(kind: type, roots: Iterable[str]) -> Iterator[tuple[Any, bool]]:
    """The functions that these methods of a class call, themselves first, and whether each is a method."""
    todo = [(getattr(kind, root), True) for root in roots]
    seen = set()
    while todo:
        function, method = todo.pop(0)
        if function in seen:
            continue
        seen.add(function)
        yield function, method
        if method:
            own = [getattr(kind, name, None) for name in function.__code__.co_names if not name.startswith("__")]
            todo += [(each, True) for each in own if isinstance(each, FunctionType)]
        todo += [(value, False) for _, value, _ in uses(function) if _is_function(value)]


def uses(function: Any) -> Iterator[tuple[str, Any, Instruction]]:
    """What a function's code names that is not its own: name, value, and where; of modules what it takes of them."""
    values, owner = variables(function), None
    for each in _instructions(function.__code__):
        if each.opname in NAMES:
            owner = values.get(each.argval, _Unknown)
            if not isinstance(owner, ModuleType):
                yield each.argval, owner, each
        elif each.opname in ATTRIBUTES and isinstance(owner, ModuleType):
            name, owner = f"{owner.__name__}.{each.argval}", getattr(owner, each.argval, _Unknown)
            if not isinstance(owner, ModuleType):
                yield name, owner, each
        else:
            owner = None


def variables(function: Any) -> dict[str, Any]:
    """The values of the names of a function's code that are not its own."""
    names = {each.argval for each in _instructions(function.__code__) if each.opname in NAMES}
    found = {name: getattr(builtins, name) for name in names if hasattr(builtins, name)}
    found |= {name: value for name, value in function.__globals__.items() if name in names}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        found[name] = cell.cell_contents if cell != _EMPTY else _Unknown
    return found


_EMPTY = CellType()
"""What a variable of an enclosing function is before it has a value."""


def _faults(function: Any, kind: type | None, fields: frozenset[str]) -> Iterator[tuple[str, Instruction]]:
    """What cannot be compiled in a function, a method of a class or not, and where."""
    for name, value, each in uses(function):
        if fault := _fault_of(name, value):
            yield fault, each
    own = function.__code__.co_varnames[0] if kind is not None and function.__code__.co_argcount else None
    loaded = None
    for each in _instructions(function.__code__):
        name = each.argval
        if each.opname in SYNTAX:
            yield SYNTAX[each.opname], each
        elif each.opname == "BINARY_OP" and each.argrepr.startswith("@"):
            yield "a product of matrices", each
        elif each.opname in ATTRIBUTES and loaded == own is not None:
            if name not in fields and not isinstance(getattr(kind, name, None), FunctionType):
                yield f"self.{name}, neither a parameter nor made by `prepare` nor a method,", each
        elif each.opname in ATTRIBUTES and name in OTHER_ORDER - fields:
            yield f".{name}(), which adds in another order,", each
        elif each.opname == "STORE_ATTR" and (loaded == own is not None or "memory" not in fields):
            yield f"a change of {loaded}.{name}", each
        loaded = None
        if each.opname.startswith("LOAD_FAST"):
            loaded = name if isinstance(name, str) else name[-1]  # from Python 3.13 on two at once


def _fault_of(name: str, value: Any) -> str | None:
    """What is wrong with a value that a function names, if anything is."""
    if isinstance(value, bool | int | float | str) or value is None or _is_function(value):
        return None
    if isinstance(value, tuple):
        return next((fault for fault in (_fault_of(name, each) for each in value) if fault), None)
    if isinstance(value, type) and (issubclass(value, BaseException) or hasattr(value, "_fields")):
        return None
    try:
        if value in CONSTRUCTORS or value in CHECKED or value in EXACT or value in BUILTINS:
            return None
    except TypeError:  # what cannot be hashed cannot be one of them
        return name
    inexact = getattr(value, "__module__", "") == "math" or isinstance(value, np.ufunc)
    return f"{name}, whose last bit may differ," if inexact else name


def _is_function(value: Any) -> bool:
    """Whether it is a function that is compiled along: not one of Python's own."""
    own = isinstance(value, FunctionType) and value not in CHECKED
    return own and value.__module__.partition(".")[0] not in sys.stdlib_module_names


def fields_of(thing: Any) -> frozenset[str]:
    """Names of the numbers of an instance and of what it remembers, with `memory` where it remembers anything."""
    names = {*thing.attributes()}
    for field in ("remembers", "ledger"):
        if numbers := getattr(thing, field, ()):
            names |= {"memory", *(name for name, _ in numbers)}
    return frozenset(names | {"then"} if getattr(thing, "then", None) is not None else names)


def _line(function: Any, instruction: Instruction) -> int:
    """The line of an instruction, or of the next one that has any."""
    after = False
    for each in _instructions(function.__code__):
        after = after or each is instruction
        if after and each.positions is not None and each.positions.lineno:
            return each.positions.lineno
    return int(function.__code__.co_firstlineno)


@cache
def _instructions(code: CodeType) -> tuple[Instruction, ...]:
    return tuple(get_instructions(code))
