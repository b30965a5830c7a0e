"""Payments: credit for descent, SN29's halving advantage, prizes and royalties, and pools computed by hand."""

from dataclasses import replace
from functools import partial

import numpy as np

from experiments.verification.theory import checks
from experiments.verification.theory.payments import CASES, Case
from experiments.verification.theory.worlds.players import Once, Spares
from experiments.verification.theory.worlds.progress import Given
from experiments.verification.theory.worlds.setting import STEP, Found, Pass, exactly, lane, scenario, world
from policies import build
from policies.rewards import build as build_reward
from sim.clock import BLOCKS_PER_DAY
from sim.mechanism.eras import preset
from sim.mechanism.judge import judge
from sim.mechanism.pool import EACH_HAS_ONE, pool_of
from sim.mechanism.rules import Rules
from sim.miners.progress.ideas import IdeasProgress

DESCENT, PRIZE = 0.02, 100.0
"""Log loss that is gained, and days of emission that the prize promises for one nat: two days in all."""
NOTHING = 1e250
"""Loss of a second miner that has nothing to show; a contest has at least two miners."""


def passes(quick: bool) -> list[Pass]:
    """The passes of these results; they take no time."""
    sliced = [partial(rewarded, slices) for slices in checks.SLICES]
    return [credit, halving, *sliced, *(partial(case, number) for number in range(len(CASES)))]


def credit() -> Found:
    """Credit of the kings' owners per nat of descent, from the world where it is furthest from 1."""
    progress = IdeasProgress(per_day=2.0, gain=checks.STEP)
    contest = scenario([progress], 8, 10 * BLOCKS_PER_DAY / STEP, wake=4 * STEP, founded=True)
    policy, pool = build({"fixed": {"epsilon": 0.001}}), {"semantics": "pool", "filtered": True, "keep": 5}
    simulated = world("payment", contest, [lane(policy, Spares()), lane(policy, Spares(), **pool)], range(20))
    record = simulated.run()
    per_nat = record.credit.sum(axis=0) / (record.first - record.lowest)
    return {"payment credit": exactly(float(per_nat[np.argmax(np.abs(per_nat - 1.0))]), 1e-9)}


def halving() -> Found:
    """When SN29's king loses to a model that is better by half of its initial advantage."""
    policy, step = preset("sn29-2024-10")[1], 120
    challenger = 1.0 - float(policy.epsilon(0.0)) / 2.0
    contest = scenario([Given((1.0, challenger))], 2, checks.HALF_LIFE / step + 10, step=step, wake=step)
    crowns = world("payment half-life", contest, [lane(policy, Once(), keep=2)], range(1)).run().crowns()
    return {"payment half-life": exactly(float(crowns.block[1]), 2.0 * step, "blocks")}


def rewarded(slices: int) -> Found:
    """Pay of royalty and prize for one descent in so many equal slices, each from another miner."""
    losses = tuple(float(np.exp(-DESCENT * number / slices)) for number in range(slices + 1))
    steps, policy = slices + 500, build({"fixed": {"epsilon": 0.0}})
    contest = scenario([Given(losses)], slices + 1, steps, wake=(slices + 1) * STEP)
    prize = {"prize": {"days_per_nat": PRIZE, "unlock_days": 0.1, "reserve_days": 1000.0}}
    rules = [build_reward(prize), build_reward({"royalty": {"tau_days": 1_000_000}})]
    simulated = world(
        f"payment slices={slices}", contest, [replace(lane(policy, Once()), reward=rule) for rule in rules], range(1)
    )
    late = (steps - 100) * STEP
    earned = np.empty((slices + 1, 2))

    def watch(now: int) -> None:
        if now == late:
            earned[:] = simulated.miners.emission

    simulated.run(watch)
    paid = simulated.miners.emission
    shares = (paid - earned)[1:, 1] / (paid - earned)[:, 1].sum() * slices
    return {
        f"payment prize slices={slices}": exactly(float(paid[:, 0].sum()) / DESCENT / PRIZE, 1e-9),
        f"payment royalty slices={slices}": exactly(float(shares[np.argmax(np.abs(shares - 1.0))]), 1e-6),
    }


def case(number: int) -> Found:
    """One pool: simulated where its blocks differ, as miners that look in turn commit; else judged alone."""
    known = CASES[number]
    block = [block for _, block in known.models]
    shares = _simulated(known) if len(set(block)) == len(block) else _judged(known)
    return {f"pool case={number} model={place}": exactly(float(share)) for place, share in enumerate(shares)}


def _simulated(known: Case) -> np.ndarray:
    """Shares half a step after the last model was committed."""
    loss, block = zip(*known.models, (NOTHING, 0), strict=True)
    apart = block[1] if len(known.models) > 1 else STEP
    miners = max(2, len(known.models))
    contest = scenario(
        [Given(loss[:miners])], miners, 2 * len(known.models), step=apart // 2, wake=miners * apart, founded=False
    )
    rules = {"semantics": "pool", "filtered": True, "keep": 5}
    simulated = world("pool", contest, [lane(build(known.policy), Once(), **rules)], range(1))
    simulated.run()
    return np.asarray(simulated.validators[0].weights[0, : len(known.models)])


def _judged(known: Case) -> np.ndarray:
    """Shares of one evaluation; a single zero where the step is lost and no miner is paid."""
    policy = build(known.policy)
    loss, block = np.array(known.models, dtype=np.float64).T
    pool = pool_of(loss, block, policy.epsilon(known.now - block), float(policy.epsilon(np.inf)))
    lost = judge(pool, EACH_HAS_ONE, EACH_HAS_ONE, False, Rules().record())
    return np.zeros(1) if lost else np.array(pool["weight"])
