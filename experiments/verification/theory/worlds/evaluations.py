"""Evaluations: wins by noise, lengths of steps, moving averages and softmax."""

from functools import partial
from math import sqrt

import numpy as np

from experiments.verification.theory import checks
from experiments.verification.theory.worlds.players import Once, Shows
from experiments.verification.theory.worlds.progress import Given, per_day
from experiments.verification.theory.worlds.setting import (
    STEP,
    Found,
    Pass,
    Sample,
    exactly,
    lane,
    scenario,
    split,
    world,
)
from policies import build
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.draws import DrawsProgress
from sim.record import DELAY_BLOCKS
from sim.validators.noise import NoiseLevel

PAGES = 1_000_000
"""Pages of a window; with so many equal ones its noise is normal."""
LOOKS = 4
"""Evaluations in a row in the check of noise."""
TICK = 18
"""Blocks of a step of the queue's clock; a validator's step takes a multiple of it."""
NONE = build({"fixed": {"epsilon": 0.0}})


def passes(quick: bool) -> list[Pass]:
    """The passes of these results, or the quick ones."""
    plan = ((partial(gated, 5.0 if quick else 20.0), 10, 80, 20), (luck, 1000, 8000, 1000))
    return [*split(plan, quick), succession, *(partial(ordered, models) for models in checks.POOLS)]


def luck(worlds: range) -> Found:
    """How often the later of two equal models wins the whole emission by noise; every step draws new data."""
    level = NoiseLevel(
        1,
        PAGES,
        sample_sd=checks.SIGMA / sqrt(checks.SAMPLES) * sqrt(checks.RHO),
        page_sd=0.0,
        kin_sd=checks.SIGMA / sqrt(checks.SAMPLES) * sqrt(2.0 * (1.0 - checks.RHO)),
        stranger_sd=0.0,
    )
    windows = 12 * LOOKS
    contest = scenario([Given((checks.LOSS, checks.LOSS))], 2, windows + 1, noise=level)
    policy = build({"fixed": {"epsilon": checks.NOISE_EPSILON}})
    simulated = world("noise", contest, [lane(policy, Once(), semantics="pool", keep=2)], worlds)
    won = np.zeros((windows + 1, len(worlds)))

    def watch(now: int) -> None:
        won[now // STEP] = simulated.validators[0].weights[:, 1]

    simulated.run(watch)
    later = won[1:] > 0.5
    ever = later.reshape(-1, LOOKS, len(worlds)).any(axis=1)
    return {"noise once": Sample(later.mean(axis=0)), "noise four": Sample(ever.mean(axis=0))}


def gated(days: float, worlds: range) -> Found:
    """A validator whose step evaluates all that arrived during the step before.

    The king is the one model that it keeps. There are so many miners that hardly any has two models in one step.
    """
    server, miners, hour = checks.SERVER, 1000, BLOCKS_PER_DAY // 24
    each = 3600.0 * server.each
    contest = scenario(
        [DrawsProgress(per_day=per_day(server.arrivals / hour, 1))],
        miners,
        days * BLOCKS_PER_DAY / TICK,
        step=TICK,
        wake=miners,
        load_seconds=3600.0 * server.kept - each,  # the kept king is evaluated too
        model_seconds=each,
    )
    simulated = world("queue", contest, [lane(NONE, Shows())], worlds)
    begun = 10 * round(server.mean_step * hour / TICK) * TICK  # after ten mean steps the queue has forgotten its start
    count, total, squares, busy = np.zeros((4, len(worlds)))
    early = np.zeros_like(simulated.record.delays)

    def watch(now: int) -> None:
        until = simulated.validators[0].busy
        if now == begun:
            early[:] = simulated.record.delays
        if now >= begun:
            new = until != busy
            took = (until - now) / hour
            count[:] += new
            total[:] += new * took
            squares[:] += new * (took - server.mean_step) ** 2
        busy[:] = until

    simulated.run(watch)
    late = simulated.record.delays - early
    middle = DELAY_BLOCKS * np.arange(len(late)) + (DELAY_BLOCKS - 1) / 2.0
    return {
        "queue step": Sample(total, count),
        "queue step variance": Sample(squares, count),
        "queue delay": Sample(middle @ late / hour, late.sum(axis=0)),
    }


def succession() -> Found:
    """Moving average when a second king follows one that was paid everything."""
    half = 30
    contest = scenario([Given((2.0, 1.9))], 2, 2 * half + 40, wake=2 * half * STEP)
    simulated = world("average new", contest, [lane(NONE, Once(), semantics="pool", keep=2, alpha=0.5)], range(1))
    seen: list[np.ndarray] = []
    simulated.run(lambda now: seen.append(simulated.validators[0].weights[0].copy()))
    old, new = np.array(seen).T
    first = int(np.argmax(new > 0))
    found = {f"average new steps={steps}": exactly(float(new[first + steps - 1])) for steps in (1, 2, 3, 5)}
    return found | {"average old": exactly(float(old[first:].sum()))}


def ordered(models: int) -> Found:
    """A pool in which each model beats all before it."""
    losses = tuple(2.0 - 0.001 * place for place in range(models))
    contest = scenario([Given(losses)], models, models + 1, wake=models * STEP)
    simulated = world("softmax top", contest, [lane(NONE, Once(), semantics="pool", keep=models)], range(1))
    simulated.run()
    return {f"softmax top models={models}": exactly(float(simulated.validators[0].weights[0, -1]))}
