"""A family: a policy or reward rule of which some parameters are searched, some fixed, some tied to others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any, get_args

from experiments.recipe.dimension import Dimension, Scale
from experiments.recipe.faults import descend
from policies import InputError, nearest
from policies.base import Declared, Parameter

Find = Callable[[str], type[Declared]]  #: the class of that name

KEYS = ("low", "high", "scale")
STRICTLY = 0.999  #: largest share of the way to a bound for a parameter that must stay below it


@dataclass(frozen=True)
class Share:
    """A parameter that a rule keeps below another one: searched is its share of the way from `low` to that."""

    most: str  #: the name of that other parameter
    low: float
    high: float
    log: bool  #: the way is searched evenly in the logarithm

    def value(self, share: float, other: float) -> float:
        """The parameter for a share, given the value of the other one."""
        top = min(self.high, other)
        if top <= self.low:
            return min(self.low, other)
        value = self.low * (top / self.low) ** share if self.log else self.low + share * (top - self.low)
        return float(min(value, top))  # rounding may leave the bounds


@dataclass(frozen=True)
class Family:
    """One policy or reward rule: how each of its parameters is searched, fixed or tied."""

    label: str  #: its name in tables
    kind: str  #: the name of the policy or reward rule
    #: dimensions by parameter; the names of shares end in `_share`
    free: Mapping[str, Dimension]
    shares: Mapping[str, Share]  #: how shares become parameters
    fixed: Mapping[str, float]  #: values of parameters that are not searched
    tied: Mapping[str, str]  #: parameters that equal another one, whose name this is
    order: tuple[str, ...]  #: the free and the tied parameters, each after those that it depends on
    then: "Family | None" = None  #: the family of the inner policy, for policies that wrap another one

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """All that is searched, the inner policy last."""
        return (*self.free.values(), *(self.then.dimensions if self.then else ()))

    def spec(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The policy as in YAML, made from a point: the values of dimensions by name."""
        values = dict(self.fixed)
        for key in self.order:
            if key in self.tied:
                values[key] = values[self.tied[key]]
            else:
                given = float(params[self.free[key].name])
                share = self.shares.get(key)
                values[key] = given if share is None else share.value(given, values[share.most])
        inner = {"then": self.then.spec(params)} if self.then else {}
        return {self.kind: {**values, **inner}}


def build_family(entry: object, find: Find, prefix: str = "") -> Family:
    """A family from YAML: a name, or `{name: {parameter: number, range or `same_as`}}`.

    Args:
        entry: e.g. `linear`, or `{linear: {start: 0.005, end: {high: 0.001}, decay_blocks: {low: 3600}}}`.
        find: gives the class of a name.
        prefix: of the dimensions' names.

    Raises:
        InputError: with the key path to the fault.
    """
    if isinstance(entry, str):
        entry = {entry: {}}
    if not isinstance(entry, Mapping) or len(entry) != 1:
        raise InputError(f"is a name, or a mapping such as {{linear: {{start: {{high: 0.01}}}}}}, not {entry!r}")
    ((name, given),) = entry.items()
    kind = find(str(name))
    with descend(str(name)):
        if given is not None and not isinstance(given, Mapping):
            raise InputError(f"is a mapping of parameters to numbers or ranges, not {given!r}")
        return _family(kind, dict(given or {}), find, prefix)


