"""Base class of all policies, and how a policy declares its parameters.

`policies.testing` has the laws that every policy keeps, as tests.
"""

import operator
import re
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar, Literal, Self, overload

import numpy as np

from policies.errors import PolicyError, failed, nearest, not_a_number
from policies.seen import Memory, News, Seen


@dataclass(frozen=True)
class Parameter:
    """A parameter, declared in a class body; an instance's attribute is the value, the class's is this declaration.

    >>> import steepest
    >>> shape = steepest.Parameter("how steep", "number", 0.1, 10.0, default=1.0, search=(0.5, 4.0), scale="log")
    >>> shape.default
    1.0
    """

    about: str  #: meaning, in a few words
    unit: str
    low: float  #: least and largest allowed value
    high: float
    default: float
    search: tuple[float, float]  #: range of a search, both ends included
    scale: Literal["linear", "log", "integer"] = "linear"  #: of a search in that range
    key: str = ""  #: the name in YAML and Python, where it differs from the attribute's

    def __set_name__(self, owner: type, name: str) -> None:
        """Take the attribute's name as the key, unless `key` is given."""
        if not self.key:
            object.__setattr__(self, "key", name)

    @overload
    def __get__(self, thing: None, owner: type) -> Self: ...
    @overload
    def __get__(self, thing: "Declared", owner: type) -> float: ...
    def __get__(self, thing: "Declared | None", owner: type) -> "Self | float":
        """Return the declaration on the class, the value on an instance."""
        return self if thing is None else thing.values[self.key]

    def checked(self, value: object, policy: str) -> float:
        """Return `value` as a float.

        Raises:
            PolicyError: not a number, not finite, out of bounds, or not whole where it has to be.
        """
        try:  # YAML's true is a number to Python, but a mistake here
            number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else None
        except OverflowError:  # a whole number of more than 308 digits
            number = None
        if number is None:
            fault = f"is {value!r} ({type(value).__name__}), but must be a number"
            raise self._error(policy, fault)
        if not self.low <= number <= self.high:
            raise self._error(policy, f"is {value}, but must be between {self.low:g} and {self.high:g}")
        if self.scale == "integer" and not number.is_integer():
            raise self._error(policy, f"is {value}, but must be a whole number")
        return number + 0.0  # -0.0 becomes 0.0, for equal hashes

    def _error(self, policy: str, fault: str) -> PolicyError:
        return PolicyError(f"{policy}: {self.key} {fault} ({self.unit})", (self.key,))


def start_epsilon(default: float = 0.005) -> Parameter:
    """A parameter: the advantage at age 0; SN9 has had 0.005 since 2024-01.

    >>> import steepest
    >>> steepest.start_epsilon(0.003).default
    0.003
    """
    return Parameter("epsilon at age 0", "fraction of loss", 0.0, 0.99, default, (5e-4, 2e-2), "log")


def end_epsilon(default: float = 0.0001) -> Parameter:
    """A parameter: the advantage after full decay.

    >>> import steepest
    >>> steepest.end_epsilon().default
    0.0001
    """
    return Parameter("epsilon after full decay", "fraction of loss", 0.0, 0.99, default, (0.0, 2e-2))


def blocks(
    about: str,
    default: float,
    search: tuple[float, float] = (1800, 201_600),
    low: float = 1,
) -> Parameter:
    """A parameter: a length of time in blocks of 12 s, 7,200 a day; at most 10 million blocks, 3.8 years.

    >>> import steepest
    >>> steepest.blocks("length of the decay", 14_400).unit
    'blocks'
    """
    scale: Literal["linear", "log"] = "log" if search[0] > 0 else "linear"
    return Parameter(about, "blocks", low, 10_000_000, default, search, scale)


RULES = {"<=": operator.le, "<": operator.lt}


