"""Crowds that begin to work when a falling bar lets them."""

from functools import partial

import numpy as np

from experiments.verification.theory.bunching import BUNCHES, LOOK, STEP
from experiments.verification.theory.incentive_checks import GAIN
from experiments.verification.theory.worlds import setting
from experiments.verification.theory.worlds.ladders import read_reigns
from experiments.verification.theory.worlds.players import Bides
from experiments.verification.theory.worlds.progress import Tries, per_day
from experiments.verification.theory.worlds.setting import Found, Pass, Sample, lane, scenario, split, world
from sim.clock import BLOCKS_PER_DAY

RACERS = 16
"""Miners that have ideas; one more is king and rests."""
REIGNS, MORE = 10.0, 2.0
"""Mean reigns in which those begin that count, and after them."""


def passes(quick: bool) -> list[Pass]:
    """The passes of this result."""
    return split([(partial(reigned, name), 0, 32, 32) for name in BUNCHES], quick)


def reigned(name: str, worlds: range) -> Found:
    """Lengths of reigns, and the descent, where the crowd believes in the mean reign that theory has."""
    bunch = BUNCHES[name]
    ideas = Tries(per_day=per_day(bunch.ideas / RACERS * STEP, LOOK), law="exponential", gain=GAIN, burst=1.0)
    steps = (REIGNS + MORE) * bunch.reign / STEP
    contest = scenario([ideas], RACERS + 1, steps, step=LOOK, wake=LOOK, founded=True)
    simulated = world(f"bunching {name}", contest, [lane(bunch.policy, Bides(most=bunch.most(bunch.reign)))], worlds)
    simulated.run()
    day = BLOCKS_PER_DAY / setting.STEP
    ladder = read_reigns(simulated, np.full(len(worlds), REIGNS * bunch.reign * day), 1.0 / day)
    (days,), (gained,), (count,) = ladder.days, ladder.gained, ladder.count
    return {
        f"bunching world-reign {name}": Sample(days, count),
        f"bunching world-descent {name}": Sample(gained, days),
    }
