"""Races from the king's model, and the record of crowns that they are read from."""

from dataclasses import dataclass
from functools import partial
from math import expm1

import numpy as np

from experiments.verification.theory import checks
from experiments.verification.theory.decays import SCHEDULES
from experiments.verification.theory.races import first_of
from experiments.verification.theory.worlds.players import RacesAfresh, RacesOn, Spares
from experiments.verification.theory.worlds.setting import STEP, Found, Pass, Sample, lane, scenario, world
from policies import Policy, build
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.miners.progress.ideas import IdeasProgress
from sim.scenario import Scenario
from sim.world import World

CLOCK = 1.5
"""Steps by which a race is longer in the world: on average the last improvement waits half a step until its finder
looks, and its model waits one step for its evaluation."""
LONGEST = 10.0
"""Time, in mean lengths of a race, that a contest allows the last race to end: of exponential lengths one in 22,000 is
longer. The more improvements a race needs, the less its length varies."""
FINE, FINEST = 24.0, 0.125
"""Steps of the clock per race, at least; and improvements per miner and step, at most. A miner that reaches the bar in
the same step as the new king is a step ahead in the next race, which changes results by a thousandth at most."""
MINERS, STEPS = (2, 4, 8, 16, 32), (1, 2, 3, 5, 10, 20)
"""Rows and columns of the table of efficiencies."""
FAST, SLOW = ("linear-2d", "exp-1d", "fixed-.001", "fixed-.0005"), ("fixed-.005", "linear-7d")
"""Schedules by the length of their reigns."""


class Throne:
    """Records crowns step by step, because `World.record` has none of a king that replaces its own model.

    Args:
        simulated: a world that has not run yet.
    """

    def __init__(self, simulated: World) -> None:
        self._world = simulated
        self._model = np.full((2, simulated.columns.width), -1.0)
        self._seen: list[tuple[np.ndarray, ...]] = []

    def watch(self, now: int) -> None:
        """Note the kings and models that were crowned in this step."""
        validator, columns = self._world.validators[0], np.arange(self._world.columns.width)
        king = validator.king
        model = np.stack([king, validator.models.block[king, columns]])
        at = np.flatnonzero((model != self._model).any(axis=0))
        self._model = model
        gained = -np.log(validator.models.loss[king[at], at])
        self._seen.append((np.full(len(at), now), at, king[at], gained))

    def races(self, cutoff: int, since: int = 0) -> "Races":
        """All races that began after block `since` and before `cutoff`; the contest must last until they end.

        Races are independent, and whether one counts depends on earlier ones only. So by Wald's equation a sum over
        the counted races is on average their mean number times the mean of one, however long the contest lasts.
        """
        block, column, king, gained = (np.concatenate(parts) for parts in zip(*self._seen, strict=True))
        order = np.lexsort((block, column))
        block, column, king, gained = (values[order] for values in (block, column, king, gained))
        after = (column[1:] == column[:-1]) & (block[:-1] > since) & (block[:-1] < cutoff)
        end = np.flatnonzero(after) + 1
        length, gain = (values[end] - values[end - 1] for values in (block, gained))
        return Races(column[end], king[end - 1], king[end], length, gain, self._world.columns.width)


@dataclass(frozen=True)
class Races:
    """Races from one crown to the next, arrays `[races]`.

    Attributes:
        column, king, winner: the column, the miner crowned before, and the miner that won.
        length: in blocks.
        gain: log loss that the winner gained.
        width: number of columns.
    """

    column: np.ndarray
    king: np.ndarray
    winner: np.ndarray
    length: np.ndarray
    gain: np.ndarray
    width: int

    def total(self, values: np.ndarray | None = None) -> np.ndarray:
        """The number of races by column, or a sum over them, `[columns]`."""
        return np.bincount(self.column, values, self.width).astype(float)


def passes(quick: bool) -> list[Pass]:
    """The passes of these results, or the quick ones."""
    if quick:
        firsts = [partial(fresh, miners, steps, 10.0, range(200)) for miners, steps in ((8, 2), (2, 1), (2, 2), (2, 5))]
        paces = [partial(paced, ("linear-2d", "fixed-.001"), 40, 5.0, 5.0, range(80))]
        crowned = [partial(crowns, steps, 0.015, range(500)) for steps in (1, 2)]
        return [*firsts, *paces, *crowned, partial(two, range(300))]
    firsts = [partial(fresh, n, m, 75.0 / m**0.8, range(400)) for n in MINERS for m in STEPS]
    paces = [partial(paced, FAST, 20, 12.0, 6.0, range(200)), partial(paced, SLOW, 60, 40.0, 15.0, range(250))]
    crowned = [partial(crowns, steps, 0.0075, range(1500)) for steps in (1, 2, 5, 10, 20)]
    return [*paces, *crowned, partial(two, range(1500)), *firsts]


