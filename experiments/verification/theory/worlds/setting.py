"""Worlds as the closed forms assume them (no noise, no delays, one strategy), and the samples that they give."""

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
"""Blocks of a step of the clock, unless a contest needs finer ones."""
QUIET = NoiseLevel(sample_sd=0.0, page_sd=0.0, kin_sd=0.0, stranger_sd=0.0)
EVERYTHING = 1_000_000
"""Limit of a step in blocks that none reaches."""


@dataclass(frozen=True)
class Sample:
    """What the worlds of a pass gave for one check.

    Attributes:
        values: one per world.
        per: a denominator per world, for a check of sum(values) / sum(per); None: the mean of `values` is checked.
        tolerance: how far a number without randomness may be off; None: the number is random.
        unit: unit of `tolerance`.
    """

    values: np.ndarray
    per: np.ndarray | None = None
    tolerance: float | None = None
    unit: str = ""


Found = dict[str, Sample]
"""Samples by the check's id."""

Pass = Callable[[], Found]
"""Simulates some worlds and returns their samples: a partial call of a module's function, so that it can be pickled."""


def exactly(value: float, tolerance: float = 1e-6, unit: str = "") -> Sample:
    """The sample of a number without randomness; float32 weights are good to the seventh digit."""
    return Sample(np.array([value]), None, tolerance, unit)


def split(plan: Sequence[tuple[Callable[[range], Found], int, int, int]], quick: bool) -> list[Pass]:
    """The passes of a plan; its rows are `(worlds to samples, worlds if quick, else, most worlds per pass)`."""
    parts: list[Pass] = []
    for live, few, many, size in plan:
        number = few if quick else many
        parts += [partial(live, range(first, min(first + size, number))) for first in range(0, number, size)]
    return parts


def scenario(
    ways: Sequence[Progress], miners: int, steps: float, *, step: int = STEP, wake: int = STEP, **more: Any
) -> Scenario:
    """A contest of equal miners that look in turn; evaluations take no time, and a king is public at once.

    Args:
        ways: ways of making progress, each for the same share of the miners.
        miners: number of miners.
        steps: length of the contest in steps of the clock.
        step, wake: blocks of a step of the clock, and between two looks of a miner.
        more: other fields of `Scenario` or `Validation`.
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
        "fleet": Fleet(least=1, most=1, skill=0.0),
        "economy": Economy(0.0, 0.0, 0.0),
    } | more
    return Scenario(
        "theory",
        days=steps * step / BLOCKS_PER_DAY,
        miners=miners,
        validation=Validation(step, limit_blocks=EVERYTHING, **validation),
        wake_blocks=wake,
        in_turn=True,
        public_blocks=0,
        seed_sd=0.0,
        **given,
    )


def lane(policy: Policy, player: Strategy, **rules: Any) -> Lane:
    """A lane in which all miners play alike; every step pays the king of that step, unless `rules` say otherwise."""
    plain: dict[str, Any] = {"delay": 0, "filtered": False, "alpha": 0.0, "keep": 1, "semantics": "king"}
    return Lane("theory", policy, Rules(**plain | rules), Population("theory", ((player, 1.0),)))


def world(name: str, contest: Scenario, lanes: list[Lane], worlds: range) -> World:
    """Worlds that have not run yet; the name is the seed of all draws."""
    return World(contest, lanes, crc32(name.encode()), worlds)
