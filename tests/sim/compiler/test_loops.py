"""Loops of the engine: what Python may call, what only compiled code calls, and calls through addresses."""

import math
from typing import Any

import numpy as np
import pytest

from sim.compiler import Direct, allocating, compiled, inlined, inner
from sim.compiler.pointers import ONE, TWO, address_of, call_one, call_two, callable_at, callback

CALLED: list[str] = []


@inner
def double(value: float) -> float:
    """A part of other loops."""
    return 2.0 * value


@inlined
def triple(value: float) -> float:
    """Another one."""
    return 3.0 * value


@compiled
def halve(value: float) -> float:
    """Called from both sides."""
    return value / 2.0


@compiled
def sextuple(values: np.ndarray) -> float:
    """All of them, in order."""
    total = 0.0
    for value in values:
        total += halve(double(triple(double(value))))
    return total


@allocating
def squares(count: int) -> np.ndarray:
    """Makes an array."""
    out = np.zeros(count)
    for place in range(count):
        out[place] = place * place
    return out


@compiled
def asked(one: int, two: int, value: float) -> float:
    """Asks two functions that it knows by their addresses only."""
    return call_one(one, 0, value) + call_two(two, 0, value, 1.0)


def test_loops_call_each_other() -> None:
    """Compiled, a loop takes along all that it calls."""
    assert sextuple(np.array([1.0, 2.0, 4.0])) == 42.0
    assert halve(3.0) == 1.5
    assert squares(4).tolist() == [0.0, 1.0, 4.0, 9.0]


def test_division_by_zero_is_infinite() -> None:
    """Loops count as numpy does: they have no errors, and what goes wrong is a number."""
    assert sextuple(np.array([math.inf, -math.inf])) != 0.0
    assert math.isnan(sextuple(np.array([math.inf, -math.inf])))


def test_parts_run_interpreted_from_python() -> None:
    """What only compiled code calls is not compiled for Python."""
    assert double(2.0) == 4.0
    assert triple(2.0) == 6.0
    part: Any = double
    assert part.whole is part.py_func


def test_direct_looks_at_types_once() -> None:
    """It is the same function, for arguments of the same types."""
    direct = Direct(sextuple)
    assert direct(np.array([1.0])) == 6.0
    assert direct(np.array([2.0, 1.0])) == 18.0


def test_through_addresses() -> None:
    """A callback stands where a compiled function could: it gets the numbers, and its result comes back."""
    failures: list[Exception] = []
    one = callback(lambda value: 10.0 * value, ONE, failures)
    two = callback(lambda value, other: value - other, TWO, failures)
    assert asked(address_of(one), address_of(two), 3.0) == 32.0
    assert callable_at(address_of(two), TWO)(0, 5.0, 1.0) == 4.0
    assert failures == []


def test_a_failure_does_not_get_lost() -> None:
    """Where Python raises within, compiled code gets NaN, and the error waits to be raised again."""
    failures: list[Exception] = []

    def fails(value: float) -> float:
        raise KeyError(value)

    one = callback(fails, ONE, failures)
    two = callback(lambda value, other: 0.0, TWO, failures)
    assert math.isnan(asked(address_of(one), address_of(two), 3.0))
    (error,) = failures
    with pytest.raises(KeyError, match=r"3\.0"):
        raise error
