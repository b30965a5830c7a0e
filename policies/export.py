"""A class D policy as text: a small class with `compute_epsilon`, ready for the subnet's validator code."""

import ast
import inspect
import textwrap

import numpy as np

from policies.base import Policy
from policies.errors import PolicyError
from policies.parameter import Parameter

HEAD = '''"""{title}, exported by steepest.

{name}: epsilon(age) = {formula}
{values}
Source: {source}
"""

import math


class Floats:
    """The functions that the formula uses, for plain floats."""

    asarray = float
    cos = math.cos
    exp = math.exp
    floor = math.floor
    log = math.log
    log1p = math.log1p
    maximum = max
    minimum = min
    pow = math.pow

'''

TAIL = '''
    def compute_epsilon(self, current_block: float, model_block: float) -> float:
        """epsilon of a model committed at `model_block`; `current_block` may be inf: full decay."""
        return float(self.curve(max(0.0, current_block - model_block), Floats))
'''


def export(policy: Policy) -> str:
    """The text of a module whose class `{Policy}Epsilon` computes what `policy` does, from the same formula.

    Raises:
        PolicyError: the policy needs more than the two blocks (its state class is not D), or has lanes.
    """
    values = "\n".join(f"{key} = {value}" for key, value in policy.spec()[policy.name()].items())
    head = HEAD.format(
        title=type(policy).__name__, name=policy.name(), formula=policy.formula, values=values, source=policy.source
    )
    constants, body = _parts(policy)
    return head + constants + ("\n\n" if constants else "\n") + body + TAIL


def _parts(policy: Policy) -> tuple[str, str]:
    """Constants that the formula reads, and the class with the formula, after that of an inner policy."""
    _check(policy)
    kind = type(policy)
    (method,) = ast.parse(textwrap.dedent(inspect.getsource(kind.curve))).body
    assert isinstance(method, ast.FunctionDef)  # noqa: S101 - a method's source is one function
    method.returns = None
    for argument in method.args.args:
        argument.annotation = None
    read = set(kind.curve.__code__.co_names)
    constants = "".join(
        f"{name} = {value!r}\n"
        for name, value in kind.curve.__globals__.items()
        if name in read and isinstance(value, int | float | tuple)
    )
    body = {name: p for base in reversed(kind.__mro__) for name, p in vars(base).items()}
    declared = {name: p for name, p in body.items() if isinstance(p, Parameter)}
    fields = [f"{name} = {float(policy.values[p.key])!r}" for name, p in declared.items()]
    before = ""
    inner = getattr(policy, "then", None)
    if isinstance(inner, Policy):
        more, before = _parts(inner)
        constants, before = constants + more, before + "\n\n"
        fields.append(f"then = {type(inner).__name__}Epsilon()")
    summary = (inspect.getdoc(kind) or kind.__name__).splitlines()[0]
    text = "\n".join([f'"""{summary}"""', "", *fields, "", ast.unparse(method)])
    return constants, f"{before}class {kind.__name__}Epsilon:\n{textwrap.indent(text, '    ')}\n"


def _check(policy: Policy) -> None:
    """Raises a `PolicyError` unless the policy can stand alone as a class."""
    if policy.state != "D":
        raise PolicyError(
            f"{policy.name()} is of class {policy.state}; only class D policies, "
            f"which need nothing but the two blocks, can be exported as a drop-in class"
        )
    for key, value in policy.values.items():
        if np.ndim(value):
            raise PolicyError(
                f"{policy.name()}: {key} is {value}, but a drop-in class holds one policy: export each lane on its own",
                (key,),
            )
