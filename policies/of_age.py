"""A function of age as a policy."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from policies.base import Policy


def policy_of_age(function: Callable[[float], float]) -> Policy:
    """The policy whose formula is a plain function of age in blocks, and which has the function's name.

    The engine compiles the function as it does methods, so what it calls and the numbers that it uses count too.
    """
    text = function.__name__.strip("<>_").replace("_", "-")
    curve = FunctionType(_curve.__code__, {"formula": function, "__name__": function.__module__}, "curve")
    curve.__wrapped__ = function  # type: ignore[attr-defined]
    body: dict[str, Any] = {
        "__doc__": function.__doc__ or "A function of age.",
        "__module__": function.__module__,
        "__reduce__": lambda self: (policy_of_age, (function,)),
        "name": classmethod(lambda cls: text),
        "formula": "a function of age",
        "source": "its author",
        "curve": curve,
    }
    kind: type[Policy] = type(function.__name__, (Policy,), body)
    return kind()


def _curve(self: Policy, age: float) -> float:
    return formula(age)


def formula(age: float) -> float:
    """Stands in `_curve` for the function, which is a global of its copies: compiled code knows no other way."""
    raise NotImplementedError
