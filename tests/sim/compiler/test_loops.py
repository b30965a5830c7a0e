"""Loops of the engine: what Python may call, and what only compiled code calls."""

import math
from typing import Any

import numpy as np

from sim.compiler import Direct, allocating, compiled, inlined, inner


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
