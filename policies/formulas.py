"""Pieces that several formulas share; an exported class takes along those that it uses."""

from math import log
from typing import Any

from policies.arrays import Array

DAY = 7200.0
"""Blocks of 12 s."""

LN2 = log(2)

LARGEST = 0.99
"""An advantage of 1 could never be overcome."""

SHORTEST = 0.05
"""Days: a tempo of 360 blocks. Nothing that is divided by a time believes in a shorter one."""


def known(value: Array, otherwise: Array, xp: Any) -> Array:
    """The value where it is a finite number; NaN and inf stand for what nobody knows."""
    return xp.where(xp.isfinite(value), value, otherwise)


def within(value: Array, low: Array, high: Array, xp: Any) -> Array:
    """The value, but at least `low` and at most `high`."""
    return xp.minimum(xp.maximum(value, low), high)


def halving(age: Array, half_life: Array, xp: Any) -> Array:
    """The share that is left at an age in blocks: half of it after a half-life, all for ever where that is 0."""
    rate = -LN2 / xp.maximum(half_life, 1.0)  # the numbers of lanes first: there are fewer of them than of ages
    return xp.where(half_life > 0, xp.exp(age * rate), 1.0)


def everywhere(value: Array, age: Array, xp: Any) -> Array:
    """The same value at every age, in the shape of the ages."""
    return value + 0.0 * xp.minimum(age, 0.0)
