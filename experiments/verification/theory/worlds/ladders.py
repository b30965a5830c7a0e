"""Ladders: single ideas of exponential gains, what a crown costs everybody, and what one is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from experiments.verification.theory import incentives
from experiments.verification.theory.incentive_checks import AROUND, GAIN, LOST, QUICK_LOST, disruption_bars
from experiments.verification.theory.spending import late_crowns
from experiments.verification.theory.worlds.players import RacesAfresh
from experiments.verification.theory.worlds.progress import Tries, per_day
from experiments.verification.theory.worlds.setting import STEP, Found, Pass, Sample, lane, scenario, split, world
from policies import build
from sim.clock import BLOCKS_PER_DAY
from sim.world import World

RACERS = 2
"""Miners that have ideas; one more is king and rests. Their number does not matter, because ideas are tried alone."""
LONGEST = 10.0
"""Time, in mean lengths of a race, that a contest allows the last race to end."""


@dataclass(frozen=True)
class Ladder:
    """Reigns under fixed bars.

    Attributes:
        days, gained: lengths of all counted reigns, and log loss gained in them, `[bars, worlds]`.
        count: of these reigns, likewise.
    """

    days: np.ndarray
    gained: np.ndarray
    count: np.ndarray


def passes(quick: bool) -> list[Pass]:
    """The passes of these results, or the quick ones."""
    plan = [(partial(disrupted, lost), 150 if lost in QUICK_LOST else 0, 600, 150) for lost in reversed(LOST)]
    return split(plan, quick)


def disrupted(lost: float, worlds: range) -> Found:
    """Descent around the best bar where a crown costs everybody so many days, and what the best bar gains."""
    bars, step = disruption_bars(lost), 0.05 if lost <= 1.0 else 0.1
    ladder = climb(f"disruption {lost:g}", GAIN, bars, lost, step, 15.0, worlds)
    found = dict(zip(AROUND, descents(ladder, GAIN, bars, lost, step), strict=True))
    samples = {f"disruption speed lost={lost:g} bar={name}": sample for name, sample in found.items()}
    return samples | {f"disruption gain lost={lost:g}": quotient(found["best"], found["none"])}


def climb(
    name: str, gain: float, bars: Sequence[float], lost: float, step: float, crowns: float, worlds: range
) -> Ladder:
    """Reigns under each bar, where the racers together have an idea a day.

    A reign counts if it began early enough to end before the contest; by Wald's equation a sum over such reigns is on
    average their mean number times the mean of one.

    Args:
        name: of the random numbers.
        gain: mean gain of an idea, log loss.
        bars: fixed bars in log loss, a lane for each.
        lost: days that a crown costs everybody.
        step: days of a step of the clock; they are not those of the chain.
        crowns: mean number of reigns that are counted, under the bar with the fewest.
        worlds: numbers of the worlds.
    """
    chain = step * BLOCKS_PER_DAY / STEP
    idea = Tries(per_day=per_day(step / RACERS, STEP), law="exponential", gain=gain, burst=1.0)
    races = [1.0 / incentives.passes_bar(bar, gain) for bar in bars]
    days = max(crowns * (race + lost) + LONGEST * race + lost for race in races)
    contest = scenario([idea], RACERS + 1, days / step, founded=True, disruption_days=lost / chain)
    lanes = [lane(build({"fixed": {"epsilon": incentives.epsilon_of(bar)}}), RacesAfresh()) for bar in bars]
    simulated = world(name, contest, lanes, worlds)
    simulated.run()
    cutoff = [(days - LONGEST * race - lost) / step for race in races]
    return read_reigns(simulated, np.repeat(cutoff, len(worlds)), step)


def clocked(bar: float, gain: float, lost: float, step: float) -> float:
    """What a clock of such steps makes of the descent of an idea a day, as a share.

    In each step each racer has an idea with a small chance. The step after the first that passes crowns it and lets
    the others begin again. Late crowns do not cost the `lost` days again.
    """
    q, each = incentives.passes_bar(bar, gain), step / RACERS
    crowned = 1.0 - (1.0 - each * q) ** RACERS
    found = (bar + gain) * (1.0 + late_crowns(each, RACERS, q)) / ((1.0 / crowned + 1.0) * step + lost)
    return found / incentives.descent(1.0, bar, gain, lost)


def descents(ladder: Ladder, gain: float, bars: Sequence[float], lost: float, step: float) -> list[Sample]:
    """Descent per day under each bar, as without a clock."""
    return [
        Sample(gained / clocked(bar, gain, lost, step), days)
        for bar, gained, days in zip(bars, ladder.gained, ladder.days, strict=True)
    ]


def quotient(over: Sample, under: Sample) -> Sample:
    """The ratio of two ratios of means, of the same worlds: its value plus each world's influence on it."""
    parts = []
    for sample in (over, under):
        assert sample.per is not None  # noqa: S101 - descents have one
        value = sample.values.sum() / sample.per.sum()
        parts.append((value, (sample.values - value * sample.per) / sample.values.mean()))
    (first, up), (second, down) = parts
    return Sample(first / second * (1.0 + up - down))


def read_reigns(simulated: World, cutoff: np.ndarray, step: float) -> Ladder:
    """The reigns that began before a step, by column."""
    crowns, columns = simulated.record.crowns(), simulated.columns
    order = np.lexsort((crowns.block, crowns.column))
    block, column, gain = crowns.block[order] / STEP, crowns.column[order], crowns.gain[order]
    counted = (column[1:] == column[:-1]) & (block[:-1] > 0) & (block[:-1] < cutoff[column[:-1]])
    at, length = column[1:][counted], (block[1:] - block[:-1])[counted] * step
    lanes = len(columns.lanes)
    days, gained, count = (
        np.bincount(at, values, columns.width).reshape(lanes, -1) for values in (length, gain[1:][counted], at >= 0)
    )
    return Ladder(days, gained, count)
