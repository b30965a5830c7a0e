"""Policies that read the descent: reigns bought by a gain, whole or in slices, and the bar against a promised pace."""

from dataclasses import dataclass
from functools import partial
from math import nan

import numpy as np

from experiments.verification.theory import checks
from experiments.verification.theory.worlds.players import Shows
from experiments.verification.theory.worlds.reigns import reigns
from experiments.verification.theory.worlds.setting import Found, Pass, exactly, lane, scenario, world
from policies import News, Seen, build
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.course import Crew
from sim.miners.progress.draws import DrawsCourse, DrawsProgress

LOOK = 30
"""Blocks of a step and between two looks; a reign is off by two steps at most."""
NEUTRAL = 0.01
"""Share by which the sum of the reigns may be off, because the closed form takes epsilon for -ln(1 - epsilon)."""


def passes(quick: bool) -> list[Pass]:
    """The passes of these results."""
    return [promised, *(partial(sliced, slices) for slices in (checks.QUICK_SLICES if quick else checks.SLICES))]


@dataclass(frozen=True)
class Overtaken:
    """Miner 0 is king first, with a loss of 1; miner 1 gains `gain`; then 0's log loss falls by `rate` a day."""

    gain: float
    rate: float
    parameters: float = 3e9

    def course(self, crew: Crew) -> "OvertakenCourse":
        """See `Progress`."""
        return OvertakenCourse(self, crew)


class OvertakenCourse(DrawsCourse):
    """See `Course`: in place of random draws, given gains."""

    def __init__(self, progress: Overtaken, crew: Crew) -> None:
        super().__init__(DrawsProgress("fixed"), crew)
        days = np.arange(crew.looks.count) * crew.looks.every / BLOCKS_PER_DAY
        self._drawn[:, 0] = (progress.gain + progress.rate * days)[:, None]
        self._drawn[:, 1] = progress.gain
        self._drawn[0] = np.array([0.0, nan])[:, None]  # at the first look miner 1 has no model


def sliced(slices: int) -> Found:
    """Total length of the reigns that a gain buys in so many slices, each against a frontier that falls from there."""
    steps = (checks.LONGEST_DAYS // slices + 1) * BLOCKS_PER_DAY // LOOK
    contest = scenario([Overtaken(checks.WHOLE / slices, checks.FALL)], 2, steps, step=LOOK, wake=LOOK)
    lanes = [lane(build({"descent-shield": shield}), Shows()) for shield in checks.SHIELDS.values()]
    simulated = world("shield", contest, lanes, range(1))
    simulated.run()
    total = slices * reigns(simulated, 1) / BLOCKS_PER_DAY
    return {
        f"shield {name} slices={slices}": exactly(float(days), NEUTRAL * checks.sliced_reign(name, slices), "d")
        for name, days in zip(checks.SHIELDS, total, strict=True)
    }


def promised() -> Found:
    """The bar two days after the first crown, when all, none, or twice of what was promised has been gained."""
    policy = build({"schedule-anchored": checks.PROMISE})
    found = {}
    for name, share in checks.ACHIEVED.items():
        memory = policy.begin()
        policy.remember(memory, News(0.0, crowned=True, gain=share * checks.PROMISED, loss=2.5))
        seen = Seen(0.0, now=checks.PROMISE_DAYS * BLOCKS_PER_DAY)
        found[f"promise {name}"] = exactly(policy.remembering(memory).advantage(0.0, seen), 1e-12)
    return found
