"""A policy as text: a small class with `compute_epsilon`, ready for the subnet's validator code.

Class D needs the two blocks, D+ a register with a few numbers per model as well. A class V policy becomes a reference
implementation: it also has `remember`, which takes what the validators have stored, one evaluation after the other.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from policies import export_text as text
from policies.base import Policy
from policies.errors import PolicyError
from policies.parameter import Parameter

Functions = dict[str, Callable[..., Any]]


def export(policy: Policy) -> str:
    """The text of a module whose last class, `{Policy}Epsilon`, computes what `policy` does, from the same formula.

    Raises:
        PolicyError: the policy has lanes.
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
    shared = (text.FACTS if policy.reads else "") + (text.NEWS if _remembers(policy) else "")
    constants, helpers = _borrowed([f for own in methods for f in own.values()])
    labels = _labels(chain)
    classes = [_class(*each) for each in zip(chain, methods, labels, ["", *labels[:-1]], strict=True)]
    return (
        head
        + shared
        + constants
        + ("\n\n" if constants else "\n")
        + "".join(f"{_source(f)}\n\n\n" for f in helpers)
        + "\n\n".join(classes)
        + _entry(policy, methods)
    )


def _chain(policy: Policy) -> list[Policy]:
    """The policy inside first, the policy itself last."""
    for key, value in policy.values.items():
        if np.ndim(value):
            raise PolicyError(
                f"{policy.name()}: {key} is {value}, but a drop-in class holds one policy: export each lane on its own",
                (key,),
            )
    inner = getattr(policy, "then", None)
    return [*(_chain(inner) if isinstance(inner, Policy) else []), policy]


def _remembers(policy: Policy) -> bool:
    """Whether it has a memory, or one inside has."""
    return any(p.remembers for p in _chain(policy))


def _labels(chain: list[Policy]) -> list[str]:
    """Names of their classes: one inside another of its kind must not have the same."""
    kinds = [type(p) for p in chain]
    return [f"{'Inner' * kinds[at + 1 :].count(kind)}{kind.__name__}Epsilon" for at, kind in enumerate(kinds)]


def _methods(policy: Policy, state: str, outermost: bool) -> Functions:
    """What the class needs of its policy: the formula, what it learns from news, and whatever these call on `self`."""
    kind = type(policy)
    alone = outermost and state == "D" and not hasattr(policy, "then")
    wanted = ["curve" if alone else "shield", *(["learn"] if policy.remembers else [])]
    found: Functions = {}
    while wanted:
        name = wanted.pop(0)
        found[name] = getattr(kind, name)
        calls = [n for n in found[name].__code__.co_names if isinstance(getattr(kind, n, None), FunctionType)]
        wanted += [n for n in calls if n not in found and n not in wanted and n != "inner"]
    return found


def _borrowed(functions: list[Callable[..., Any]]) -> tuple[str, list[Callable[..., Any]]]:
    """Constants and functions of their modules that the methods use, each once."""
    constants: dict[str, Any] = {}
    helpers: Functions = {}
    for function in functions:
        names = function.__code__.co_names
        for name, value in function.__globals__.items():
            if name in names and isinstance(value, int | float | tuple):
                constants[name] = value
            elif name in names and isinstance(value, FunctionType):
                helpers[name] = value
    if helpers:
        more, deeper = _borrowed(list(helpers.values()))
        return "".join(f"{n} = {v!r}\n" for n, v in constants.items()) + more, [*deeper, *helpers.values()]
    return "".join(f"{name} = {value!r}\n" for name, value in constants.items()), []


def _class(policy: Policy, methods: Functions, label: str, inside: str) -> str:
    """The class `label`, but for `compute_epsilon`; `inside` is that of the policy in `then`."""
    kind = type(policy)
    body = {name: p for base in reversed(kind.__mro__) for name, p in vars(base).items()}
    declared = {name: p for name, p in body.items() if isinstance(p, Parameter)}
    lines = [f"{name} = {float(policy.values[p.key])!r}" for name, p in declared.items()]
    inner, remembers = getattr(policy, "then", None), _remembers(policy)
    if isinstance(inner, Policy) and not remembers:
        lines.append(f"then = {inside}()")
    summary = (inspect.getdoc(kind) or kind.__name__).splitlines()[0]
    parts = ["\n".join([f'"""{summary}"""', *([""] if lines else []), *lines])]
    parts += [_source(function) for function in methods.values()]
    made = f"class {label}:\n" + textwrap.indent("\n\n".join(parts), "    ") + "\n"
    if isinstance(inner, Policy):
        made += text.INNER.format(seen=text.INNER_MEMORY if _remembers(inner) else "seen")
    return made + (_memory(policy, inside) if remembers else "")


def _memory(policy: Policy, inside: str) -> str:
    """`__init__` and `remember` of a class that reads the shared history."""
    inner = getattr(policy, "then", None)
    memory = ", ".join(f"{key!r}: {_number(value)}" for key, value in policy.remembers)
    learns = "self.learn(self.memory, Facts(**{**NOTHING_NEW, **news}, block=block), Floats)"
    then = isinstance(inner, Policy) and f"        self.then = {inside}()\n"
    pass_on = isinstance(inner, Policy) and _remembers(inner) and "        self.then.remember(block, **news)\n"
    return text.MEMORY.format(
        memory=f"{{{memory}}}",
        then=then or "",
        learned=learns if policy.remembers else "{}",
        pass_on=pass_on or "",
        facts=_list(text.FACTS_OF_AN_EVALUATION, _read("news", _all_methods(policy))),
    )


def _entry(policy: Policy, methods: list[Functions]) -> str:
    """`compute_epsilon` of the outermost class."""
    if not policy.reads:
        nested = hasattr(policy, "then")
        return text.AGE_ONLY.format(method="shield" if nested else "curve", seen="None, " if nested else "")
    remembers = _remembers(policy)
    return text.REGISTER.format(
        facts=_list(text.FACTS_OF_A_MODEL, _read("seen", [f for own in methods for f in own.values()])),
        now=text.NOW_OR_NEWS if remembers else text.NOW,
        memory="self.memory" if remembers else "{}",
    )


def _all_methods(policy: Policy) -> list[Callable[..., Any]]:
    """The methods of a policy and of those inside."""
    return [f for p in _chain(policy) for f in _methods(p, policy.state, outermost=False).values()]


def _read(name: str, functions: list[Callable[..., Any]]) -> set[str]:
    """Which attributes of the argument `name` the functions read."""
    nodes = (node for function in functions for node in ast.walk(ast.parse(_source(function))))
    return {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }


def _list(about: dict[str, str], read: set[str]) -> str:
    lines = [f"        - {line}" for fact, line in about.items() if fact in read]
    return "\n".join(lines or ["        - nothing"])


def _source(function: Callable[..., Any]) -> str:
    """A function's source without types."""
    (made,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(made, ast.FunctionDef)  # noqa: S101 - a function's source is one function
    made.returns = None
    for argument in made.args.args:
        argument.annotation = None
    return ast.unparse(made)


def _number(value: float) -> str:
    return repr(value) if np.isfinite(value) else repr(value).replace("nan", "math.nan").replace("inf", "math.inf")
