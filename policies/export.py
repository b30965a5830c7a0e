"""A policy as text: a small class with `compute_epsilon`, ready for the subnet's validator code.

A class D policy takes the two blocks, a D+ policy also a register with a few numbers per model. A class V policy
becomes a reference implementation: it also has `remember`, which takes the stored evaluations one after the other.

The text has the source of the policy's own methods, with the constants and functions of modules that they use. Around
them stands the template `exported_class.jinja`.
"""

import ast
import builtins
import inspect
import math
import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import BuiltinFunctionType, FunctionType
from typing import Any

from policies.base import Policy
from policies.errors import PolicyError, home
from policies.seen import News, Seen

Methods = dict[str, Callable[..., Any]]

GIVEN = {"math": math, "News": News, "Seen": Seen}
"""Globals that every exported text defines itself."""


def export(policy: Policy) -> str:
    """The text of a module whose last class, `{Policy}Epsilon`, computes the same as `policy`.

    Raises:
        PolicyError: the formula uses something that cannot be exported.
    """
    chain = [policy]  # the innermost policy first
    while hasattr(chain[0], "then"):
        chain.insert(0, chain[0].then)
    alone = policy.state == "D" and len(chain) == 1
    methods = [_methods(each, "curve" if alone else "shield") for each in chain]
    kinds = [type(each).__name__ for each in chain]
    # policies of one kind, one inside the other, get different names
    labels = [f"{'Inner' * kinds[at + 1 :].count(kind)}{kind}Epsilon" for at, kind in enumerate(kinds)]
    constants, functions = _borrowed(chain, methods)
    parts = []
    for at, (each, own) in enumerate(zip(chain, methods, strict=True)):
        inside = labels[at - 1] if at else ""
        numbers = [f"{name} = {_number(value)}" for name, value in each.attributes().items()]
        parts.append(
            {
                "policy": each,
                "label": labels[at],
                "inside": inside,
                "summary": (inspect.getdoc(type(each)) or kinds[at]).splitlines()[0],
                "numbers": "\n".join(numbers + [f"then = {inside}()"] * (inside != "" and not each.learns)),
                "memory": ", ".join(f"{name}={_number(value)}" for name, value in each.remembers),
                "reads_of_news": _attributes_read("news", methods[: at + 1]),
                "methods": [_source(method) for method in own.values()],
            }
        )
    text: str = _template().render(
        policy=policy,
        title=kinds[-1],
        values="\n".join(f"{key} = {value}" for key, value in policy.spec()[policy.name()].items()),
        constants=constants,
        functions=[_source(function) for function in functions],
        parts=parts,
        reads_of_seen=_attributes_read("seen", methods),
    )
    return text


@cache
def _template() -> Any:
    from jinja2 import StrictUndefined, Template  # noqa: PLC0415 - most commands do without

    text = Path(__file__).with_name("exported_class.jinja").read_text(encoding="utf-8")
    return Template(text, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined)


def _methods(policy: Policy, formula: str) -> Methods:
    """The methods that are exported: the formula, `learn`, and the methods of `self` that these call."""
    kind = type(policy)
    wanted = [formula, *(["learn"] if policy.remembers else [])]
    found: Methods = {}
    while wanted:
        name = wanted.pop(0)
        found[name] = getattr(kind, name)
        calls = [n for n in found[name].__code__.co_names if isinstance(getattr(kind, n, None), FunctionType)]
        wanted += [n for n in calls if n not in found and n not in wanted]
    return found


def _attributes_read(argument: str, methods: list[Methods]) -> set[str]:
    """The attributes of an argument that methods read."""
    nodes = (node for own in methods for method in own.values() for node in ast.walk(_parsed(method)))
    return {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == argument
    }


def _borrowed(chain: list[Policy], methods: list[Methods]) -> tuple[str, list[Callable[..., Any]]]:
    """The constants and functions of modules that methods use, each once and before its users.

    Raises:
        PolicyError: something else is used, or two different things have the same name.
    """
    constants: dict[str, str] = {}
    functions: Methods = {}

    def take(policy: Policy, user: Callable[..., Any]) -> None:
        for name in _globals(policy, user):
            value = user.__globals__[name]
            if isinstance(value, FunctionType):
                same = functions.get(name, value) is value and name not in constants
            else:
                line = f"{name} = {_constant(policy, name, value)}"
                same = constants.get(name, line) == line and name not in functions
            if not same:
                raise PolicyError(
                    f"{policy.name()}: two files call different things {name}, and an exported class has only one: "
                    f"rename one"
                )
            if not isinstance(value, FunctionType):
                constants[name] = line
            elif name not in functions:
                functions[name] = value  # before its own calls are followed: a function may call itself
                take(policy, value)
                functions[name] = functions.pop(name)  # to the end, after the functions that it calls

    for each, own in zip(chain, methods, strict=True):
        for method in own.values():
            take(each, method)
    return "\n".join(constants.values()), list(functions.values())


def _globals(policy: Policy, function: Callable[..., Any]) -> list[str]:
    """The names of its module that a function uses, but for `GIVEN`."""
    code = function.__code__
    used = {node.id for node in ast.walk(_parsed(function)) if isinstance(node, ast.Name)}
    if "super" in used or code.co_freevars:
        raise PolicyError(
            f"{policy.name()}: {function.__qualname__} uses {'super()' if 'super' in used else code.co_freevars[0]}, "
            f"which does not travel as text: call a function of the module instead ({home(type(policy))})"
        )
    names = [n for n in code.co_names if n in used - {*code.co_varnames, *code.co_cellvars}]
    missing = [n for n in names if n not in function.__globals__ and not hasattr(builtins, n)]
    if missing:
        raise PolicyError(f"{policy.name()}: {function.__qualname__} uses {missing[0]}, which is not defined")
    found = [n for n in names if n in function.__globals__]
    return [n for n in found if GIVEN.get(n) is not function.__globals__[n]]


def _constant(policy: Policy, name: str, value: object) -> str:
    """A number, a tuple, or a function of `math`, as an expression."""
    if isinstance(value, bool | int | float):
        return _number(value)
    if isinstance(value, tuple):
        parts = ", ".join(_constant(policy, name, part) for part in value)
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    if isinstance(value, BuiltinFunctionType) and value.__module__ == "math":
        return f"math.{value.__name__}"
    raise PolicyError(
        f"{policy.name()}: the formula uses {name}, but an exported class can take along numbers, tuples of them, and "
        f"functions at the top of a module: write it with those ({home(type(policy))})"
    )


def _number(value: float) -> str:
    """A number as a Python expression; inf and NaN are those of `math`."""
    return repr(value) if math.isfinite(value) else f"math.{value}".replace("math.-", "-math.")


def _source(function: Callable[..., Any]) -> str:
    """A function's source without annotations."""
    made = _parsed(function)
    made.returns = None
    for argument in (*made.args.posonlyargs, *made.args.args, *made.args.kwonlyargs):
        argument.annotation = None
    return ast.unparse(made)


def _parsed(function: Callable[..., Any]) -> ast.FunctionDef:
    (made,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(made, ast.FunctionDef)  # noqa: S101 - a function's source is one function
    return made
