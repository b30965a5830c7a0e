"""Functions and operators of Python where numba's own differ: in a last bit, or in what is an error."""

import math
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError

from sim.compiler.pointers import intrinsic

FLOAT, WHOLE = types.float64, types.int64

CHECKED_NAMES = (
    *("exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sinh", "cosh", "sin", "cos", "tan"),
    *("asin", "acos", "acosh", "atanh"),
)
"""Functions of one number that are the C library's in both: an error where a finite number gives none."""

EXACT_NAMES = (
    *("asinh", "atan", "atan2", "copysign", "degrees", "erf", "erfc", "fabs", "frexp", "isfinite", "isinf", "isnan"),
    *("nextafter", "radians", "tanh"),
)
"""Functions that agree as they are."""


def _finite(builder: Any, value: Any) -> Any:
    return builder.fcmp_ordered("==", builder.fsub(value, value), ir.Constant(ir.DoubleType(), 0.0))


def _raise_if(context: Any, builder: Any, wrong: Any, kind: type[Exception], text: str) -> None:
    with builder.if_then(wrong, likely=False):
        context.call_conv.return_user_exc(builder, kind, (text,))


def _in_c(name: str, builder: Any, count: int) -> Any:
    """A function of the C library of so many numbers, for which the compiler may put no other one."""
    double = ir.DoubleType()
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(double, [double] * count), name)
    function.attributes.add("nobuiltin")
    return function


def _checked(function: Callable[[float], float]) -> Any:
    """A function that raises where its result is not finite, though its argument is, or NaN where that is not."""

    def generate(context: Any, builder: Any, made: Any, values: Any) -> Any:
        called = _in_c("exp2", builder, 1) if function is math.exp2 else None  # not every numba knows it
        found = builder.call(called, values) if called else context.get_function(function, made)(builder, values)
        given, nan = _finite(builder, values[0]), builder.fcmp_unordered("uno", found, found)
        was_nan = builder.fcmp_unordered("uno", values[0], values[0])
        lost = builder.or_(
            builder.and_(given, builder.not_(_finite(builder, found))), builder.and_(nan, builder.not_(was_nan))
        )
        _raise_if(context, builder, lost, ValueError, "math domain error")
        return found

    @intrinsic
    def call(_: Any, value: Any) -> Any:
        return (FLOAT(FLOAT), generate) if isinstance(value, types.Number | types.Boolean) else None

    return call


@intrinsic
def power(_: Any, base: Any, exponent: Any) -> Any:
    """`math.pow` and `**`: the C library's `pow`, as Python calls it."""

    def generate(context: Any, builder: Any, made: Any, values: Any) -> Any:
        result = builder.call(_in_c("pow", builder, 2), values)
        finite = builder.and_(*(_finite(builder, each) for each in values))
        lost = builder.and_(finite, builder.not_(_finite(builder, result)))
        _raise_if(context, builder, lost, ValueError, "math domain error")
        return result

    numbers = all(isinstance(each, types.Number | types.Boolean) for each in (base, exponent))
    return (FLOAT(FLOAT, FLOAT), generate) if numbers else None


@intrinsic
def product(_: Any, left: Any, right: Any) -> Any:
    """`*` between whole numbers: a product of 64 bits; one that needs more is an error."""

    def generate(context: Any, builder: Any, made: Any, values: Any) -> Any:
        both = builder.smul_with_overflow(*values)
        lost = builder.extract_value(both, 1)
        _raise_if(context, builder, lost, OverflowError, "whole number too large to be compiled")
        return builder.extract_value(both, 0)

    return WHOLE(WHOLE, WHOLE), generate


def _to_whole(function: Callable[[float], int]) -> Any:
    """A function to whole numbers, of 64 bits: what has no such number near it is an error."""

    def generate(context: Any, builder: Any, made: Any, values: Any) -> Any:
        size = builder.call(builder.module.declare_intrinsic("llvm.fabs", [ir.DoubleType()]), values)
        wrong = builder.fcmp_unordered(">=", size, ir.Constant(ir.DoubleType(), 2.0**63))
        _raise_if(context, builder, wrong, OverflowError, "whole number too large to be compiled")
        if function is int:
            return context.cast(builder, values[0], FLOAT, WHOLE)
        return context.get_function(function, made)(builder, values)

    def same(context: Any, builder: Any, made: Any, values: Any) -> Any:
        return context.cast(builder, values[0], made.args[0], WHOLE)

    @intrinsic
    def call(_: Any, value: Any) -> Any:
        if isinstance(value, types.Integer | types.Boolean):
            return WHOLE(value), same
        if isinstance(value, types.Float):
            return WHOLE(FLOAT), generate
        raise TypingError("a whole number can be compiled of a number only")

    return call


CHECKED: dict[Any, Any] = {
    **{getattr(math, name): _checked(getattr(math, name)) for name in CHECKED_NAMES},
    **{each: _to_whole(each) for each in (int, math.floor, math.ceil, math.trunc)},
    math.pow: power,
}
"""What compiled code calls in place of each of them."""

EXACT = {getattr(math, name) for name in EXACT_NAMES}
"""What it calls as it is. All other functions of `math` differ somewhere, and are not compiled."""
