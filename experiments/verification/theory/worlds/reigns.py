"""First reigns against random challengers, and reigns under a steady or a flattening frontier."""

from functools import partial

import numpy as np

from experiments.verification.theory import checks
from experiments.verification.theory.decays import DECAYS, STEADY, schedule
from experiments.verification.theory.worlds.players import Improves, Shows, Slices
from experiments.verification.theory.worlds.progress import Along, per_day
from experiments.verification.theory.worlds.setting import Found, Pass, Sample, exactly, lane, scenario, split, world
from policies import Policy, build
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.draws import DrawsProgress
from sim.world import World

WAIT = 2
"""Days until the first king has come, but for one world in 200,000."""
FINE = 30
"""Most blocks of a step under a steady frontier; a reign is off by two steps at most."""
STALL_DAYS, STALL_STEPS = 25, 50
"""Length of the stalling contest, whose first model took one day of training, and steps of the clock per day."""


def passes(quick: bool) -> list[Pass]:
    """The passes of these results, or the quick ones."""
    random = split([(partial(first_reigns, 3 if quick else 14), 1500, 8000, 2000)], quick)
    rates = checks.QUICK_RATES if quick else checks.RATES
    shelves = checks.QUICK_RATES if quick else checks.SHELF_RATES
    return [*random, *(partial(steady, rate) for rate in rates), *(partial(shelf, rate) for rate in shelves), stalling]


def first_reigns(longest: int, worlds: range) -> Found:
    """How long the first king reigns when its rival has three tries a day.

    Two miners look in turn, half an interval apart, so that two never challenge at once; the king rests.

    Args:
        longest: longest reign in days that the contest can show.
        worlds: numbers of the worlds.
    """
    look, policy = checks.LOOK, schedule("linear-7d")
    arrivals = 2.0 * per_day(checks.ARRIVALS * look / BLOCKS_PER_DAY, look)
    steps = (longest + WAIT) * 2 * BLOCKS_PER_DAY // look
    contest = scenario([DrawsProgress(per_day=arrivals)], 2, steps, step=look // 2, wake=look)
    simulated = world("first-reign", contest, [lane(policy, Shows()), lane(policy, Improves(), keep=2)], worlds)
    simulated.run()
    lasted = reigns(simulated).reshape(2, len(worlds)) + look // 2  # crowned half an interval after the commitment
    return {
        f"first-reign {name} days={days}": Sample(reign > days * BLOCKS_PER_DAY)
        for name, reign in zip(("once", "retry"), lasted, strict=True)
        for days in checks.AGES
        if days <= longest
    }


def steady(rate: float) -> Found:
    """Reigns under a steady frontier for the schedules in `STEADY`."""
    return _frontier(rate, {f"frontier {name} rate={rate:g}": schedule(name) for name in STEADY})


def shelf(rate: float) -> Found:
    """The same for every age-only policy."""
    return _frontier(rate, {f"frontier shelf {name} rate={rate:g}": build({name: DECAYS[name]}) for name in DECAYS})


def _frontier(rate: float, policies: dict[str, Policy]) -> Found:
    """Reigns, by the check's id, where a rival commits a model at the frontier in every step."""
    step = min(FINE, round(0.03 / rate))
    longest = 0.00502 / rate * BLOCKS_PER_DAY / step + 5
    contest = scenario([DrawsProgress("fixed", drift=rate)], 2, int(longest), step=step, wake=step)
    simulated = world("frontier", contest, [lane(policy, Shows()) for policy in policies.values()], range(1))
    simulated.run()
    days, tolerance = reigns(simulated) / BLOCKS_PER_DAY, 2.0 * step / BLOCKS_PER_DAY
    return {name: exactly(float(reign), tolerance, "d") for name, reign in zip(policies, days, strict=True)}


def stalling() -> Found:
    """Two miners dethrone each other with just enough, until the margin is larger than all that can be gained."""
    step = BLOCKS_PER_DAY // STALL_STEPS
    progress = Along(checks.FRONTIER, checks.FIRST_LOSS, 1.0)
    contest = scenario([progress], 2, STALL_DAYS * STALL_STEPS, step=step, wake=step, founded=True)
    simulated = world("stall", contest, [lane(build({"fixed": {"epsilon": checks.STALLING}}), Slices())], range(1))
    crowns = simulated.run().crowns()
    return {
        "stall successors": exactly(len(crowns.block) - 1.0),
        "stall last": exactly(1.0 + float(crowns.block[-1]) / BLOCKS_PER_DAY, 2.0 / STALL_STEPS),
        "stall gap": exactly(float(crowns.loss[-1]) - checks.FRONTIER.floor),
    }


def reigns(simulated: World, number: int = 0) -> np.ndarray:
    """Length in blocks of reign `number`, from 0, `[columns]`; inf where it does not end."""
    crowns, width = simulated.record.crowns(), simulated.columns.width
    reign = np.full(width, np.inf)
    order = np.lexsort((crowns.block, crowns.column))
    column, block = crowns.column[order], crowns.block[order]
    first = np.searchsorted(column, np.arange(width)) + number
    over = np.bincount(column, minlength=width) > number + 1
    reign[over] = block[first[over] + 1] - block[first[over]]
    return reign
