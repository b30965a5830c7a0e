"""The checks of what miners do for their pay, with the settings of their worlds.

Time is in days in which the miners together have an idea, or as the formulas' publications have it; gains are in log
loss.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

from scipy.optimize import minimize_scalar
from scipy.stats import norm

from experiments.verification.theory import incentives
from experiments.verification.theory.check import Check
from policies import build

GAIN = 1e-3
"""Mean gain of an idea."""

LOST, QUICK_LOST = (0.1, 1.0, 5.0, 25.0), (1.0,)
"""Days that a crown costs everybody, with an idea a day of all miners together."""
AROUND = {"none": 0.0, "half": 0.5, "best": 1.0, "more": 1.5}
"""Bars around the best one, as shares of it."""


RATE, PAY, COST = 0.2, 10.0, 1.0
"""Ideas per day of a unit of effort, the king's pay a day, and what a unit costs a day."""
DISCOUNT = 0.01
"""Per day."""
ENTRIES = {0.0: DISCOUNT, 0.001: DISCOUNT, 0.005: DISCOUNT}
"""Discount rates by bar."""
CHALLENGERS = ((2, 0.0, 0.0), (4, 0.0, 0.0), (8, 0.0, 0.0), (4, 0.0, DISCOUNT), (4, 0.005, DISCOUNT))
"""Miners, bar and discount rate."""
LEAKS = ((0.5, 0.0002), (0.5, 0.0005), (1.5, 0.0005))
"""Copies tried per day, and the sd of their luck."""
BUNCHING: dict[str, dict[str, Any]] = {
    "linear-2d": {"linear": {"start": 0.005, "end": 0.0001, "decay_blocks": 14_400}},
    "linear-5d": {"linear": {"start": 0.005, "end": 0.0002, "decay_blocks": 36_000}},
    "halving-1d": {"half-life": {"start": 0.005, "end": 0.0001, "half_life_blocks": 7_200}},
}
"""Falling bars."""
FIRST_TO = ((2, 1), (2, 2), (2, 3), (2, 4), (8, 2), (8, 3))
RELATIVE, QUICK_RELATIVE = tuple(product((2, 8, 16), (2, 3))), ((2, 2),)
"""Miners, and steps that a crown needs."""


def disruption_bars(lost: float) -> list[float]:
    """The bars of these checks, in log loss, in the order of `AROUND`."""
    best = incentives.best_bar(1.0, GAIN, lost)
    return [share * best for share in AROUND.values()]


def checks() -> Iterator[Check]:
    """All of them, in the order of the results."""
    yield from _disruptions()
    yield from _entries()
    yield from _steps()


@cache
def leak_bars(copies: float, noise: float) -> tuple[float, float]:
    """No bar, and the best one against so many copies."""
    found = minimize_scalar(
        lambda bar: -leaking(bar, copies, noise)[1], bounds=(0.0, 5 * GAIN), options={"xatol": 1e-9}
    )
    return 0.0, float(found.x)


def leaking(bar: float, copies: float, noise: float) -> tuple[float, float]:
    """Effort under free entry and descent a day where copies are tried."""
    won = copies * float(norm.cdf(-bar / noise))
    effort = incentives.leaking_effort(bar, GAIN, RATE, PAY, COST, won)
    return effort, incentives.descent(RATE * effort, bar, GAIN)


def _disruptions() -> Iterator[Check]:
    for lost in LOST:
        quick, settings = lost in QUICK_LOST, f"an idea a day, a crown costs everybody {lost:g} d"
        speeds = [incentives.descent(1.0, bar, GAIN, lost) for bar in disruption_bars(lost)]
        for (name, share), speed in zip(AROUND.items(), speeds, strict=True):
            bar = f"bar {share:g} z W(L tau)" if share else "no bar"
            what = f"descent a day, {settings}, {bar}, less a step and a half of the clock per crown"
            yield Check(f"disruption speed lost={lost:g} bar={name}", what, speed, quick)
        what = f"descent under the best bar z W(L tau) over that without, {settings}"
        yield Check(f"disruption gain lost={lost:g}", what, speeds[2] / speeds[0], quick)


def _entries() -> Iterator[Check]:
    for bar, discount in ENTRIES.items():
        what = f"under free entry, a bar of {bar:g}, {discount:g} a day discounted (quality ladder), small model"
        effort = incentives.free_entry(bar, GAIN, RATE, PAY, COST, discount)
        yield Check(f"entry effort bar={bar:g}", f"effort {what}", effort)
        yield Check(f"entry descent bar={bar:g}", f"descent a day {what}", incentives.descent(RATE * effort, bar, GAIN))
    for miners, bar, discount in CHALLENGERS:
        what = f"effort of each of {miners} where it costs x^2 / 2, a bar of {bar:g}, {discount:g} a day discounted"
        effort = incentives.challengers(miners, bar, GAIN, RATE, PAY, discount)
        name = f"challengers effort miners={miners} bar={bar:g} discount={discount:g}"
        yield Check(name, f"{what}, small model", effort)
    for copies, noise in LEAKS:
        what = f"under free entry, {copies:g} copies a day with luck of sd {noise:g}"
        found = [leaking(bar, copies, noise) for bar in leak_bars(copies, noise)]
        setting = f"copies={copies:g} noise={noise:g}"
        for name, (effort, speed) in zip(("none", "best"), found, strict=True):
            which = f"{what}, {'no bar' if name == 'none' else 'the best bar'}, small model"
            yield Check(f"leakage effort {setting} bar={name}", f"effort {which}", effort)
            yield Check(f"leakage descent {setting} bar={name}", f"descent a day {which}", speed)
        ratio = found[1][1] / found[0][1]
        yield Check(
            f"leakage gain {setting}", f"descent under the best bar over that without, {what}, small model", ratio
        )
    for name, spec in BUNCHING.items():
        policy = build(spec)
        age = incentives.bunching_age(policy, GAIN, RATE, PAY, COST)
        what = f"under a bar that falls, {name}, and free entry, small model"
        yield Check(f"bunching age {name}", f"days at which work begins {what}", age)
        speed = (incentives.bar_at(policy, age) + GAIN) / age
        yield Check(f"bunching descent {name}", f"descent a day {what}", speed)


def _steps() -> Iterator[Check]:
    for miners, steps in FIRST_TO:
        what = f"chance to be first of {miners} to {steps} steps, per logarithm of effort, small model"
        expected = incentives.elasticity_of_two(steps) if miners == 2 else incentives.elasticity(miners, steps)
        yield Check(f"steps elasticity miners={miners} steps={steps}", what, expected, miners == 2)
    for miners, steps in RELATIVE:
        what = f"descent of {miners} miners where a crown needs {steps} steps over that where it needs one, small model"
        expected, quick = incentives.relative_descent(miners, steps), (miners, steps) in QUICK_RELATIVE
        yield Check(f"steps descent miners={miners} steps={steps}", what, expected, quick)
