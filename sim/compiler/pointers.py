"""Calls through addresses: one compiled engine calls any policy, reward, strategy or way of making progress.

All functions of a kind have one signature in C, so the engine is compiled once and for all.
"""

import ctypes
from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic as numba_intrinsic

Kind: TypeAlias = tuple[Any, tuple[Any, ...]]
"""Result and arguments."""

F8, ADDRESS = types.float64, types.intp

EPSILON: Kind = (F8, (ADDRESS, *[F8] * 9))
"""Of (self, age, since, gain, gap, loss, error, now, similarity, option): the advantage; NaN where it failed."""

LEARN: Kind = (types.intc, (ADDRESS, *[F8] * 7))
"""Of (self, block, crowned, gain, gap, loss, best, error): 0, or 1 where it failed."""

DECIDE: Kind = (types.intc, (ADDRESS, ADDRESS, ADDRESS))
"""Of (self, view, decision): 0, or 1 where it failed."""

PAY: Kind = (F8, (*[ADDRESS] * 5, types.intp, types.intp, *[F8] * 4))
"""Of (self, ledger, weights, line, paid, miners, king, crowned, gain, fresh, days): what is burned; NaN if failed."""

HELD: Kind = (F8, (ADDRESS, ADDRESS, types.intp))
"""Of (self, ledger, miners): what is held back; NaN where it failed."""

ONE, TWO, THREE = ((F8, (ADDRESS, *[F8] * count)) for count in (1, 2, 3))
"""Of (self, so many numbers): a number; NaN where it failed."""


FAILED = {F8: float("nan"), types.intc: 1}
"""What a function behind an address gives where it raised, by the type of its result."""


def intrinsic(function: Callable[..., Any]) -> Any:
    """A function of compiled code: given types, it gives its own and how it is written down for LLVM."""
    return numba_intrinsic(function)


def _through(kind: Kind) -> Any:
    """A call of a function of that kind, for compiled code: its address, then its arguments."""
    result, arguments = kind

    def generate(context: Any, builder: Any, _: Any, values: Any) -> Any:
        kinds = [context.get_value_type(each) for each in arguments]
        function = ir.FunctionType(context.get_value_type(result), kinds)
        return builder.call(builder.inttoptr(values[0], function.as_pointer()), values[1:])

    names = ", ".join(f"a{place}" for place in range(len(arguments)))
    scope: dict[str, Any] = {"found": (result(ADDRESS, *arguments), generate)}
    exec(f"def call(typing, address, {names}):\n    return found", scope)  # noqa: S102 - numba counts arguments
    return intrinsic(scope["call"])


call_epsilon, call_learn, call_decide = _through(EPSILON), _through(LEARN), _through(DECIDE)
call_pay, call_held = _through(PAY), _through(HELD)
call_one, call_two, call_three = _through(ONE), _through(TWO), _through(THREE)


@intrinsic
def prefetch(_: Any, address: Any) -> Any:
    """Ask for the memory at an address, without waiting for it."""

    def generate(context: Any, builder: Any, __: Any, values: Any) -> Any:
        byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        read, everywhere, data = (whole(value) for value in (0, 3, 1))
        builder.call(function, [builder.inttoptr(values[0], byte), read, everywhere, data])
        return context.get_dummy_value()

    return types.void(ADDRESS), generate


def _c_type(kind: Kind) -> Any:
    names: dict[Any, Any] = {F8: ctypes.c_double, ADDRESS: ctypes.c_ssize_t, types.intc: ctypes.c_int}
    return ctypes.CFUNCTYPE(names[kind[0]], *(names[each] for each in kind[1]))


def callable_at(address: int, kind: Kind) -> Callable[..., Any]:
    """The function behind an address, for Python."""
    function: Callable[..., Any] = _c_type(kind)(address)
    return function


def callback(function: Callable[..., Any], kind: Kind, failures: list[Exception]) -> Any:
    """A Python function behind an address, without the first argument of its kind, `self`.

    `failures` gets what it raises; the result is then that of `FAILED`.
    """

    def call(_: int, *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            failures.append(error)
            return FAILED[kind[0]]

    return _c_type(kind)(call)


def address_of(made: Any) -> int:
    """The address of a callback."""
    return ctypes.cast(made, ctypes.c_void_p).value or 0
