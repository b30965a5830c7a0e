"""The contract: what every policy is and promises. `policies.contract` holds its laws as tests."""

import operator
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from policies.arrays import Array, namespace
from policies.errors import PolicyError, nearest
from policies.parameter import Parameter

RULES = {"<=": operator.le, "<": operator.lt}


class Policy:
    """A frozen value whose one job is to say how large an advantage a model of a given age has.

    A subclass declares its parameters in its body, writes its formula down once in `curve`, and is found by
    the file it stands in. Its parameters are numbers, or arrays whose last axis is the lanes.

    Attributes:
        name: what YAML calls it: its file's name, with hyphens.
        formula: the formula in words that a person can read.
        source: who proposed or deployed it.
        fails: the known failure modes.
        state: D pure drop-in, D+ with one number per king, V needs the validators' shared history.
        rules: relations between parameters, such as `("end", "<=", "start")`.
    """

    formula: ClassVar[str]
    source: ClassVar[str]
    fails: ClassVar[str] = ""
    state: ClassVar[str] = "D"
    rules: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    values: dict[str, Array]

    def __init__(self, **given: object) -> None:
        unknown = [key for key in given if key not in self.parameters()]
        if unknown:
            hint = nearest(unknown[0], self.parameters())
            raise PolicyError(f"{self.name()} has no parameter {unknown[0]!r}; {hint}", (unknown[0],))
        declared = self.parameters()
        values = {key: p.checked(given.get(key, p.default), self.name()) for key, p in declared.items()}
        self._freeze(values)
        for left, relation, right in self.rules:
            if not np.all(RULES[relation](values[left], values[right])):
                raise PolicyError(
                    f"{self.name()}: {left} is {values[left]} and {right} is {values[right]}, "
                    f"but {left} {relation} {right} must hold",
                    (left,),
                )

    @classmethod
    def unchecked(cls, **values: Array) -> Self:
        """A policy whose values may break the contract, such as a growing epsilon (validators run it)."""
        policy = cls.__new__(cls)
        policy._freeze(values)
        return policy

    @classmethod
    def name(cls) -> str:
        """The name in YAML and in tables, from the file that the class stands in."""
        return cls.__module__.rpartition(".")[2].replace("_", "-")

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """The declared parameters by name, in the order of the class body."""
        bodies = [vars(base).values() for base in reversed(cls.__mro__)]
        return {p.key: p for body in bodies for p in body if isinstance(p, Parameter)}

    def epsilon(self, age: Array, seen: object | None = None) -> Array:
        """The advantage of models of the given ages.

        Args:
            age: blocks since the model's commitment, any shape, trailing axis lanes; negative is 0, inf is
                allowed.
            seen: public history, for the policies that read it; age-only policies ignore it.

        Returns:
            The fraction of loss, in the shape of `age` (broadcast with the parameters), 0 <= epsilon < 1.
        """
        xp = namespace(age)
        if xp is np:
            return self.curve(np.maximum(np.asarray(age, dtype=np.float64), 0.0), np)
        age = xp.astype(age, xp.float64)
        return self.on(age).curve(xp.where(age < 0, 0.0, age), xp)

    def curve(self, age: Array, xp: Any) -> Array:
        """The formula, for float64 ages >= 0; `xp` is the array library, or floats in an exported class."""
        raise NotImplementedError(f"{type(self).__name__} must define curve(age, xp)")

    def on(self, like: Array) -> Self:
        """The same policy with its parameters in the array library and on the device of `like`."""
        xp = namespace(like)
        # torch would share the memory of a frozen array, and warns about it
        free = {key: v.copy() if isinstance(v, np.ndarray) else v for key, v in self.values.items()}
        move = {key: xp.asarray(v, dtype=xp.float64, device=like.device) for key, v in free.items()}
        return type(self).unchecked(**move)

    def family(self) -> tuple[type, ...]:
        """Policies of one family can be stacked: same formula, other numbers."""
        return (type(self),)

    @classmethod
    def stack(cls, policies: Sequence["Policy"], repeat: int = 1) -> "Policy":
        """Policies of one family as one policy over lanes, each repeated `repeat` times side by side."""
        lanes = {key: np.array([p.values[key] for p in policies], dtype=float) for key in policies[0].values}
        return cls.unchecked(**{key: np.repeat(values, repeat) for key, values in lanes.items()})

    def spec(self) -> dict[str, Any]:
        """What YAML would say, every value written out: `{"linear": {"start": 0.005, ...}}`."""
        return {self.name(): {key: np.asarray(value).tolist() for key, value in self.values.items()}}

    def _freeze(self, values: dict[str, Array]) -> None:
        own = {key: value.copy() if isinstance(value, np.ndarray) else value for key, value in values.items()}
        for value in own.values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
        object.__setattr__(self, "values", own)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._freeze(state["values"])  # numpy forgets in a pickle that an array is read-only

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a policy is frozen: make a new {type(self).__name__} with {name}={value!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Policy) and self.spec() == other.spec()

    def __hash__(self) -> int:
        return hash(repr(self.spec()))

    def __repr__(self) -> str:
        values = ", ".join(f"{key}={value!r}" for key, value in self.spec()[self.name()].items())
        return f"{type(self).__name__}({values})"
