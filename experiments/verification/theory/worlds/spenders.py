"""Free entry: miners spend all that they are paid on ideas, and a part of the pay fades, or goes to copies.

A king rests, so it saves its part of the pay. The formulas have nobody who saves: what the owner of the king's model
would spend, as a share of what all would, is counted as that share of w / c.
"""

from dataclasses import replace
from functools import partial
from math import log
from typing import Any

import numpy as np

from experiments.verification.theory import incentives
from experiments.verification.theory.incentive_checks import COST, GAIN, PAY, RATE
from experiments.verification.theory.spender_checks import (
    BEGUN,
    COPIERS,
    COUNTED,
    ENTRIES,
    LEAKS,
    MEMORY,
    MINERS,
    OFTEN,
    Setting,
)
from experiments.verification.theory.worlds.ladders import quotient
from experiments.verification.theory.worlds.players import Copies, RacesAfresh
from experiments.verification.theory.worlds.progress import Tries, per_day
from experiments.verification.theory.worlds.setting import (
    QUIET,
    STEP,
    Found,
    Pass,
    Sample,
    lane,
    scenario,
    split,
    world,
)
from policies import build
from policies.rewards import build as build_reward
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.miners.hardware import Fleet
from sim.miners.population import Population
from sim.miners.responses import Reinvest
from sim.scenario import Copies as CopyTerms
from sim.scenario import Economy, Scenario

MOST = 4.0
"""A miner's largest effort, as a multiple of the mean."""
EVERY = 20
"""Steps between two looks at what is spent."""
NOISY: dict[str, Any] = {
    "noise": replace(QUIET, samples=1, pages=1_000_000, kin_sd=1e-9),
    "copies": CopyTerms(penalty=0.0, noise=1.0),
}
"""Copies have noise of the size of their perturbation, and nobody else has any to speak of."""


def passes(quick: bool) -> list[Pass]:
    """The passes of these results, or the quick ones."""
    entries = [(partial(entered, setting), 4 if setting.quick else 0, 16, 16) for setting in ENTRIES]
    return split([*entries, *((partial(leaked, name), 0, 48, 48) for name in LEAKS)], quick)


def entered(setting: Setting, worlds: range) -> Found:
    """Effort and descent where pay fades."""
    effort, speed = _spend(setting, worlds)
    return {f"entry world-effort {setting.name}": effort, f"entry world-descent {setting.name}": speed}


def leaked(name: str, worlds: range) -> Found:
    """Effort and descent without a bar and with the best one, where copies are crowned too."""
    found: Found = {}
    speeds = []
    for setting in LEAKS[name]:
        effort, speed = _spend(setting, worlds)
        found |= {f"leakage world-effort {setting.name}": effort, f"leakage world-descent {setting.name}": speed}
        speeds.append(speed)
    return found | {f"leakage world-gain {name}": quotient(speeds[1], speeds[0])}


def _spend(setting: Setting, worlds: range) -> tuple[Sample, Sample]:
    """Effort, and descent per day."""
    memory, mean = round(MEMORY / OFTEN) * STEP, setting.effort / MINERS
    simulated = world(f"spenders {setting.name}", _contest(setting, memory, mean), [_lane(setting)], worlds)
    columns, works = np.arange(len(worlds)), simulated.miners.people.miners["player"] == 0
    seen: list[np.ndarray] = []

    def watch(now: int) -> None:
        if now >= BEGUN * memory and now // STEP % EVERY == 0:
            effort = simulated.miners.people.responses.books["effort"] * works * mean
            owner = simulated.validators[0].models.facts["twin"][columns, simulated.kings]
            seen.append(np.stack([effort.sum(axis=1), effort[columns, owner]]))

    crowns = simulated.run(watch).crowns()
    spent, saved = np.mean(seen, axis=0)
    effort = spent - saved + saved / spent * PAY / COST
    crowns = crowns[crowns.block >= BEGUN * memory]
    gained = np.bincount(crowns.column, crowns.gain, len(worlds))
    days = np.full(len(worlds), COUNTED * memory / STEP * setting.step)
    return Sample(effort), Sample(gained, days * (spent - saved) / effort)


def _contest(setting: Setting, memory: int, mean: float) -> Scenario:
    """A contest whose pay is remembered for so many blocks, and where miners' mean effort is about 1, `mean` units."""
    day = BLOCKS_PER_DAY / STEP * setting.step  # days of the formula in one of the chain
    often = per_day(setting.step * RATE * mean * MOST, STEP) / MOST
    return scenario(
        [Tries(per_day=often, law="exponential", gain=GAIN, burst=1.0)],
        MINERS + (COPIERS if setting.copies else 0),
        (BEGUN + COUNTED) * memory / STEP,
        founded=True,
        fleet=Fleet(least=1, most=1, skill=0.0, price={"h100": COST * mean * day / 24.0}),
        economy=Economy(PAY * day, 0.0, 0.0),
        effort=Reinvest(rule="reinvest", share=1.0, most=MOST, memory_days=memory / BLOCKS_PER_DAY),
        **(NOISY if setting.copies else {}),
    )


def _lane(setting: Setting) -> Lane:
    """Pay fades as under a bounty that is burned; copiers try their luck beside the miners that work."""
    one = lane(build({"fixed": {"epsilon": incentives.epsilon_of(setting.bar)}}), RacesAfresh())
    if not setting.copies:
        half_life = log(2.0) / (setting.fading * BLOCKS_PER_DAY / STEP * setting.step)
        return replace(one, reward=build_reward({"bounty": {"least": 0, "half_life_days": half_life, "burn": 1}}))
    copiers = Copies(chance=setting.copies * setting.step / COPIERS, luck=setting.luck)
    share = MINERS / (MINERS + COPIERS)
    return replace(one, population=Population("theory", ((RacesAfresh(), share), (copiers, 1.0 - share))))
