"""Calls through addresses."""

import math

import pytest

from sim.compiler import compiled
from sim.compiler.pointers import ONE, TWO, address_of, call_one, call_two, callable_at, callback


@compiled
def asked(one: int, two: int, value: float) -> float:
    """Asks two functions that it knows by their addresses only."""
    return call_one(one, 0, value) + call_two(two, 0, value, 1.0)


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
