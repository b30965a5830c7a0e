"""A world as theory wants it: no noise, no delays, one rule for all miners; and what was seen of a check in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any
from zlib import crc32

import numpy as np

from policies import Policy
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.mechanism.rules import Rules
from sim.miners.hardware import Fleet
from sim.miners.population import Population
from sim.miners.progress.course import Progress
from sim.miners.strategy import Strategy
from sim.scenario import MOST_MINERS, Economy, Scenario, Validation
from sim.validators.noise import NoiseLevel
from sim.world import World

STEP = 150
"""Blocks of a step of the clock, where nothing asks for finer ones."""
QUIET = NoiseLevel(sample_sd=0.0, page_sd=0.0, kin_sd=0.0, stranger_sd=0.0)
EVERYTHING = 1_000_000
"""More blocks than any step may take."""


@dataclass(frozen=True)
class Sample:
    """What the worlds of a pass showed of a check.

    Attributes:
        values: one per world.
        per: what they are to be divided by, world by world, for a ratio of means; else the mean of `values` is meant.
        tolerance: where nothing is left to chance, how far the number may be off.
        unit: what `tolerance` is counted in, in words.
    """

    values: np.ndarray
    per: np.ndarray | None = None
    tolerance: float | None = None
    unit: str = ""


Found = dict[str, Sample]
"""Samples by the check's id."""

Pass = Callable[[], Found]
"""Some worlds, to be run in any process: a partial call of a module's function."""


def exactly(value: float, tolerance: float = 1e-6, unit: str = "") -> Sample:
    """What one world shows for certain; float32 weights are good to the seventh digit."""
    return Sample(np.array([value]), None, tolerance, unit)


def spread(plan: Sequence[tuple[Callable[[range], Found], int, int, int]], quick: bool) -> list[Pass]:
    """Passes that a plan comes to, from its rows `(worlds to samples, worlds if quick, else, most at once)`."""
    parts: list[Pass] = []
    for live, few, many, size in plan:
        number = few if quick else many
        parts += [partial(live, range(first, min(first + size, number))) for first in range(0, number, size)]
    return parts


def scenario(
    ways: Sequence[Progress], miners: int, steps: float, *, step: int = STEP, wake: int = STEP, **more: Any
) -> Scenario:
    """A contest of equal miners who look up in turn; evaluations take no time, and a king is public at once.

    Args:
        ways: of making progress, each for the same share of the miners.
        miners: how many there are.
        steps: of the clock, until the end.
        step, wake: blocks of a step of the clock, and between two looks of a miner.
        more: other settings; those of `Validation` among them.
    """
    known = {field.name for field in fields(Validation)}
    validation = {
        "load_seconds": 0.0,
        "model_seconds": 0.0,
        "retry_blocks": 0,
        "commit_blocks": 0,
        "queue": MOST_MINERS,
        "window_blocks": step,
    } | {key: more.pop(key) for key in [*more] if key in known}
    given: dict[str, Any] = {
        "progress": tuple((way, 1.0 / len(ways)) for way in ways),
        "noise": QUIET,
        "founded": False,
    } | more
    return Scenario(
        "theory",
        days=steps * step / BLOCKS_PER_DAY,
        miners=miners,
        fleet=Fleet(least=1, most=1, skill=0.0),
        validation=Validation(step, limit_blocks=EVERYTHING, **validation),
        economy=Economy(0.0, 0.0, 0.0),
        wake_blocks=wake,
        in_turn=True,
        public_blocks=0,
        seed_sd=0.0,
        **given,
    )


def lane(policy: Policy, player: Strategy, **rules: Any) -> Lane:
    """A lane where everybody plays alike; every step pays its own king, unless told otherwise."""
    plain: dict[str, Any] = {"delay": 0, "filtered": False, "alpha": 0.0, "keep": 1, "semantics": "king"}
    return Lane("theory", policy, Rules(**plain | rules), Population("theory", ((player, 1.0),)))


def world(name: str, contest: Scenario, lanes: list[Lane], worlds: range) -> World:
    """Worlds of a kind, not yet run; the name of the kind decides all draws."""
    return World(contest, lanes, crc32(name.encode()), worlds)
