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


FOREVER = 1e300
"""Blocks: an age that is as good as infinite, and may be multiplied by 0."""


def known(value: Array, otherwise: Array, xp: Any) -> Array:
    """The value where it is a finite number; NaN and inf stand for what nobody knows."""
    return xp.where(xp.isfinite(value), value, otherwise)


def within(value: Array, low: Array, high: Array, xp: Any) -> Array:
    """The value, but at least `low` and at most `high`."""
    return xp.minimum(xp.maximum(value, low), high)


def halving(age: Array, half_life: Array, xp: Any) -> Array:
    """The share that is left at an age in blocks: half of it after a half-life, all for ever where that is 0."""
    rate = -LN2 / xp.maximum(half_life, 1.0)  # the numbers of lanes first: there are fewer of them than of ages
    return xp.exp(xp.clip(age, 0.0, FOREVER) * xp.where(half_life > 0, rate, 0.0))


def half_cosine(share: Array, xp: Any) -> Array:
    """(1 + cos(pi * share)) / 2 for a share between 0 and 1, to 1e-15: exactly 1 at 0 and exactly 0 at 1.

    It is cos(pi x / 2)^2, and cos(pi x / 2) = (1 - z) * P(z) with z = x^2. P is the Chebyshev approximation of degree 7
    on [0, 1], right to 1.6e-17. The cosine of numpy takes three times as long, and differs between machines.
    """
    z = share * share
    high = ((-6.30616956165683e-11 * z + 6.318119670622831e-09) * z - 4.6476318093539006e-07) * z
    low = (((high + 2.47372750411264e-05) * z - 0.000894522998138162) * z + 0.01996895776483613) * z
    root = ((low - 0.23370055013616783) * z + 1.0) * (1.0 - z)
    return root * root


def everywhere(value: Array, age: Array, xp: Any) -> Array:
    """The same value at every age, in the shape of the ages."""
    return value + 0.0 * xp.minimum(age, 0.0)
