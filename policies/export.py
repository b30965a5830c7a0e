"""A policy as text: a small class with `compute_epsilon`, ready for the subnet's validator code.

A class D policy takes the two blocks, a D+ policy also a register with a few numbers per model. A class V policy
becomes a reference implementation: it also has `remember`, which takes the stored evaluations one after the other.

The text has the source of the policy's own methods, with the constants and functions of modules that they use.
"""

import ast
import builtins
import inspect
import math
import textwrap
from collections.abc import Callable, Iterable
from types import BuiltinFunctionType, FunctionType
from typing import Any

from policies import export_text as text
from policies.base import Policy
from policies.errors import PolicyError, home
from policies.seen import News, Seen

Functions = dict[str, Callable[..., Any]]


def export(policy: Policy) -> str:
    """The text of a module whose last class, `{Policy}Epsilon`, computes the same as `policy`.

    Raises:
        PolicyError: the formula uses something that cannot be exported.
    """
    chain = _chain(policy)
    methods = [_methods(p, policy.state, outermost=p is policy) for p in chain]
    values = "\n".join(f"{key} = {value}" for key, value in policy.spec()[policy.name()].items())
    head = text.HEAD.format(
        title=type(policy).__name__,
        name=policy.name(),
        formula=policy.formula,
        values=values,
        source=policy.source,
        stores=f"To store and to agree on: {policy.stores}.\n" if policy.reads else "",
    )
    constants, functions = borrowed([(p, f) for p, own in zip(chain, methods, strict=True) for f in own.values()])
    labels = _labels(chain)
    parts = [text.SEEN if policy.reads else "", text.NEWS if policy.learns else ""]
    parts += [f"{source(f)}\n" for f in functions]
    parts += [_class(*each) for each in zip(chain, methods, labels, ["", *labels[:-1]], strict=True)]
    made = head + ("\n" + constants if constants else "") + "".join(f"\n\n{part}" for part in parts if part)
    return made + _entry(policy, methods)


def _chain(policy: Policy) -> list[Policy]:
    """The innermost policy first, the policy itself last."""
    inner = getattr(policy, "then", None)
    return [*(_chain(inner) if isinstance(inner, Policy) else []), policy]


def _labels(chain: list[Policy]) -> list[str]:
    """Names of the exported classes; policies of one kind get different ones."""
    kinds = [type(p).__name__ for p in chain]
    return [f"{'Inner' * kinds[at + 1 :].count(kind)}{kind}Epsilon" for at, kind in enumerate(kinds)]


def _methods(policy: Policy, state: str, outermost: bool) -> Functions:
    """The methods that are exported: the formula, `learn`, and the methods of `self` that these call."""
    kind = type(policy)
    alone = outermost and state == "D" and not hasattr(policy, "then")
    wanted = ["curve" if alone else "shield", *(["learn"] if policy.remembers else [])]
    found: Functions = {}
    while wanted:
        name = wanted.pop(0)
        found[name] = getattr(kind, name)
        calls = [n for n in found[name].__code__.co_names if isinstance(getattr(kind, n, None), FunctionType)]
        wanted += [n for n in calls if n not in found and n not in wanted]
    return found


def _class(policy: Policy, methods: Functions, label: str, inside: str) -> str:
    """The text of class `label` without `compute_epsilon`; `inside` is the class of the policy inside, or empty."""
    kind = type(policy)
    lines = [f"{name} = {number(value)}" for name, value in policy.attributes().items()]
    if inside and not policy.learns:
        lines.append(f"then = {inside}()")
    summary = (inspect.getdoc(kind) or kind.__name__).splitlines()[0]
    parts = ["\n".join([f'"""{summary}"""', *([""] if lines else []), *lines])]
    parts += [_memory(policy, inside)] if policy.learns else []
    parts += [source(function) for function in methods.values()]
    return f"class {label}:\n" + textwrap.indent("\n\n".join(parts), "    ") + "\n"


def _memory(policy: Policy, inside: str) -> str:
    """`__init__` and `remember` of a class that reads the shared history."""
    inner = getattr(policy, "then", None)
    pass_on = isinstance(inner, Policy) and inner.learns
    return text.MEMORY.format(
        memory=", ".join(f"{name}={number(value)}" for name, value in policy.remembers),
        then=f"    self.then = {inside}()\n" if inside else "",
        learns="    self.learn(self.memory, News(block, **news))\n" if policy.remembers else "",
        pass_on="    self.then.remember(block, **news)\n" if pass_on else "",
        facts=_bullets(text.FACTS_OF_AN_EVALUATION, _read("news", _all_methods(policy)), "    "),
    ).rstrip("\n")


