# ruff: noqa: S101 - checks are asserts
"""Parameters, ages and histories at which the laws are checked, and comparisons; nothing is random."""

import pickle
from collections.abc import Iterator, Sequence
from itertools import product
from math import exp, inf, isnan, log, nan
from typing import Any

import numpy as np

from policies.base import RULES, Declared, Parameter, Policy
from policies.export import export
from policies.seen import Memory, News, Seen

COMMON_AGES = (
    *(0.0, 0.5, 1.0, 360.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 57_600.0, 216_000.0),
    *np.geomspace(1.0, 1e9, 31).tolist(),
    *(1e15, 1e300, inf),
)
"""Blocks: a tempo, the ages of the knots, days, everything from one block to centuries, and inf."""

MANY = 5
"""With more parameters than this, corners differ from all-low or all-high in one parameter only."""

ROUND = (0.5, 1.0, 2.0)
"""Values for which powers and logarithms have special cases."""

Values = dict[str, float]

FIRST = News(4_000_000.0, crowned=True, loss=2.5, best=-0.01, error=1e-3)


def _descent(crowns: int, every: float, gain: float, misses: bool = True) -> list[News]:
    """The first king and others at even distances, with or without a near miss before each."""
    told = [FIRST]
    for number in range(1, crowns):
        block, loss = FIRST.block + number * every, 1.5 + exp(-gain * number)
        told += [News(block - every / 2, loss=loss, best=gain / 2, error=1e-3)] if misses else []
        told.append(News(block, True, gain, every / 7200, loss, -gain, 1e-3))
    return told


HISTORIES: dict[str, list[News]] = {
    "nothing": [],
    "one crown": [FIRST],
    "eight crowns": _descent(8, 7_000.0, 0.004),
    "no crown": [News(4_000_000.0 + 150 * i, best=1e-4 * i, error=1e-3) for i in range(20)],
    "no challenger": [FIRST, *(News(4_000_150.0 + 150 * i, loss=2.5, error=1e-3) for i in range(5))],
    "crowns in one block": [FIRST, FIRST, News(FIRST.block, True, 0.004, 0.0, 2.49, 0.002, 1e-3), FIRST],
    "no standard errors": [news._replace(error=nan) for news in _descent(4, 7_000.0, 0.004)],
    "nothing is known": [
        News(4_000_000.0, True, nan, nan, nan, nan, nan),
        News(4_000_150.0, False, nan, nan, nan, nan, nan),
    ],
    "strange numbers": [
        News(4_000_000.0, True, inf, inf, 0.0, inf, 0.0),
        News(4_007_200.0, True, -0.5, 1.0, inf, -0.5, inf),
        News(3_900_000.0, True, 1.0, -1.0, 1e-9, 0.0, 0.0),
        News(4_007_200.0, False, 0.0, inf, 50.0, 0.0, 1e-12),
    ],
}
"""Histories, by a name for messages."""

LONG = _descent(10_000, 300.0, 1e-4, misses=False)
"""Ten thousand crowns."""

MODELS: tuple[Seen, ...] = (
    Seen(nan),  # never king, never measured
    Seen(3_600.0, 0.004, 2.0, 2.5, 1e-3, similarity=0.5, option=1.0),
    Seen(0.0, 0.02, 14.0, 1.7, 5e-4, similarity=1.0, option=2.0),
    Seen(50_000.0, 1e-9, 0.01, 2.5, 0.01, similarity=0.0),
    Seen(inf, inf, inf, inf, inf, similarity=inf, option=inf),
    Seen(100.0, nan, nan, nan, nan, similarity=nan, option=nan),
    Seen(-5.0, -0.01, -1.0, -1.0, 0.0, similarity=-1.0, option=-1.0),
    Seen(100.0, 0.0, 0.0, 0.0, 0.0, similarity=2.0, option=0.5),
)
"""What may be known about a model; where `since` is NaN the age replaces it."""


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
        {key: _value_at(p, share) for (key, p), share in zip(declared.items(), point, strict=True)}
        for point in _spread(count, len(declared)).tolist()
    ]
    default = {key: p.default for key, p in declared.items()}
    simple = [{**default, key: value} for key in declared for value in ROUND]
    others = (*corners, *simple, *(_swap_to_fit(policy, values) for values in inside))
    return [default, *(values for values in others if _is_allowed(policy, values))]


