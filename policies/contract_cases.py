# ruff: noqa: S101 - checks are asserts
"""What the contract checks policies on, and how it compares; nothing is random."""

import pickle
from collections.abc import Callable, Iterator
from itertools import product
from math import exp, inf, log
from typing import Any

import numpy as np

from policies.base import Policy
from policies.declared import RULES
from policies.errors import PolicyError
from policies.parameter import Parameter

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
"""Blocks: a tempo, days, the ages of the knots, everything from one block to centuries, and for ever."""

MANY = 5
"""With more parameters than this, corners differ from all-low and all-high in one place only."""

ROUND = (0.5, 1.0, 2.0)
"""Values for which numpy takes short cuts, such as a root for a power of 0.5, which round differently."""

Values = dict[str, float]


def vectors(policy: type[Policy], count: int = 30) -> list[Values]:
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


def ages(policy: Policy) -> np.ndarray:
    """Rising ages from 0 to inf, float64 `[n]`, with more of them around each length in the policy."""
    around = [
        age
        for length in _lengths(policy)
        for age in (length / 4, length / 2, length - 1, length, length + 1, 2 * length)
    ]
    return np.sort(np.maximum([*COMMON_AGES, *around], 0.0))


def same(left: Any, right: Any) -> bool:
    """Equal shape, type and bits."""
    left, right = np.asarray(left), np.asarray(right)
    return bool(left.shape == right.shape and left.dtype == right.dtype and left.tobytes() == right.tobytes())


SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "[n, lanes]": lambda a: a,
    "[k, n, lanes]": lambda a: np.stack([a, a[::-1], a]),
    "[lanes]": lambda a: a[len(a) // 2],
    "[1, lanes]": lambda a: a[:1],
    "[n, lanes] in Fortran order": np.asfortranarray,
    "[n, lanes], every second row": lambda a: a[::2],
}
"""Ages of one column per lane, laid out in different ways."""


def _lengths(policy: Policy) -> list[float]:
    """Parameters in blocks; a policy inside another begins where the outer one's lengths end."""
    own = [float(policy.values[key]) for key, p in policy.parameters().items() if p.unit == "blocks"]
    inner = getattr(policy, "then", None)
    return own + [a + b for a in own for b in _lengths(inner)] if isinstance(inner, Policy) else own


def _corners(box: dict[str, tuple[float, float]]) -> Iterator[Values]:
    """Every corner of a box; of one with many sides, those within one step of the lowest or the highest."""
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
    """The value that lies `share` of the way through the search range, on the scale of the search."""
    low, high = parameter.search
    if parameter.scale == "log":
        return exp(log(low) + share * (log(high) - log(low)))
    value = low + share * (high - low)
    return float(round(value)) if parameter.scale == "integer" else value


def _repaired(policy: type[Policy], values: Values) -> Values:
    for left, relation, right in policy.rules:
        if not RULES[relation](values[left], values[right]):
            values = {**values, left: values[right], right: values[left]}
    return values


def _allowed(policy: type[Policy], values: Values) -> bool:
    ruled = all(RULES[relation](values[left], values[right]) for left, relation, right in policy.rules)
    return ruled and all(p.low <= values[key] <= p.high for key, p in policy.parameters().items())


def travelled(policy: Policy) -> Policy:
    """The policy after a pickle."""
    twin: Policy = pickle.loads(pickle.dumps(policy))  # noqa: S301 - pickled right here
    return twin


def refusal(policy: type[Policy], given: dict[str, object]) -> PolicyError | None:
    """How the policy refuses these parameters, if it does."""
    try:
        policy(**given)
    except PolicyError as error:
        return error
    return None


def raises(kind: type[Exception], call: Callable[..., object], *arguments: object) -> bool:
    """Whether the call raises that."""
    try:
        call(*arguments)
    except kind:
        return True
    return False


def agree(found: np.ndarray, expected: np.ndarray, what: str) -> None:
    """To the last bit."""
    assert found.shape == expected.shape, f"{what}: gave {found.shape}, not {expected.shape}"
    assert same(found, expected), f"{what}: {_differences(found, expected, found != expected)}"


def near(found: np.ndarray, expected: np.ndarray, what: str, by: float = 1e-12) -> None:
    """To a relative 1e-12; numbers below 1e-300 have fewer digits."""
    apart = ~np.isclose(found, expected, rtol=by, atol=1e-300)
    assert not apart.any(), f"{what}: {_differences(found, expected, apart)}"


def _differences(found: np.ndarray, expected: np.ndarray, where: np.ndarray) -> str:
    places = np.argwhere(where)
    if not len(places):
        return "the sign of a zero differs"
    at = tuple(places[0].tolist())
    return f"{len(places)} of {found.size} differ, the first at {at}: {found[at]!r}, not {expected[at]!r}"
