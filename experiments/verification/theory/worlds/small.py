"""Small models: crowns as events of numpy, where the world has no such rule (costs that rise with effort, discounting).

What theory solves for is learned here from what crowns turn out to pay; every miner is alike.
"""

from functools import partial

import numpy as np
from scipy.stats import norm

from experiments.verification.theory import incentives
from experiments.verification.theory.incentive_checks import (
    BUNCHING,
    CHALLENGERS,
    COST,
    ENTRIES,
    FIRST_TO,
    GAIN,
    LEAKS,
    PAY,
    QUICK_RELATIVE,
    RATE,
    RELATIVE,
    leak_bars,
)
from experiments.verification.theory.worlds.ladders import quotient
from experiments.verification.theory.worlds.setting import Found, Pass, Sample
from policies import build
from sim.clock import BLOCKS_PER_DAY
from sim.streams import stream

WORLDS = 200
"""Independent repetitions of each."""
CROWNS, LEARNED = 4000, 2000
"""Crowns of a repetition, and those after which it counts."""
CROWD = 1e5
"""Units of effort that come at once where a falling bar lets them."""


def passes(quick: bool) -> list[Pass]:
    """The passes of these results; they take a second or two each."""
    return [
        *(partial(entered, bar) for bar in ENTRIES),
        *(partial(leaking, *setting) for setting in LEAKS),
        *(partial(challenged, *setting) for setting in CHALLENGERS),
        *(partial(bunched, name) for name in BUNCHING),
        *(partial(first_to, *setting) for setting in FIRST_TO if not quick or setting[0] == 2),
        *(partial(raced, *setting) for setting in (QUICK_RELATIVE if quick else RELATIVE)),
    ]


def entered(bar: float) -> Found:
    """Effort that comes and goes by profit, with discounting."""
    effort, speed = _ladder("entry", bar, ENTRIES[bar], 0.0)
    return {f"entry effort bar={bar:g}": effort, f"entry descent bar={bar:g}": speed}


def leaking(copies: float, noise: float) -> Found:
    """The same where copies of the king are tried too, `copies` a day with that sd of their luck; none discounts."""
    found: Found = {}
    speeds = []
    for name, bar in zip(("none", "best"), leak_bars(copies, noise), strict=True):
        effort, speed = _ladder(f"leakage {copies:g} {noise:g}", bar, 0.0, copies * float(norm.cdf(-bar / noise)))
        found |= {
            f"leakage effort copies={copies:g} noise={noise:g} bar={name}": effort,
            f"leakage descent copies={copies:g} noise={noise:g} bar={name}": speed,
        }
        speeds.append(speed)
    return found | {f"leakage gain copies={copies:g} noise={noise:g}": quotient(speeds[1], speeds[0])}


def _ladder(name: str, bar: float, discount: float, copies: float) -> tuple[Sample, Sample]:
    """Effort, and descent per day; `copies` are crowned a day.

    A unit of effort that is paid more than it costs makes effort grow, by steps that become smaller.
    """
    draw, worth = stream(0, "theory", name, str(bar)), RATE * incentives.passes_bar(bar, GAIN)
    effort = np.full(WORLDS, PAY / COST / 2.0)
    days, gained, used = np.zeros((3, WORLDS))
    for crown in range(CROWNS):
        ideas = effort * worth
        reign = draw.standard_exponential(WORLDS) / (ideas + copies)
        honest = draw.random(WORLDS) * (ideas + copies) < ideas
        gain = np.where(honest, bar + GAIN * draw.standard_exponential(WORLDS), 0.0)
        if crown >= LEARNED:
            days, gained, used = days + reign, gained + gain, used + effort
        profit = worth * incentives.discounted(reign, PAY, discount) / COST - 1.0
        effort *= np.exp(min(0.2, 4.0 / (crown + 1)) * profit)
    return Sample(used / (CROWNS - LEARNED)), Sample(gained, days)


