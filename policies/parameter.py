"""One parameter of a policy or strategy: the single declaration behind YAML, documentation, plots and search spaces."""

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Literal, Self, overload

from policies.errors import PolicyError

if TYPE_CHECKING:
    from policies.declared import Declared


@dataclass(frozen=True)
class Parameter:
    """Declared in a class body: read on an instance it is the value, on the class the declaration.

    Attributes:
        about: what it does, in a few words.
        unit: the unit of the value.
        low, high: the values that are allowed, both included.
        default: the value when none is given.
        search: where a search should look, both ends included.
        scale: how a search should walk that range.
        key: the name in YAML and Python, where it differs from the attribute's.
    """

    about: str
    unit: str
    low: float
    high: float
    default: float
    search: tuple[float, float]
    scale: Literal["linear", "log", "integer"] = "linear"
    key: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """An attribute's name is the parameter's, unless `key` says otherwise."""
        if not self.key:
            object.__setattr__(self, "key", name)

    @overload
    def __get__(self, thing: None, owner: type) -> Self: ...
    @overload
    def __get__(self, thing: "Declared", owner: type) -> float: ...
    def __get__(self, thing: "Declared | None", owner: type) -> "Self | float":
        """The declaration on the class, the value on an instance."""
        return self if thing is None else thing.values[self.key]

    def checked(self, value: object, policy: str) -> float:
        """`value` as a float.

        Raises:
            PolicyError: not a number, not finite, out of bounds, or not whole where it has to be.
        """
        try:
            number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else None
        except OverflowError:
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
    """The advantage of a model that was committed this very block; SN9's, 0.005, has held since 2024-01."""
    return Parameter("epsilon at age 0", "fraction of loss", 0.0, 0.99, default, (5e-4, 2e-2), "log")


def end_epsilon(default: float = 0.0001) -> Parameter:
    """The advantage after full decay, for good; searched as a share of the start."""
    return Parameter("epsilon after full decay", "fraction of loss", 0.0, 0.99, default, (0.0, 2e-2))


def blocks(
    about: str,
    default: float,
    search: tuple[float, float] = (1800, 201_600),
    low: float = 1,
) -> Parameter:
    """A length of time in blocks of 12 s, 7,200 a day; at most 10 million blocks, 3.8 years."""
    scale: Literal["linear", "log"] = "log" if search[0] > 0 else "linear"
    return Parameter(about, "blocks", low, 10_000_000, default, search, scale)
