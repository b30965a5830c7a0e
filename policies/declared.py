"""A frozen value whose parameters stand in the body of its class: policies, strategies, whatever else plugs in."""

import operator
from typing import Any, ClassVar, Self

from policies.errors import PolicyError, nearest
from policies.parameter import Parameter

RULES = {"<=": operator.le, "<": operator.lt}


class Declared:
    """Something found by the file that it stands in, with numbers that the file declares.

    Attributes:
        name: what YAML calls it: its file's name, with hyphens.
        rules: relations between parameters, such as `("end", "<=", "start")`.
        values: the parameters by name.
        prepared: what `prepare` has computed, by attribute.
    """

    rules: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    values: dict[str, float]
    prepared: dict[str, float]

    def __init__(self, **given: object) -> None:
        declared = self.parameters()
        unknown = [key for key in given if key not in declared]
        if unknown:
            hint = nearest(unknown[0], declared)
            raise PolicyError(f"{self.name()} has no parameter {unknown[0]!r}; {hint}", (unknown[0],))
        values = {key: p.checked(given.get(key, p.default), self.name()) for key, p in declared.items()}
        for left, relation, right in self.rules:
            if not RULES[relation](values[left], values[right]):
                raise PolicyError(
                    f"{self.name()}: {left} is {values[left]} and {right} is {values[right]}, "
                    f"but {left} {relation} {right} must hold",
                    (left,),
                )
        self._freeze(values)

    @classmethod
    def unchecked(cls, **values: Any) -> Self:
        """One whose values may break the rules, such as a policy of growing epsilon (validators run it)."""
        made = cls.__new__(cls)
        made._freeze({key: float(values.get(key, p.default)) for key, p in cls.parameters().items()})
        return made

    @classmethod
    def name(cls) -> str:
        """The name in YAML and in tables, from the file that the class stands in."""
        return cls.__module__.rpartition(".")[2].strip("_").replace("_", "-")

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """The declared parameters by name, in the order of the class body."""
        return {p.key: p for p in _declarations(cls).values()}

    def prepare(self) -> dict[str, float]:
        """Numbers that follow from the parameters, by name: computed once, and attributes from then on."""
        return {}

    def attributes(self) -> dict[str, float]:
        """All numbers of it by the name of the attribute: the parameters, and what `prepare` has computed."""
        own = {name: self.values[p.key] for name, p in _declarations(type(self)).items()}
        return {**own, **self.prepared}

    def spec(self) -> dict[str, Any]:
        """What YAML would say, every value written out: `{"linear": {"start": 0.005, ...}}`."""
        return {self.name(): dict(self.values)}

    def _freeze(self, values: dict[str, float]) -> None:
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "prepared", {name: float(number) for name, number in self.prepare().items()})
        self.__dict__.update(self.prepared)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"it is frozen: make a new {type(self).__name__} with {name}={value!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Declared) and self.spec() == other.spec()

    def __hash__(self) -> int:
        return hash(repr(self.spec()))

    def __repr__(self) -> str:
        values = ", ".join(f"{key}={value!r}" for key, value in self.spec()[self.name()].items())
        return f"{type(self).__name__}({values})"


def _declarations(kind: type) -> dict[str, Parameter]:
    """The parameters by the name of the attribute."""
    body = {name: value for base in reversed(kind.__mro__) for name, value in vars(base).items()}
    return {name: value for name, value in body.items() if isinstance(value, Parameter)}
