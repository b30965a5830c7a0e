"""The source of formulas, and of what they use from their modules, as text that needs nothing but `math`."""

import ast
import builtins
import inspect
import math
import textwrap
from collections.abc import Callable, Iterable
from types import BuiltinFunctionType, FunctionType
from typing import Any

from policies.base import Policy
from policies.errors import PolicyError
from policies.faults import home
from policies.seen import News, Seen

GIVEN = {"math": math, "News": News, "Seen": Seen}
"""What every exported text has where it is used."""


def borrowed(methods: Iterable[tuple[Policy, Callable[..., Any]]]) -> tuple[str, list[Callable[..., Any]]]:
    """The constants and the functions of modules that methods use, each once, and before whatever uses it.

    Raises:
        PolicyError: something else is used, or two things have one name.
    """
    constants: dict[str, str] = {}
    functions: dict[str, Callable[..., Any]] = {}

    def take(policy: Policy, user: Callable[..., Any]) -> None:
        for name in _globals(policy, user):
            value = user.__globals__[name]
            if isinstance(value, FunctionType):
                _alone(policy, name, functions.get(name, value) is value and name not in constants)
                if name not in functions:
                    functions[name] = value  # so that one that calls itself is taken once
                    take(policy, value)
                    functions[name] = functions.pop(name)
            else:
                line = f"{name} = {_constant(policy, name, value)}\n"
                _alone(policy, name, constants.get(name, line) == line and name not in functions)
                constants[name] = line

    for policy, method in methods:
        take(policy, method)
    return "".join(constants.values()), list(functions.values())


def source(function: Callable[..., Any]) -> str:
    """A function's source without types."""
    made = _parsed(function)
    made.returns = None
    for argument in (*made.args.posonlyargs, *made.args.args, *made.args.kwonlyargs):
        argument.annotation = None
    return ast.unparse(made)


def number(value: float) -> str:
    """A number as an expression that needs nothing but `math`."""
    return repr(value) if math.isfinite(value) else f"math.{value}".replace("math.-", "-math.")


def _globals(policy: Policy, function: Callable[..., Any]) -> list[str]:
    """The names that a function takes from its module."""
    code = function.__code__
    used = {node.id for node in ast.walk(_parsed(function)) if isinstance(node, ast.Name)}
    if "super" in used or code.co_freevars:
        raise PolicyError(
            f"{policy.name()}: {function.__qualname__} uses {'super()' if 'super' in used else code.co_freevars[0]}, "
            f"which does not travel as text: call a function of the module instead ({home(type(policy))})"
        )
    own = {*code.co_varnames, *code.co_cellvars}
    missing = [n for n in code.co_names if n in used - own and n not in function.__globals__ and not _builtin(n)]
    if missing:
        raise PolicyError(f"{policy.name()}: {function.__qualname__} uses {missing[0]}, which is not defined")
    found = [n for n in code.co_names if n in used - own and n in function.__globals__]
    return [n for n in found if GIVEN.get(n) is not function.__globals__[n]]


def _constant(policy: Policy, name: str, value: object) -> str:
    """A number, a tuple, or a function of `math`, as an expression."""
    if isinstance(value, bool | int | float):
        return number(value)
    if isinstance(value, tuple):
        parts = "".join(f"{_constant(policy, name, part)}, " for part in value)
        return f"({parts.rstrip() if len(value) == 1 else parts.removesuffix(', ')})"
    if isinstance(value, BuiltinFunctionType) and value.__module__ == "math":
        return f"math.{value.__name__}"
    raise PolicyError(
        f"{policy.name()}: the formula uses {name}, but an exported class can take along numbers, tuples of them, and "
        f"functions at the top of a module: write it with those ({home(type(policy))})"
    )


def _alone(policy: Policy, name: str, holds: bool) -> None:
    if not holds:
        raise PolicyError(
            f"{policy.name()}: two files call different things {name}, and an exported class has only one: rename one"
        )


def _parsed(function: Callable[..., Any]) -> ast.FunctionDef:
    (made,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(made, ast.FunctionDef)  # noqa: S101 - a function's source is one function
    return made


def _builtin(name: str) -> bool:
    return hasattr(builtins, name)
