"""First reigns against random challengers (theory D5), and reigns under a steady or a flattening frontier (D7, D8)."""

from functools import partial

import numpy as np

from experiments.theory import checks
from experiments.theory.lived.players import Improves, Shows, Slices
from experiments.theory.lived.progress import Along, per_day
from experiments.theory.lived.setting import Found, Pass, Sample, exactly, lane, scenario, spread, world
from experiments.theory.schedules import STEADY, schedule
from policies import build
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.draws import DrawsProgress
from sim.world import World

WAIT = 2
"""Days in which the first king of D5 comes: later ones are one in 200,000."""
FINE = 30
"""Blocks of a step of D7, at most: a reign is off by two of them."""
STALL_DAYS, STALL_STEPS = 25, 50
"""D8: how long the contest lasts when it takes a day to get where it begins, and steps of the clock per day."""


def passes(quick: bool) -> list[Pass]:
    """The passes of these results, the quick ones or all."""
    random = spread([(partial(first_reigns, 3 if quick else 14), 1500, 8000, 2000)], quick)
    rates = checks.QUICK_RATES if quick else checks.RATES
    return [*random, *(partial(steady, rate) for rate in rates), stalling]


def first_reigns(longest: int, worlds: range) -> Found:
    """D5: how long the first king stays when his rival has so many tries a day, by his model's age.

    Two miners look up in turn, half an interval apart, so that no two challenge at once; the one who is king rests.

    Args:
        longest: days of reign that the contest lasts for.
        worlds: by number.
    """
    look, policy = checks.LOOK, schedule("linear-7d")
    arrivals = 2.0 * per_day(checks.ARRIVALS * look / BLOCKS_PER_DAY, look)
    steps = (longest + WAIT) * 2 * BLOCKS_PER_DAY // look
    contest = scenario([DrawsProgress(per_day=arrivals)], 2, steps, step=look // 2, wake=look)
    lived = world("D5", contest, [lane(policy, Shows()), lane(policy, Improves(), keep=2)], worlds)
    lived.run()
    reigns = _first_reign(lived).reshape(2, len(worlds)) + look // 2  # crowned half an interval after the commitment
    return {
        f"D5-{name}-{days}": Sample(reign > days * BLOCKS_PER_DAY)
        for name, reign in zip(("once", "retry"), reigns, strict=True)
        for days in checks.AGES
        if days <= longest
    }


def steady(rate: float) -> Found:
    """D7: a rival shows a model of the frontier at every step."""
    step = min(FINE, round(0.03 / rate))
    longest = 0.00502 / rate * BLOCKS_PER_DAY / step + 5
    contest = scenario([DrawsProgress("fixed", drift=rate)], 2, int(longest), step=step, wake=step)
    lived = world("D7", contest, [lane(schedule(name), Shows()) for name in STEADY], range(1))
    lived.run()
    days, tolerance = _first_reign(lived) / BLOCKS_PER_DAY, 2.0 * step / BLOCKS_PER_DAY
    found = zip(STEADY, days, strict=True)
    return {f"D7-{name}-{rate:g}": exactly(float(reign), tolerance, "d") for name, reign in found}


def stalling() -> Found:
    """D8: two miners take turns with just enough, until there is no more to be had."""
    step = BLOCKS_PER_DAY // STALL_STEPS
    progress = Along(checks.FRONTIER, checks.FIRST_LOSS, 1.0)
    contest = scenario([progress], 2, STALL_DAYS * STALL_STEPS, step=step, wake=step, founded=True)
    lived = world("D8", contest, [lane(build({"fixed": {"epsilon": checks.STALLING}}), Slices())], range(1))
    crowns = lived.run().crowns()
    return {
        "D8-successors": exactly(len(crowns.block) - 1.0),
        "D8-last": exactly(1.0 + float(crowns.block[-1]) / BLOCKS_PER_DAY, 2.0 / STALL_STEPS),
        "D8-gap": exactly(float(crowns.loss[-1]) - checks.FRONTIER.floor),
    }


def _first_reign(lived: World) -> np.ndarray:
    """Blocks from the first crown to the second, `[columns]`; inf where there is no second."""
    crowns, width = lived.record.crowns(), lived.columns.width
    reign = np.full(width, np.inf)
    order = np.lexsort((crowns.block, crowns.column))
    column, block = crowns.column[order], crowns.block[order]
    first = np.searchsorted(column, np.arange(width))
    two = np.bincount(column, minlength=width) > 1
    reign[two] = block[first[two] + 1] - block[first[two]]
    return reign