class Declared:
    """A frozen plug-in (policy, reward rule, strategy), named by its file, with parameters that its class declares."""

    rules: ClassVar[tuple[tuple[str, str, str], ...]] = ()  #: relations between parameters
    called: ClassVar[str]  #: its name, where the class itself has one: `name` says what other classes are called
    values: dict[str, float]  #: the parameters by name
    prepared: dict[str, float]  #: what `prepare` has computed, by attribute

    def __init__(self, /, **given: object) -> None:
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
        """Make one without checking its values: validators run policies that break rules, such as growing epsilons."""
        made = cls.__new__(cls)
        made._freeze({key: float(values.get(key, p.default)) for key, p in cls.parameters().items()})
        return made

    @classmethod
    def name(cls) -> str:
        """The name in YAML and in tables: that of the file, with hyphens, or in a notebook that of the class."""
        if called := vars(cls).get("called"):
            return str(called)
        if cls.__module__ in ("__main__", "__mp_main__"):
            return re.sub("(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()
        return cls.__module__.rpartition(".")[2].strip("_").replace("_", "-")

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """The declared parameters by name, in the order of the class body."""
        return {p.key: p for p in _declarations(cls).values()}

    def prepare(self) -> dict[str, float]:
        """Numbers computed once from the parameters, by name; they become attributes."""
        return {}

    def attributes(self) -> dict[str, float]:
        """All numbers by the name of their attribute: the parameters, and what `prepare` has computed."""
        own = {name: self.values[p.key] for name, p in _declarations(type(self)).items()}
        return {**own, **self.prepared}

    def spec(self) -> dict[str, Any]:
        """The YAML form with every value written out: `{"linear": {"start": 0.005, ...}}`."""
        return {self.name(): dict(self.values)}

    def _freeze(self, values: dict[str, float]) -> None:
        self.__dict__["values"] = values  # because `__setattr__` refuses
        self.__dict__["prepared"] = {name: float(number) for name, number in self.prepare().items()}
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


class Policy(Declared):
    """How large an advantage a model of a given age has.

    A subclass declares its parameters in its body and has its formula, for one model, in `curve` (age alone) or
    `shield` (history too). Formulas are plain functions of numbers, so that they can be compiled.

    >>> import steepest
    >>> class Patient(steepest.Policy):
    ...     "All of it until a model is `wait_blocks` old, and half of it then."
    ...     formula, source = "start until wait_blocks, then start / 2", "an example"
    ...     start, wait_blocks = steepest.start_epsilon(), steepest.blocks("until the step", 7200)
    ...     def curve(self, age: float) -> float:
    ...         return self.start if age < self.wait_blocks else self.start / 2.0
    >>> Patient(wait_blocks=3600).epsilon([0, 3600]).tolist()
    [0.005, 0.0025]
    """

    formula: ClassVar[str]  #: the formula in words that a person can read
    source: ClassVar[str] = ""  #: who proposed or deployed it
    fails: ClassVar[str] = ""  #: the known failure modes
    #: its class: D needs the age alone, D+ also numbers stored per king, V the validators' shared history
    state: ClassVar[str] = "D"
    #: what the scenario must have: `errors` (standard errors of comparisons), `lineage` (what a model was built on)
    needs: ClassVar[tuple[str, ...]] = ()
    pairs: ClassVar[bool] = False  #: whether the advantage depends on the challenger too
    stores: ClassVar[str] = "nothing beside the two blocks"  #: what all validators have to store and agree on
    remembers: ClassVar[tuple[tuple[str, float], ...]] = ()  #: numbers in its memory, each with its initial value

    def epsilon(self, ages: Any, seen: Seen | None = None) -> Any:
        """The advantage of models of the given ages.

        Args:
            ages: blocks since the commitments, a number or an array of any shape; negative is 0, inf is allowed.
            seen: public history: numbers, or arrays that broadcast with the ages. Without it a policy answers as for a
                model that was never king or measured.

        Returns:
            The fraction of loss, float64 in the shape of `ages`, 0 <= epsilon < 1.

        Raises:
            PolicyError: the formula fails or gives no number; the message says where.
        """
        asked, *facts = np.broadcast_arrays(*(np.asarray(values, np.float64) for values in (ages, *(seen or ()))))
        rows = zip(asked.ravel().tolist(), *(fact.ravel().tolist() for fact in facts), strict=True)
        found = [self.advantage(age, Seen(*known) if known else None) for age, *known in rows]
        return np.array(found, dtype=np.float64).reshape(asked.shape)[()]

    def advantage(self, age: float, seen: Seen | None = None) -> float:
        """The advantage of one model: `epsilon` for numbers, without arrays."""
        age = 0.0 if age < 0.0 else age  # max(0.0, age) would turn NaN into 0
        try:
            found = self.shield(age, Seen(age) if seen is None else seen)
        except PolicyError:
            raise
        except Exception as error:
            raise failed(self, "shield", f"at age {age!r}", error) from error
        if not isinstance(found, float | int) or found != found:  # noqa: PLR0124 - NaN is what differs from itself
            raise not_a_number(self, "shield", f"at age {age!r}", found)
        return float(found)

    @property
    def reads(self) -> bool:
        """Whether epsilon depends on more than the age."""
        return self.state != "D"

    @property
    def fees(self) -> tuple[float, ...]:
        """Where miners choose among options: the share of its pay that each costs a miner; else nothing."""
        return ()

    @property
    def learns(self) -> bool:
        """Whether it has a memory, or a policy inside has one."""
        return bool(self.remembers)

    @property
    def memory(self) -> Memory:
        """Its memory; until `remembering` has set one, the initial one."""
        own: Memory | None = self.__dict__.get("_memory")
        return self.begin() if own is None else own

    def curve(self, age: float) -> float:
        """The formula of the age alone, for ages >= 0, which may be inf."""
        raise NotImplementedError(f"{type(self).__name__} must define curve(age)")

    def shield(self, age: float, seen: Seen) -> float:
        """The formula of a policy that reads history or has another one inside; by default that of the age alone."""
        return self.curve(age)

    def learn(self, memory: Memory, news: News) -> None:
        """Change `memory` after an evaluation; a policy with memory defines it."""
        raise NotImplementedError(f"{type(self).__name__} remembers something, so it must define learn(memory, news)")

    def begin(self) -> Memory:
        """A new memory with the initial values, for `remember` to change."""
        return Memory(**dict(self.remembers))

    def remembering(self, memory: Memory) -> Self:
        """The same policy with `memory`, which is shared, not copied: what it learns later counts too."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, _memory=memory)
        return twin

    def remember(self, memory: Memory, news: News) -> None:
        """Update `memory` by an evaluation: a pure function of both, so that replayed news give the same memory.

        Raises:
            PolicyError: `learn` fails; the message says where.
        """
        if self.remembers:
            try:
                self.remembering(memory).learn(memory, news)
            except PolicyError:
                raise
            except Exception as error:
                raise failed(self, "learn", f"at the evaluation {news!r}", error) from error

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and isinstance(other, Policy) and self.memory == other.memory

    __hash__ = Declared.__hash__


class Decay(Policy):
    """A policy that falls from `start` to `end`; a subclass says how, with parameters of its own.

    >>> import steepest
    >>> class Step(steepest.Decay):
    ...     "From the one to the other after a day."
    ...     formula, source = "start for a day, then end", "an example"
    ...     def curve(self, age: float) -> float:
    ...         return self.start if age < 7200 else self.end
    >>> Step(end=0.001).epsilon([0, 7200]).tolist()
    [0.005, 0.001]
    """

    rules: ClassVar[tuple[tuple[str, str, str], ...]] = (("end", "<=", "start"),)

    start = start_epsilon()
    end = end_epsilon()
