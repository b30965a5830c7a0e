"""A frozen value whose parameters stand in the body of its class: policies, strategies, whatever else plugs in."""

import operator
from typing import Any, ClassVar, Self

import numpy as np

from policies.arrays import Array
from policies.errors import PolicyError, nearest
from policies.parameter import Parameter

RULES = {"<=": operator.le, "<": operator.lt}


class Declared:
    """Something found by the file that it stands in, with numbers that the file declares.

    Attributes:
        name: what YAML calls it: its file's name, with hyphens.
        rules: relations between parameters, such as `("end", "<=", "start")`.
        values: the parameters by name.
    """

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
        """One whose values may break the rules, such as a policy of growing epsilon (validators run it)."""
        made = cls.__new__(cls)
        made._freeze(values)
        return made

    @classmethod
    def name(cls) -> str:
        """The name in YAML and in tables, from the file that the class stands in."""
        return cls.__module__.rpartition(".")[2].replace("_", "-")

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """The declared parameters by name, in the order of the class body."""
        bodies = [vars(base).values() for base in reversed(cls.__mro__)]
        return {p.key: p for body in bodies for p in body if isinstance(p, Parameter)}

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
        raise AttributeError(f"it is frozen: make a new {type(self).__name__} with {name}={value!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Declared) and self.spec() == other.spec()

    def __hash__(self) -> int:
        return hash(repr(self.spec()))

    def __repr__(self) -> str:
        values = ", ".join(f"{key}={value!r}" for key, value in self.spec()[self.name()].items())
        return f"{type(self).__name__}({values})"
