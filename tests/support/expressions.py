# ruff: noqa: S102, S311 - expressions of our own, and examples of numbers
"""Expressions of two numbers, compiled and in Python."""

import math
import random
import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import policies.numbers
from policies import Policy, Seen
from sim.compiler.policies import compiled_epsilon

SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, math.inf, -math.inf, math.nan, 5e-324, 1e308, -1e308, 710.0, -746.0)


class Asked(Policy):
    """A policy, but for its formula."""

    formula = "none"
    source = "this test"


def some(count: int) -> list[tuple[float, float]]:
    """Pairs of numbers of every size, special ones among them; the same every time."""
    lot = random.Random(29)
    ways: tuple[Callable[[], float], ...] = (
        lambda: lot.uniform(-1.0, 1.0),
        lambda: lot.uniform(-50.0, 50.0),
        lambda: math.copysign(10.0 ** lot.uniform(-300.0, 300.0), lot.random() - 0.5),
        lambda: struct.unpack("d", struct.pack("Q", lot.getrandbits(64)))[0],
        lambda: lot.choice(SPECIAL),
        lambda: float(lot.randrange(-100_000, 100_000)),
    )
    return [(lot.choice(ways)(), lot.choice(ways)()) for _ in range(count)]


def bits(value: float) -> bytes:
    """To compare numbers to the last bit; NaN is NaN."""
    return b"NaN" if math.isnan(value) else struct.pack("d", value)


def outcome(call: Callable[[], Any]) -> bytes:
    """What it gives; NaN where it fails, or gives what is no real number."""
    try:
        found = call()
        return b"NaN" if isinstance(found, complex) else bits(float(found))
    except (ArithmeticError, ValueError):
        return b"NaN"


def both(expression: str) -> Iterator[tuple[float, float, bytes, bytes]]:
    """Two numbers, what compiled code makes of them, and what Python does."""
    scope: dict[str, Any] = {"math": math, "policies": policies}
    exec(f"def plain(a, b): return {expression}", scope)
    exec(f"def shield(self, a, seen):\n    b = seen.gain\n    return {expression}", scope)
    compiled = compiled_epsilon(type("Asked", (Asked,), {"shield": scope["shield"], "__module__": __name__})())
    for a, b in some(1500):
        yield a, b, bits(compiled(a, Seen(a, gain=b))), outcome(partial(scope["plain"], a, b))


def compare(expression: str) -> None:
    """Assert that an expression gives the same bits, and fails where Python raises an error."""
    for a, b, found, expected in both(expression):
        assert found == expected, (a, b)


def compare_whole(expression: str) -> None:
    """Assert that whole numbers are exact up to 64 bits, and that what is larger fails where it is not exact."""
    large = 0
    for a, b, found, expected in both(expression):
        if found != expected:
            assert found == b"NaN", (a, b)
            assert max(abs(a), abs(b)) > 2.0**31, (a, b)
            large += 1
    assert large