def _family(kind: type[Declared], given: dict[str, Any], find: Find, prefix: str) -> Family:
    label, declared = kind.name(), kind.parameters()
    path = f"{prefix}{label}."
    then = None
    if hasattr(kind, "usual"):
        inner = given.pop("then", getattr(kind, "usual").name())  # noqa: B009 - every policy with a `then` has it
        with descend("then"):
            then = build_family(inner, find, path)
    for key in given:
        if key not in declared:
            raise InputError(f"{label} has no parameter {key!r}; {nearest(key, declared)}", (str(key),))
    free, fixed, tied = {}, {}, {}
    for key, parameter in declared.items():
        what = given.get(key, {})
        with descend(key):
            if not isinstance(what, Mapping):
                fixed[key] = _number(parameter, what, label)
            elif "same_as" in what:
                tied[key] = other = what["same_as"]
                if len(what) > 1 or not isinstance(other, str) or other not in declared:
                    raise InputError(
                        f"`same_as` names another parameter, one of {', '.join(declared)}, and nothing else, "
                        f"not {dict(what)!r}"
                    )
            else:
                free[key] = _dimension(f"{path}{key}", parameter, what, label)
    for key, other in tied.items():
        if other in tied:
            raise InputError(f"is the same as {other}, which is itself the same as another one", (key,))
    shares, free = _shares(kind, free, fixed, tied)
    needs = {key: [share.most] for key, share in shares.items()} | {key: [other] for key, other in tied.items()}
    try:
        order = list(TopologicalSorter(dict.fromkeys(free, ()) | needs).static_order())
    except CycleError as error:
        left = [key for key in (*free, *tied) if key in error.args[1]]
        raise InputError(f"{' and '.join(left)} depend on each other; leave one `same_as` out", (left[0],)) from None
    return Family(label, label, free, shares, fixed, tied, tuple(key for key in order if key not in fixed), then)


def _number(parameter: Parameter, given: object, label: str) -> float:
    """A parameter's number, checked; the error has no key path, since the caller adds it."""
    try:
        return float(parameter.checked(given, label))
    except InputError as error:
        raise InputError(str(error)) from None


def _dimension(name: str, parameter: Parameter, what: Mapping[str, Any], label: str) -> Dimension:
    """The declared range with what a recipe changes of it, within the bounds of the parameter."""
    for key in what:
        if key not in KEYS:
            raise InputError(f"unknown key {key!r}; {nearest(str(key), (*KEYS, 'same_as'))}", (str(key),))
    scale: Scale = what.get("scale", parameter.scale)
    if scale not in get_args(Scale):
        raise InputError(f"is {scale!r}, but must be one of {', '.join(get_args(Scale))}", ("scale",))
    if parameter.scale == "integer" and scale != "integer":
        raise InputError(f"is {scale!r}, but {parameter.key} is a whole number; leave `scale` out", ("scale",))
    low, high = parameter.search
    with descend("low"):
        low = _number(parameter, what.get("low", low), label)
    with descend("high"):
        high = _number(parameter, what.get("high", high), label)
    if low > high:
        raise InputError(f"the range from {low:g} to {high:g} is empty; low must be at most high")
    if scale == "log" and low <= 0:
        raise InputError(f"low is {low:g}, but a range on a log scale begins above 0; give `low` or `scale: linear`")
    if scale == "integer" and not (low.is_integer() and high.is_integer()):
        raise InputError(f"whole numbers are searched between whole numbers, not between {low:g} and {high:g}")
    return Dimension(name, low, high, scale)


def _shares(
    kind: type[Declared], free: dict[str, Dimension], fixed: Mapping[str, float], tied: Mapping[str, str]
) -> tuple[dict[str, Share], dict[str, Dimension]]:
    """Search the smaller of two parameters with a rule as a share of the larger: no point breaks the rule."""
    shares: dict[str, Share] = {}
    for left, relation, right in kind.rules:
        if tied.get(right) == left:  # both are the same number
            continue
        if left in free and left not in shares:
            mine = free[left]
            shares[left] = Share(right, mine.low, mine.high, mine.scale == "log")
            free[left] = Dimension(f"{mine.name}_share", 0.0, 1.0 if relation == "<=" else STRICTLY)
        elif left in fixed and right in free:
            low = max(free[right].low, fixed[left])
            if low > free[right].high:
                raise InputError(f"can never be at least {left}, which is {fixed[left]:g}", (right,))
            free[right] = replace(free[right], low=low)
    # samplers draw in this order: first the parameters that others are shares of
    order = [key for key in free if key not in shares] + [key for key in free if key in shares]
    return shares, {key: free[key] for key in order}