def _entry(policy: Policy, methods: list[Functions]) -> str:
    """`compute_epsilon` of the outermost class."""
    if not policy.reads:
        nested = hasattr(policy, "then")
        return text.AGE_ONLY.format(method="shield" if nested else "curve", seen=", None" if nested else "")
    read = _read("seen", [f for own in methods for f in own.values()])
    return text.REGISTER.format(
        facts=_bullets(text.FACTS_OF_A_MODEL, read, "        "),
        now=text.NOW_OR_NEWS if policy.learns else text.NOW,
    )


def _all_methods(policy: Policy) -> list[Callable[..., Any]]:
    """The methods of a policy and of the policies inside."""
    return [f for p in _chain(policy) for f in _methods(p, policy.state, outermost=False).values()]


def _read(name: str, functions: list[Callable[..., Any]]) -> set[str]:
    """The attributes of the argument `name` that the functions read."""
    nodes = (node for function in functions for node in ast.walk(ast.parse(source(function))))
    return {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }


def _bullets(about: dict[str, str], read: set[str], indent: str) -> str:
    lines = [f"{indent}- {line}" for fact, line in about.items() if fact in read]
    return "\n".join(lines or [f"{indent}- nothing"])


GIVEN = {"math": math, "News": News, "Seen": Seen}
"""Globals that every exported text defines itself."""


def borrowed(methods: Iterable[tuple[Policy, Callable[..., Any]]]) -> tuple[str, list[Callable[..., Any]]]:
    """The constants and functions of modules that methods use, each once and before its users.

    Raises:
        PolicyError: something else is used, or two different things have the same name.
    """
    constants: dict[str, str] = {}
    functions: dict[str, Callable[..., Any]] = {}

    def take(policy: Policy, user: Callable[..., Any]) -> None:
        for name in _globals(policy, user):
            value = user.__globals__[name]
            if isinstance(value, FunctionType):
                _refuse_namesake(policy, name, functions.get(name, value) is value and name not in constants)
                if name not in functions:
                    functions[name] = value  # before its own calls are followed: a function may call itself
                    take(policy, value)
                    functions[name] = functions.pop(name)  # to the end, after the functions that it calls
            else:
                line = f"{name} = {_constant(policy, name, value)}\n"
                _refuse_namesake(policy, name, constants.get(name, line) == line and name not in functions)
                constants[name] = line

    for policy, method in methods:
        take(policy, method)
    return "".join(constants.values()), list(functions.values())


def source(function: Callable[..., Any]) -> str:
    """A function's source without annotations."""
    made = _parsed(function)
    made.returns = None
    for argument in (*made.args.posonlyargs, *made.args.args, *made.args.kwonlyargs):
        argument.annotation = None
    return ast.unparse(made)


def number(value: float) -> str:
    """A number as a Python expression; inf and NaN are those of `math`."""
    return repr(value) if math.isfinite(value) else f"math.{value}".replace("math.-", "-math.")


def _globals(policy: Policy, function: Callable[..., Any]) -> list[str]:
    """The names of its module that a function uses, but for `GIVEN`."""
    code = function.__code__
    used = {node.id for node in ast.walk(_parsed(function)) if isinstance(node, ast.Name)}
    if "super" in used or code.co_freevars:
        raise PolicyError(
            f"{policy.name()}: {function.__qualname__} uses {'super()' if 'super' in used else code.co_freevars[0]}, "
            f"which does not travel as text: call a function of the module instead ({home(type(policy))})"
        )
    own = {*code.co_varnames, *code.co_cellvars}
    missing = [
        n for n in code.co_names if n in used - own and n not in function.__globals__ and not hasattr(builtins, n)
    ]
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


def _refuse_namesake(policy: Policy, name: str, same: bool) -> None:
    if not same:
        raise PolicyError(
            f"{policy.name()}: two files call different things {name}, and an exported class has only one: rename one"
        )


def _parsed(function: Callable[..., Any]) -> ast.FunctionDef:
    (made,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(made, ast.FunctionDef)  # noqa: S101 - a function's source is one function
    return made
