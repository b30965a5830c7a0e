"""Tullock's contest: crowns go to the miner that has the next idea, and effort replies best to what others spend."""

from functools import partial

import numpy as np

from experiments.verification.theory.incentive_checks import PAY
from experiments.verification.theory.menu_checks import FEES, tullock_miners
from experiments.verification.theory.worlds.players import RacesOn
from experiments.verification.theory.worlds.setting import STEP, Found, Pass, Sample, lane, scenario, split, world
from policies import build
from sim.clock import BLOCKS_PER_DAY
from sim.miners.hardware import Fleet
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.responses import Tullock
from sim.scenario import Economy

OFTEN = 0.2
"""Crowns per step of the clock, about."""
MEMORY, BEGUN, COUNTED = 200.0, 2.0, 2.0
"""Crowns per miner in the memory of its pay; memories until all has settled, and for which it is counted."""
TOLERANCE = 0.003
"""In shares of the pay. Shares are not quite 1 / n each: n times their variance, a quarter of 1 / (n x 200), is
not spent."""


def passes(quick: bool) -> list[Pass]:
    """The passes of this result, or the quick ones."""
    return split([(partial(contest, fee), 1 if fee == max(FEES) else 0, 4, 4) for fee in FEES], quick)


def contest(fee: float, worlds: range) -> Found:
    """What as many miners as the fee lets in spend, and what each would have left if there were one more."""
    fits = tullock_miners(fee)
    left = (PAY - PAY * _spent(fits + 1, worlds).values) / (fits + 1) / fee
    return {
        f"tullock spent fee={fee:g}": _spent(fits, worlds),
        f"tullock entrant fee={fee:g}": Sample(left, None, TOLERANCE * PAY / (fits + 1) / fee),
    }


def _spent(miners: int, worlds: range) -> Sample:
    """What the miners spend, as a share of the pay."""
    memory = MEMORY * miners / OFTEN  # steps
    cost = PAY / miners  # at effort 1
    often = OFTEN * BLOCKS_PER_DAY / STEP / miners
    simulated = world(
        f"tullock {miners}",
        scenario(
            [IdeasProgress(per_day=often, law="exponential", gain=1e-4, burst=1.0)],
            miners,
            (BEGUN + COUNTED) * memory,
            founded=True,
            fleet=Fleet(least=1, most=1, skill=0.0, price={"h100": cost / 24.0}),
            economy=Economy(PAY, 0.0, 0.0),
            effort=Tullock(rule="tullock", most=4.0, memory_days=memory * STEP / BLOCKS_PER_DAY),
        ),
        [lane(build({"fixed": {"epsilon": 0.0}}), RacesOn())],
        worlds,
    )
    days: list[np.ndarray] = []

    def watch(now: int) -> None:
        if now == round(BEGUN * memory) * STEP:
            days.append(np.stack([simulated.record.effort_days, simulated.record.active_days]))

    simulated.run(watch)
    worked, present = np.stack([simulated.record.effort_days, simulated.record.active_days]) - days[0]
    return Sample(worked * cost / (present / miners * PAY), None, TOLERANCE)
