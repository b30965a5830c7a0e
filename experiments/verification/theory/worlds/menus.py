"""Menus: which technology is crowned, which way a crowd turns, and how large the ideas are that crowns ask for."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from experiments.verification.theory import incentives, menu_checks
from experiments.verification.theory.menu_checks import (
    AMBITIONS,
    CROWD,
    FAR,
    HEADS,
    MENUS,
    SIDES,
    SIZE_HEADS,
    SIZES,
    UNIT,
)
from experiments.verification.theory.worlds.ladders import climb, descents, quotient
from experiments.verification.theory.worlds.players import RacesAfresh
from experiments.verification.theory.worlds.progress import Tries, per_day
from experiments.verification.theory.worlds.setting import STEP, Found, Pass, Sample, lane, scenario, split, world
from policies import build
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.miners.responses import Choosing
from sim.scenario import Economy

RARE, OFTEN = 0.01, 0.05
"""Crowns per step of the clock: few, as two of one step depend on each other, and more where that hardly matters."""
MEMORY, BEGUN, COUNTED = 400.0, 5.0, 3.0
"""Crowns in the memory by which a crowd chooses; memories until it has settled, and for which it is watched."""
EVERY = 20
"""Steps between two looks at it."""


def passes(quick: bool) -> list[Pass]:
    """The passes of these results, or the quick ones."""
    crowds = [(partial(crowd, menu, side), 0, 16, 16) for menu in MENUS for side in FAR]
    first = ("ten", "switch")
    mixes = [
        (partial(mixed, menu, side), 100 if (menu, side) == first else 0, 600, 600) for menu in MENUS for side in SIDES
    ]
    sizes = [(partial(sized, name), 100 if name == "best" else 0, 600, 600) for name in AMBITIONS]
    speeds = [(partial(factor, menu), 60 if menu == "ten" else 0, 400, 200) for menu in MENUS]
    return split([*crowds, *mixes, *sizes, *speeds, (ambitions, 60, 400, 200)], quick)


def mixed(menu: str, side: str, worlds: range) -> Found:
    """Who is crowned where both technologies have the same heads, at the bar at which both are, below or above."""
    rates, gains = MENUS[menu]
    bar = SIDES[side] * incentives.switch(rates, gains)
    count = _crowns(f"menu {menu} {side}", rates, gains, menu_checks.crowned(menu, bar), HEADS, bar, worlds)
    return {f"menu crowns {menu} bar={side}": Sample(count[0], count.sum(axis=0))}


def sized(name: str, worlds: range) -> Found:
    """Who is crowned among ideas of three sizes, of which larger ones are rarer."""
    bar = AMBITIONS[name] * UNIT
    sizes = [share * incentives.ambition(bar, UNIT) for share in SIZES]
    rates = [incentives.ambitious_rate(size, UNIT, 1.0) for size in sizes]
    crowned = [menu_checks.ambitious(size, bar) for size in sizes]
    count = _crowns(f"ambition {name}", rates, sizes, crowned, SIZE_HEADS, bar, worlds)
    return {f"ambition crowns bar={name}": Sample(count[1], count.sum(axis=0))}


def factor(menu: str, worlds: range) -> Found:
    """Descent of a crowd with large steps over that of one with small ones, at the bar of the switch."""
    rates, gains = MENUS[menu]
    bar = incentives.switch(rates, gains)
    small, large = (
        _speed(f"menu {menu} {gain:g}", rate, bar, gain, worlds) for rate, gain in zip(rates, gains, strict=True)
    )
    return {f"menu descent {menu}": quotient(large, small)}


def ambitions(worlds: range) -> Found:
    """Descent of crowds that have ideas of the size that is crowned most often, or of the size that is paid best."""
    found: Found = {}
    for name, share in AMBITIONS.items():
        bar = share * UNIT
        size = incentives.ambition(bar, UNIT)
        rate = incentives.ambitious_rate(size, UNIT, 1.0)
        found[f"ambition descent bar={name}"] = _speed(f"ambition {name}", rate / UNIT, bar, size, worlds)
    rate = incentives.ambitious_rate(UNIT, UNIT, 1.0)
    return found | {"ambition descent paid-by-gain": _speed("ambition paid", rate / UNIT, 0.0, UNIT, worlds)}


def crowd(menu: str, side: str, worlds: range) -> Found:
    """The share of the racers on small steps, where all choose anew at every crown by what the courses pay."""
    rates, gains = MENUS[menu]
    bar = FAR[side] * incentives.switch(rates, gains)
    crowned = menu_checks.crowned(menu, bar)
    share = incentives.crowd_share(crowned, CROWD, menu_checks.TEMPERATURE, menu_checks.EXPLORE)
    # days of these rates in a step
    unit = OFTEN / (CROWD - 1) / (share * crowned[0] + (1.0 - share) * crowned[1])
    memory = MEMORY / OFTEN  # steps
    choosing = Choosing(
        memory_days=memory * STEP / BLOCKS_PER_DAY,
        temperature=menu_checks.TEMPERATURE,
        explore=menu_checks.EXPLORE,
    )
    courses = tuple(zip(("small", "large"), _tries(rates, gains, unit), strict=True))
    contest = scenario(
        [courses[0][1]],
        CROWD,
        (BEGUN + COUNTED) * memory,
        founded=True,
        menu=courses,
        choosing=choosing,
        economy=Economy(1.0, 0.0, 0.0),
    )
    simulated = world(f"menu {menu} {side}", contest, [_fixed(bar)], worlds)
    small: list[np.ndarray] = []

    def watch(now: int) -> None:
        if now >= BEGUN * memory * STEP and now // STEP % EVERY == 0:
            on = simulated.miners.course == 0
            king = on[simulated.kings, np.arange(simulated.columns.width)]
            small.append((on.sum(axis=0) - king) / (CROWD - 1.0))

    simulated.run(watch)
    return {f"menu crowd {menu} bar={side}": Sample(np.mean(small, axis=0))}


def _crowns(
    name: str, rates: Sequence[float], gains: Sequence[float], crowned: Sequence[float], heads: Sequence[int],
    bar: float, worlds: range,
) -> np.ndarray:  # fmt: skip
    """Crowns by technology, `[technologies, worlds]`; 25 on average in a world."""
    unit = RARE / float(np.dot(heads, crowned))
    contest = scenario(_tries(rates, gains, unit), sum(heads), 25.0 / RARE, founded=True)
    simulated = world(name, contest, [_fixed(bar)], worlds)
    crowns = simulated.run().crowns()
    crowns = crowns[crowns.block > 0]
    kind = simulated.miners.courses.kind
    assert np.bincount(kind).tolist() == [*heads]  # noqa: S101 - so the world spreads ways over miners
    return np.stack(
        [np.bincount(crowns.column[kind[crowns.miner] == k], minlength=len(worlds)) for k in np.unique(kind)]
    )


def _speed(name: str, rate: float, bar: float, gain: float, worlds: range) -> Sample:
    """Descent of a crowd that has so many ideas a day."""
    ladder = climb(name, gain, [bar], 0.0, 0.05, 15.0, worlds)
    (speed,) = descents(ladder, gain, [bar], 0.0, 0.05)
    return Sample(rate * speed.values, speed.per)


def _tries(rates: Sequence[float], gains: Sequence[float], unit: float) -> list[Tries]:
    """Ideas of these rates, per day of which a step has `unit`."""
    return [
        Tries(per_day=per_day(rate * unit, STEP), law="exponential", gain=gain, burst=1.0)
        for rate, gain in zip(rates, gains, strict=True)
    ]


def _fixed(bar: float) -> Lane:
    return lane(build({"fixed": {"epsilon": incentives.epsilon_of(bar)}}), RacesAfresh())
