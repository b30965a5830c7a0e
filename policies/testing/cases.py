# ruff: noqa: S101 - checks are asserts
"""Parameters and ages at which the laws are checked, and comparisons; nothing is random."""

import pickle
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import exp, inf, log
from typing import Any

import numpy as np

from policies.base import RULES, Declared, Parameter, Policy
from policies.errors import PolicyError

COMMON_AGES = (
    0.0,
    0.5,
    1.0,
    360.0,
    1800.0,
    3600.0,
    7200.0,
    14_400.0,
    28_800.0,
    57_600.0,
    216_000.0,
    *np.geomspace(1.0, 1e9, 31).tolist(),
    1e15,
    1e300,
    inf,
)
"""Blocks: a tempo, the ages of the knots, days, everything from one block to centuries, and inf."""

MANY = 5
"""With more parameters than this, corners differ from all-low or all-high in one parameter only."""

ROUND = (0.5, 1.0, 2.0)
"""Values for which powers and logarithms have special cases."""

Values = dict[str, float]


def vectors(policy: type[Declared], count: int = 30) -> list[Values]:
    """The default, corners, round numbers, and `count` vectors inside the search range.

    Corners of the hard bounds and of the search range are left out where they break a rule of the policy;
    inside the range the two values that break one are swapped.
    """
    declared = policy.parameters()
    corners = [
        *_corners({key: (p.low, p.high) for key, p in declared.items()}),
        *_corners({key: p.search for key, p in declared.items()}),
    ]
    inside = [
        {key: _between(p, share) for (key, p), share in zip(declared.items(), point, strict=True)}
        for point in _spread(count, len(declared)).tolist()
    ]
    default = {key: p.default for key, p in declared.items()}
    simple = [{**default, key: value} for key in declared for value in ROUND]
    others = (*corners, *simple, *(_repaired(policy, values) for values in inside))
    return [default, *(values for values in others if _allowed(policy, values))]


def ages(policy: Policy) -> list[float]:
    """Rising ages from 0 to inf, with more of them around each length in the policy."""
    around = [
        age
        for length in _lengths(policy)
        for age in (length / 4, length / 2, length - 1, length, length + 1, 2 * length)
    ]
    return sorted(max(age, 0.0) for age in (*COMMON_AGES, *around))


def some(everything: Sequence[Any], count: int) -> Sequence[Any]:
    """About `count` of them at even distances, the first included."""
    return everything[:: max(1, len(everything) // count)]


def same(left: Any, right: Any) -> bool:
    """Equal shape, type and bits."""
    left, right = np.asarray(left), np.asarray(right)
    return bool(left.shape == right.shape and left.dtype == right.dtype and left.tobytes() == right.tobytes())


def _lengths(policy: Policy) -> list[float]:
    """Parameters in blocks; those of a policy inside count from the ends of the outer one's."""
    own = [policy.values[key] for key, p in policy.parameters().items() if p.unit == "blocks"]
    inner = getattr(policy, "then", None)
    return own + [a + b for a in own for b in _lengths(inner)] if isinstance(inner, Policy) else own


def _corners(box: dict[str, tuple[float, float]]) -> Iterator[Values]:
    """The corners of a box; of a large one, those that differ from the lowest or the highest in one side at most."""
    if len(box) <= MANY:
        yield from (dict(zip(box, corner, strict=True)) for corner in product(*box.values()))
        return
    for side in (0, 1):
        corner = {key: ends[side] for key, ends in box.items()}
        yield corner
        yield from ({**corner, key: ends[1 - side]} for key, ends in box.items())


def _spread(count: int, dimensions: int) -> np.ndarray:
    """Points of the unit cube `[count, dimensions]` with few gaps: steps by powers of a golden ratio.

    M. Roberts, The unreasonable effectiveness of quasirandom sequences (2018): x^(dimensions + 1) = x + 1.
    """
    ratio = 1.5
    for _ in range(60):
        ratio = (1.0 + ratio) ** (1.0 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1)
    return np.asarray((0.5 + np.arange(1, count + 1)[:, None] * steps) % 1.0)


def _between(parameter: Parameter, share: float) -> float:
    """The value at a share of the search range, on the scale of the search."""
    low, high = parameter.search
    if parameter.scale == "log":
        return exp(log(low) + share * (log(high) - log(low)))
    value = low + share * (high - low)
    return float(round(value)) if parameter.scale == "integer" else value


def _repaired(policy: type[Declared], values: Values) -> Values:
    for left, relation, right in policy.rules:
        if not RULES[relation](values[left], values[right]):
            values = {**values, left: values[right], right: values[left]}
    return values


def _allowed(policy: type[Declared], values: Values) -> bool:
    ruled = all(RULES[relation](values[left], values[right]) for left, relation, right in policy.rules)
    return ruled and all(p.low <= values[key] <= p.high for key, p in policy.parameters().items())


def travelled(policy: Policy) -> Policy:
    """The policy after a pickle."""
    twin: Policy = pickle.loads(pickle.dumps(policy))  # noqa: S301 - pickled right here
    return twin


def refusal(policy: type[Policy], given: dict[str, object]) -> PolicyError | None:
    """The error with which the policy refuses these parameters, or None."""
    try:
        policy(**given)
    except PolicyError as error:
        return error
    return None


def raises(kind: type[Exception], call: Callable[..., object], *arguments: object) -> bool:
    """Whether the call raises `kind`."""
    try:
        call(*arguments)
    except kind:
        return True
    return False


def agree(found: Sequence[float], expected: Sequence[float], what: str) -> None:
    """Assert that the numbers are equal to the last bit."""
    here, there = np.array(found, dtype=np.float64), np.array(expected, dtype=np.float64)
    assert len(here) == len(there), f"{what}: gave {len(here)}, not {len(there)}"
    if not same(here, there):
        apart = np.flatnonzero(here.view(np.int64) != there.view(np.int64))
        at = int(apart[0])
        first = f"the first at {at}: {found[at]!r}, not {expected[at]!r}"
        raise AssertionError(f"{what}: {len(apart)} of {len(here)} differ, {first}")