def challenged(miners: int, bar: float, discount: float) -> Found:
    """The effort x of the challengers, a q Delta, where Delta, what a crown is worth, is learned from reigns.

    King and challenger differ in the pay and in the challenger's cost x^2 / 2, until the king is dethroned: by this
    challenger, then their roles are exchanged, or by another.
    """
    draw, worth = stream(0, "theory", "challengers", miners, str(bar)), RATE * incentives.passes_bar(bar, GAIN)
    crown_worth = np.full(WORLDS, 1.0 / worth)
    days, used = np.zeros((2, WORLDS))
    for crown in range(CROWNS):
        effort = worth * crown_worth
        reign = draw.standard_exponential(WORLDS) / ((miners - 1) * effort * worth)
        if crown >= LEARNED:
            days, used = days + reign, used + effort
        exchanged = (draw.random(WORLDS) * (miners - 1) < 1.0) * np.exp(-discount * reign)
        found = incentives.discounted(reign, 1.0, discount) * (PAY + effort**2 / 2.0) - exchanged * crown_worth
        crown_worth += min(0.2, 2.0 / (crown + 1)) * (found - crown_worth)
    name = f"miners={miners} bar={bar:g} discount={discount:g}"
    return {f"challengers effort {name}": Sample(used / (CROWNS - LEARNED))}


def bunched(name: str) -> Found:
    """A crowd that works from the age at which that pays by the mean of past reigns, under a falling bar."""
    policy, draw = build(BUNCHING[name]), stream(0, "theory", "bunching", name)
    ages = np.linspace(0.0, 20.0, 20_001)
    bars = -np.log1p(-policy.epsilon(ages * BLOCKS_PER_DAY))
    reigned, days, gained = np.ones(WORLDS), *np.zeros((2, WORLDS))
    for crown in range(LEARNED):
        pays = GAIN * np.log(RATE * PAY * reigned / COST)  # the bar at which an idea is worth its cost
        begins = np.interp(-pays, -bars, ages)
        reign = begins + draw.standard_exponential(WORLDS) / (CROWD * RATE * np.exp(-pays / GAIN))
        if crown >= LEARNED // 2:
            days += reign
            gained += np.interp(reign, ages, bars) + GAIN * draw.standard_exponential(WORLDS)
        reigned += 0.05 * (reign - reigned)
    count = np.full(WORLDS, LEARNED - LEARNED // 2.0)
    tolerance = 3e-3
    return {
        f"bunching age {name}": Sample(days, count, tolerance, "d"),
        f"bunching descent {name}": Sample(gained, days),
    }


def first_to(miners: int, steps: int) -> Found:
    """How often the first of so many has all its steps first, if it works 10 % more and 10 % less than the others."""
    draw = stream(0, "theory", "first to", miners, steps)
    needed = draw.gamma(steps, size=(WORLDS, CROWNS, miners))
    others = needed[:, :, 1:].min(axis=2)
    more, less = (needed[:, :, 0] / effort < others for effort in (np.exp(0.1), np.exp(-0.1)))
    return {f"steps elasticity miners={miners} steps={steps}": Sample((more.mean(axis=1) - less.mean(axis=1)) / 0.2)}


def raced(miners: int, steps: int) -> Found:
    """Descent with so many steps per crown over that with one; effort grows while one more costs less than it wins."""
    speeds = [_learned_race(miners, needed) for needed in (steps, 1)]
    return {f"steps descent miners={miners} steps={steps}": quotient(*speeds)}


def _learned_race(miners: int, steps: int) -> Sample:
    """Steps per day; everyone tries a little more and a little less, and the difference in crowns is what it learns."""
    draw = stream(0, "theory", "steps", miners, steps)
    effort = np.full(WORLDS, PAY / miners / 2.0)
    days = np.zeros(WORLDS)
    for crown in range(CROWNS):
        needed = draw.gamma(steps, size=(WORLDS, miners))
        first = needed.min(axis=1)
        if crown >= LEARNED:
            days += first / effort
        # each by itself a tenth faster, and a tenth slower: those behind the first that catch up, and the first caught
        order = np.partition(needed, 1, axis=1)
        caught = (needed * np.exp(-0.1) < first[:, None]).sum(axis=1) - 1 + (order[:, 1] < first * np.exp(0.1))
        changed = caught / 0.2 / miners
        effort += min(0.2, 2.0 / (crown + 1)) * (PAY * changed / COST - effort)
    return Sample(np.full(WORLDS, float(steps) * (CROWNS - LEARNED)), days)
