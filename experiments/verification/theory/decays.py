"""The decays that are checked: age-only policies by their published formulas, and schedules of reigns and races.

The formulas are plain floats and use nothing of `policies`. Ages and lengths are in days, advantages in fractions of
loss.
"""

from collections.abc import Callable
from math import cos, exp, floor, log1p, pi
from typing import Any

from scipy.optimize import brentq

from policies import Policy, build
from sim.clock import BLOCKS_PER_DAY

START, END = 0.005, 0.0001
"""Advantage at the start and at the end of all decays; SN9's of March 2025."""
EXCESS = START - END
KNOTS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Ages of the knots of the policy `knots`."""
KEPT = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
"""Share of the excess over the end that is kept from knot to knot."""

Formula = Callable[[float], float]


def _knots(a: float) -> float:
    heights = [EXCESS]
    for kept in KEPT:
        heights.append(heights[-1] * kept)
    for left, right, high, low in zip(KNOTS, KNOTS[1:], heights, heights[1:], strict=False):
        if a <= right:
            return END + high + (low - high) * (a - left) / (right - left)
    return END + heights[-1]


def _line(a: float) -> float:
    return END + EXCESS * max(0.0, 1.0 - a / 2.0)


FORMULAS: dict[str, Formula] = {
    "fixed": lambda a: START,
    "linear": _line,
    "half-life": lambda a: END + EXCESS * 2.0 ** (-a / 2.0),
    "cosine": lambda a: END + EXCESS * (1.0 + cos(pi * min(a / 4.0, 1.0))) / 2.0,
    "staircase": lambda a: END + EXCESS * (1.0 - floor(5.0 * min(a / 4.0, 1.0)) / 5.0),
    "power": lambda a: END + EXCESS * (1.0 + a) ** -1.5,
    "logistic": lambda a: END + EXCESS * (1.0 + exp(-2.0 / 0.5)) / (1.0 + exp((a - 2.0) / 0.5)),
    "stretched": lambda a: END + EXCESS * exp(-((a / 2.0) ** 2.0)),
    "two-scale": lambda a: END + EXCESS * (0.7 * exp(-a / 0.5) + 0.3 * exp(-a / 7.0)),
    "knots": _knots,
    "grace": lambda a: _line(max(a - 0.5, 0.0)),
    "ladder-step": lambda a: 0.0005 * max(floor(_line(a) / 0.0005 + 0.5), 1),
}
"""epsilon at an age in days."""

_ENDS = {"start": START, "end": END}
_LINE = {"linear": {**_ENDS, "decay_blocks": 2 * BLOCKS_PER_DAY}}
DECAYS: dict[str, dict[str, Any]] = {
    "fixed": {"epsilon": START},
    "linear": _LINE["linear"],
    "half-life": {**_ENDS, "half_life_blocks": 2 * BLOCKS_PER_DAY},
    "cosine": {**_ENDS, "decay_blocks": 4 * BLOCKS_PER_DAY},
    "staircase": {**_ENDS, "decay_blocks": 4 * BLOCKS_PER_DAY, "steps": 5},
    "power": {**_ENDS, "scale_blocks": BLOCKS_PER_DAY, "exponent": 1.5},
    "logistic": {**_ENDS, "midpoint_blocks": 2 * BLOCKS_PER_DAY, "width_blocks": BLOCKS_PER_DAY / 2},
    "stretched": {**_ENDS, "scale_blocks": 2 * BLOCKS_PER_DAY, "shape": 2.0},
    "two-scale": {**_ENDS, "weight": 0.7, "fast_blocks": BLOCKS_PER_DAY / 2, "slow_blocks": 7 * BLOCKS_PER_DAY},
    "knots": {**_ENDS, **{f"u{i}": kept for i, kept in enumerate(KEPT, 1)}},
    "grace": {"grace_blocks": BLOCKS_PER_DAY / 2, "then": _LINE},
    "ladder-step": {"step": 0.0005, "then": _LINE},
}
"""The same decays as specs of policies."""

SCHEDULES: dict[str, dict[str, Any]] = {
    "fixed-.005": {"fixed": {"epsilon": 0.005}},
    "linear-7d": {"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 7 * BLOCKS_PER_DAY}},
    "linear-7d-.001": {"linear": {"start": 0.005, "end": 0.001, "decay_blocks": 7 * BLOCKS_PER_DAY}},
    "linear-2d": {"linear": {"start": 0.005, "end": 0.0001, "decay_blocks": 2 * BLOCKS_PER_DAY}},
    "exp-1d": {"stretched": {"start": 0.005, "end": 0.0001, "scale_blocks": BLOCKS_PER_DAY, "shape": 1.0}},
    "fixed-.001": {"fixed": {"epsilon": 0.001}},
    "fixed-.0005": {"fixed": {"epsilon": 0.0005}},
}
STEADY = ("fixed-.005", "linear-7d", "linear-7d-.001", "linear-2d")
"""Schedules whose reigns under a steady frontier are checked."""
RACED = ("fixed-.005", "linear-7d", "linear-2d", "exp-1d", "fixed-.001", "fixed-.0005")
"""Schedules whose races are checked."""


def schedule(name: str) -> Policy:
    """The policy of one of `SCHEDULES`."""
    return build(SCHEDULES[name])


def reign(name: str, rate: float) -> float:
    """Days until a frontier that falls by `rate` a day clears the bar: the root of rate * a = -ln(1 - epsilon(a))."""
    formula = FORMULAS[name]
    longest = -log1p(-formula(0.0)) / rate
    return float(brentq(lambda a: rate * a + log1p(-formula(a)), 0.0, longest, xtol=1e-12))