def ages(policy: Policy) -> list[float]:
    """Rising ages from 0 to inf, with more of them around each length in the policy."""
    around = [
        age
        for length in _lengths(policy)
        for age in (length / 4, length / 2, length - 1, length, length + 1, 2 * length)
    ]
    return sorted(max(age, 0.0) for age in (*COMMON_AGES, *around))


def thin_out(everything: Sequence[Any], count: int) -> Sequence[Any]:
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


def _value_at(parameter: Parameter, share: float) -> float:
    """The value at a share of the search range, on the scale of the search."""
    low, high = parameter.search
    if parameter.scale == "log":
        return exp(log(low) + share * (log(high) - log(low)))
    value = low + share * (high - low)
    return float(round(value)) if parameter.scale == "integer" else value


def _swap_to_fit(policy: type[Declared], values: Values) -> Values:
    for left, relation, right in policy.rules * len(policy.rules):  # a chain of them needs several rounds
        if not RULES[relation](values[left], values[right]):
            values = {**values, left: values[right], right: values[left]}
    return values


def _is_allowed(policy: type[Declared], values: Values) -> bool:
    ruled = all(RULES[relation](values[left], values[right]) for left, relation, right in policy.rules)
    return ruled and all(p.low <= values[key] <= p.high for key, p in policy.parameters().items())


def copy_by_pickle(policy: Policy) -> Policy:
    """The policy after a pickle."""
    twin: Policy = pickle.loads(pickle.dumps(policy))  # noqa: S301 - pickled right here
    return twin


def run_export(policy: Policy) -> Any:
    """An instance of the exported class, from the text alone."""
    space: dict[str, Any] = {}
    exec(export(policy), space)  # noqa: S102 - the text under test
    return space[[name for name in space if name.endswith("Epsilon")][-1]]()


def memories(policy: Policy, histories: dict[str, list[News]] = HISTORIES) -> list[tuple[str, Memory, float]]:
    """The name of each history, the policy's memory after it, and a block soon after.

    A policy without memory has the empty history only.
    """
    made = []
    for name, told in histories.items() if policy.learns else [("nothing", [])]:
        memory = policy.begin()
        for news in told:
            policy.remember(memory, news)
        made.append((name, memory, max([4_000_000.0, *(news.block for news in told)]) + 1_234.0))
    return made


def facts_at(age: float, model: Seen, now: float) -> Seen:
    """The facts about `model` when it has that age at block `now`."""
    return model._replace(since=age if isnan(model.since) else model.since, now=now)


def flat(memory: Memory) -> dict[str, float]:
    """All numbers of a memory by name, those of the policy inside last."""
    then = vars(memory).get("then")
    inner = flat(then) if isinstance(then, Memory) else {}
    return {**memory.numbers(), **{f"then.{name}": number for name, number in inner.items()}}


def assert_same(found: Sequence[float], expected: Sequence[float], what: str) -> None:
    """Assert that the numbers are equal to the last bit."""
    here, there = np.array(found, dtype=np.float64), np.array(expected, dtype=np.float64)
    assert len(here) == len(there), f"{what}: gave {len(here)}, not {len(there)}"
    if not same(here, there):
        apart = np.flatnonzero(here.view(np.int64) != there.view(np.int64))
        at = int(apart[0])
        first = f"the first at {at}: {found[at]!r}, not {expected[at]!r}"
        raise AssertionError(f"{what}: {len(apart)} of {len(here)} differ, {first}")


def assert_same_memory(found: Memory, expected: Memory, what: str) -> None:
    """Assert that two memories, and those of the policies inside, have the same numbers to the last bit."""
    assert_same([*flat(found).values()], [*flat(expected).values()], what)