def fresh(miners: int, steps: int, length: float, worlds: range) -> Found:
    """How long it takes the first of so many miners to find so many improvements, one a day each.

    The contest has one miner more, because the king rests: so all that race begin together.

    Args:
        miners, steps: as in `first_of`.
        length: mean number of races in a world.
        worlds: numbers of the worlds.
    """
    mean = first_of(miners, steps)
    step = min(mean / FINE, FINEST)
    rate = step * BLOCKS_PER_DAY / STEP
    cutoff, end = length * mean / step, (length + LONGEST / steps**0.5) * mean / step
    contest = scenario(_ideas(rate), miners + 1, end, founded=True)
    found = _raced(
        f"race first miners={miners} steps={steps}",
        contest,
        [lane(_needs(steps), RacesAfresh())],
        worlds,
        cutoff * STEP,
    )
    count, days = found.total(), (found.total(found.length) / STEP - CLOCK * found.total()) * step
    samples = {f"race efficiency miners={miners} steps={steps}": Sample(count * steps, days * miners)}
    if miners == 2 and steps in checks.FIRSTS:
        samples[f"race first miners=2 steps={steps}"] = Sample(days, count)
    return samples


def paced(names: tuple[str, ...], step: int, days: float, more: float, worlds: range) -> Found:
    """Eight miners with an improvement a day each, under some of the schedules.

    All miners start again one step after the new king's commitment, so the schedule waits for one step. Where the bar
    falls for several miners at once, the first to look is up to half a step early: about a thousandth.

    Args:
        names: names of the schedules.
        step: blocks of a step of the clock.
        days, more: races that begin in the first `days` count; the contest lasts `more` days for them to end.
        worlds: numbers of the worlds.
    """
    contest = scenario(_ideas(1.0), 9, (days + more) * BLOCKS_PER_DAY / step, step=step, wake=step, founded=True)
    waiting = [build({"grace": {"grace_blocks": step, "then": SCHEDULES[name]}}) for name in names]
    lanes = [lane(policy, Spares()) for policy in waiting]
    found = _raced("race pace", contest, lanes, worlds, days * BLOCKS_PER_DAY)
    count = found.total()
    passed = (found.total(found.length) - CLOCK * step * count) / BLOCKS_PER_DAY
    samples: Found = {}
    by_lane = (values.reshape(len(names), -1) for values in (count, passed, found.total(found.gain)))
    for name, races, reign, gain in zip(names, *by_lane, strict=True):
        samples[f"race reign {name}"] = Sample(reign, races)
        samples[f"race gain {name}"] = Sample(gain, races, 1e-9 if name.startswith("fixed") else None)
        samples[f"race speed {name}"] = Sample(gain, reign)
    return samples


def crowns(steps: int, step: float, worlds: range) -> Found:
    """Crowns of the faster of two miners, which race on as kings.

    The crowned one goes on at once and the other a step later; and if both clear the bar in one step, the faster one
    is crowned, because it looks first. With short steps both effects are about a thousandth.

    Args:
        steps: improvements that a crown needs.
        step: days of a step of the clock per needed improvement; together the miners find one a day.
        worlds: numbers of the worlds.
    """
    step, share = step * steps, 0.6
    rate, mean = step * BLOCKS_PER_DAY / STEP, steps / share / step
    ways = _ideas(rate * share, rate * (1.0 - share))
    contest = scenario(ways, 2, (3.0 + LONGEST / (1.0 + steps**0.5)) * mean, founded=True)
    found = _raced(f"race crowns steps={steps}", contest, [lane(_needs(steps), RacesOn())], worlds, 3.0 * mean * STEP)
    return {f"race crowns steps={steps}": Sample(found.total(found.winner == 0), found.total())}


def two(worlds: range) -> Found:
    """Two miners dethrone each other with their next improvement, one three times a day and the other once."""
    step, begun, counted, days = 0.02, 2.0, 12.0, 22.0
    rate = step * BLOCKS_PER_DAY / STEP
    contest = scenario(_ideas(3.0 * rate, rate), 2, days / step, founded=True)
    simulated = world("race two", contest, [lane(build({"fixed": {"epsilon": 0.0}}), RacesAfresh())], worlds)
    throne, (since, cutoff) = Throne(simulated), (round(day / step) * STEP for day in (begun, begun + counted))
    paid = {since: np.empty(0), cutoff: np.empty(0)}

    def watch(now: int) -> None:
        throne.watch(now)
        if now in paid:
            paid[now] = simulated.miners.emission.copy()

    simulated.run(watch)
    found = throne.races(cutoff, since)
    reigns = np.stack([found.total(found.king == miner) for miner in (0, 1)])
    lasted = found.total(found.length * (found.king == 0)) / STEP * step - CLOCK * step * reigns[0]
    share = (paid[cutoff] - paid[since]) * rate - CLOCK * step * reigns
    return {"race two share": Sample(share[0], share.sum(axis=0)), "race two reign": Sample(lasted, reigns[0])}


def _raced(name: str, contest: Scenario, lanes: list[Lane], worlds: range, cutoff: float) -> Races:
    """The races that began before block `cutoff`, after the world has run."""
    simulated = world(name, contest, lanes, worlds)
    throne = Throne(simulated)
    simulated.run(throne.watch)
    return throne.races(round(cutoff))


def _ideas(*rates: float) -> tuple[IdeasProgress, ...]:
    """Improvements of one size as Poisson processes of these rates per day, for as many groups of equal size."""
    return tuple(IdeasProgress(per_day=rate, gain=checks.STEP, sigma=0.0, burst=1.0) for rate in rates)


def _needs(steps: int) -> Policy:
    """A margin halfway below so many improvements: one fewer is not enough."""
    return build({"fixed": {"epsilon": -expm1(-(steps - 0.5) * checks.STEP)}})
