"""Methods of plain classes, compiled as they stand: `self` is a record of the instance's numbers."""

import hashlib
from collections.abc import Sequence
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
from numba import njit, types
from numba.core.typing.arraydecl import RecordAttribute
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr
from numba.extending import lower_builtin

from policies import Memory
from sim.compiler.limits import CONSTRUCTORS, reachable, uses, variables
from sim.compiler.maths import CHECKED
from sim.compiler.pipeline import MethodCompiler

MARK = "_is_"
"""Before the name of the field that tells whose record it is."""

ROOTS = ("advance", "decide", "escrow", "later", "learn", "loss", "pace", "pay", "resume", "shield")
"""Methods that the engine calls."""

OPTIONS: dict[str, Any] = {
    "error_model": "python",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": MethodCompiler,
}

_CLASSES: dict[str, type] = {}
"""Classes by the names of their marks."""


@cache
def mark(kind: type) -> str:
    """The name of a field that no other class's record has."""
    text = f"{kind.__module__}.{kind.__qualname__}"
    name = f"{MARK}{kind.__name__}_{hashlib.sha256(text.encode() + fingerprint(kind)).hexdigest()[:12]}"
    _CLASSES.setdefault(name, kind)
    return name


@infer_getattr
class _Methods(AttributeTemplate):  # type: ignore[misc]
    """What numba asks for the attributes of records: methods of the class whose record it is."""

    key = types.Record

    def generic_resolve(self, record: Any, name: str) -> Any:
        """The type of a method; None for all else."""
        kind = next((_CLASSES[field] for field in record.fields if field in _CLASSES), None)
        method = getattr(kind, name, None)
        if name in record.fields or not isinstance(method, FunctionType):
            return None
        return types.BoundFunction(_template(method), record)


def _field(_: Any, record: Any, attribute: str) -> Any:
    """The type of a record's field, or None, where numba's own answer to what is no field is a KeyError."""
    return record.typeof(attribute) if attribute in record.fields else None


RecordAttribute.generic_resolve = _field


@cache
def _template(method: Any) -> Any:
    """How numba finds the type of a call of a method, and calls it: as it does with a plain function."""
    kind, unique = types.Dispatcher(_helper(method)), ("steepest", method)

    class Method(AbstractTemplate):  # type: ignore[misc]
        key = unique

        def generic(self, arguments: Any, named: Any) -> Any:
            found = kind.get_call_type(self.context, (self.this, *arguments), named)
            return None if found is None else found.as_method()

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        call = context.get_function(kind, signature)
        context.add_linking_libs(getattr(call, "libs", ()))
        return call(builder, values)

    lower_builtin(unique, types.Record, types.VarArg(types.Any))(generate)
    return Method


@cache
def compilable(function: Any) -> Any:
    """A copy of a function in which everything that it refers to can be compiled."""
    scope = {name: _stand_in(value) for name, value in variables(function).items()}
    copy = FunctionType(function.__code__, scope, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__module__ = function.__module__
    return copy


@cache
def _helper(function: Any) -> Any:
    return njit(compilable(function), **OPTIONS)


def _stand_in(value: Any) -> Any:
    """What stands for a value in compiled code."""
    if isinstance(value, ModuleType):
        return _module(value)
    try:
        if value in CHECKED or value in CONSTRUCTORS:
            return CHECKED.get(value) or CONSTRUCTORS[value]
    except TypeError:  # what cannot be hashed cannot be one of them
        return value
    return _helper(value) if isinstance(value, FunctionType) else value


class _Module(ModuleType):
    """A module in which everything can be compiled."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__(module.__name__)
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return _stand_in(getattr(self._module, name))


_module = cache(_Module)


def fingerprint(kind: type) -> bytes:
    """What the compiled code of a class depends on: its functions, those that they call, and constants."""
    digest = hashlib.sha256()
    roots = [name for name in ROOTS if isinstance(getattr(kind, name, None), FunctionType)]
    for function, _ in reachable(kind, roots):
        for code in _codes(function.__code__):
            constants = [each for each in code.co_consts if not isinstance(each, CodeType)]
            digest.update(code.co_code + repr((code.co_names, constants)).encode())
        digest.update(repr((function.__defaults__, function.__kwdefaults__)).encode())
        for name, value, _ in uses(function):
            told = value if isinstance(value, bool | int | float | str | tuple) else getattr(value, "__qualname__", "")
            digest.update(repr((name, told)).encode())
    return digest.digest()


def _codes(code: CodeType) -> list[CodeType]:
    """A function's code and that of the functions within."""
    return [code, *(inner for each in code.co_consts if isinstance(each, CodeType) for inner in _codes(each))]


def layout(thing: Any) -> np.dtype[Any]:
    """The record of an instance: its mark, its numbers, what it remembers, and the instance inside."""
    kind: type = type(thing)
    fields: list[tuple[str, Any]] = [(mark(kind), "f8")]
    fields += [(name, "f8") for name in thing.attributes()]
    if remembers := [(name, "f8") for name, _ in getattr(thing, "remembers", ())]:
        fields.append(("memory", np.dtype(remembers)))
    if (then := getattr(thing, "then", None)) is not None:
        fields.append(("then", layout(then)))
    return np.dtype(fields)


def fill(record: Any, thing: Any, memory: Any = None) -> None:
    """Write an instance into its record, and what it remembers, where it remembers anything."""
    for name, value in thing.attributes().items():
        record[name] = value
    for name, _ in getattr(thing, "remembers", ()):
        record["memory"][name] = getattr(memory, name)
    if (then := getattr(thing, "then", None)) is not None:
        fill(record["then"], then, memory.then)


def records_of(thing: Any, memories: Sequence[Memory | None]) -> np.ndarray:
    """Records of an instance, one with each of these memories."""
    records = np.zeros(len(memories), layout(thing))
    for record, memory in zip(records, memories, strict=True):
        fill(record, thing, memory)
    return records


def memory_of(record: Any, thing: Any) -> Memory:
    """What an instance remembers, from its record."""
    then = getattr(thing, "then", None)
    numbers = {name: record["memory"][name].item() for name, _ in getattr(thing, "remembers", ())}
    return Memory(None if then is None else memory_of(record["then"], then), **numbers)


def instance_of(kind: type, record: Any) -> Any:
    """A record as an instance of its class, for code that runs interpreted."""
    thing: Any = object.__new__(kind)
    for name in record.dtype.names:
        vars(thing)[name] = record[name] if record[name].ndim else record[name].item()
    return thing
