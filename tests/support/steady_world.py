"""Tiny worlds that can be followed by hand: everybody gains at a rate of its own, in turn, and nothing is noisy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import Any

import numpy as np

from policies import build
from sim.lanes import Lane
from sim.mechanism.rules import Rules
from sim.miners.hardware import Fleet
from sim.miners.population import Population
from sim.miners.progress.course import Course, Crew
from sim.miners.strategies import build as strategy
from sim.scenario import Economy, Scenario, Validation
from sim.validators.noise import NoiseLevel
from sim.world import World

SEED = 1406
"""With this seed the order of roles in world 0 is the miners' own order, for two to five of them."""

START = 2.5
QUIET = NoiseLevel(sample_sd=0.0, page_sd=0.0, kin_sd=0.0, stranger_sd=0.0)
AT_ONCE = Validation(load_seconds=0.0, model_seconds=0.0)
"""Evaluations take no time."""


@dataclass(frozen=True)
class Steady:
    """Progress: miner m gains `rates[m]` of log loss per day on whatever model it has; the public one has 2.5 nats.

    Its models have `sizes[m]` parameters, or all have the same.
    """

    rates: tuple[float, ...]
    parameters: float = 3e9
    sizes: tuple[float, ...] | None = None

    def course(self, crew: Crew) -> "SteadyCourse":
        """See `Progress`."""
        return SteadyCourse(self, crew)


class SteadyCourse(Course):
    """See `Course`; a position is the log loss gained since the public model."""

    begin = 0.0
    scratch = -1.0

    start: float

    def __init__(self, progress: Steady, crew: Crew) -> None:
        sizes = progress.parameters if progress.sizes is None else np.array(progress.sizes)
        rate = np.repeat(np.array(progress.rates)[:, None], len(crew.worlds), axis=1)
        self.fill(crew, sizes, rate, start=START)

    def loss(self, position: float) -> float:
        """`START * exp(-position)`."""
        return self.start * exp(-position)

    def resume(self, loss: float, rate: float) -> float:
        """The gain that leads there."""
        return -log(loss / self.start)

    def pace(self, position: float, loss: float, rate: float) -> float:
        """The rate."""
        return rate

    def pooled(self, work: np.ndarray) -> np.ndarray:
        """All gains in one model."""
        return work


def steady(*rates: float, days: float = 4.0, validation: Validation = AT_ONCE, **given: Any) -> Scenario:
    """A contest of miners with these rates (log loss per day), that look up four times a day, one after the other."""
    plain = Scenario(
        "steady",
        days=days,
        miners=len(rates),
        progress=((Steady(rates), 1.0),),
        fleet=Fleet(skill=0.0),
        noise=QUIET,
        validation=validation,
        economy=Economy(usd_per_day=1000.0, registration_usd=10.0),
        in_turn=True,
        seed_sd=0.0,
    )
    return replace(plain, **given)


def lane(policy: object, *strategies: object, name: str = "", **rules: object) -> Lane:
    """A lane of a policy's spec, with the first miners following these strategies, one each; the rest are honest."""
    population = Population("own", ((strategy("honest"), 1.0),), tuple(strategy(s) for s in strategies))
    return Lane(name or str(policy), build(policy), Rules(**rules), population)


def ended(scenario: Scenario, *lanes: Lane, worlds: Sequence[int] = (0,)) -> World:
    """The world after its last step."""
    world = World(scenario, lanes, SEED, worlds)
    world.run()
    return world


def kings(world: World, column: int = 0) -> list[tuple[int, int]]:
    """`(block, miner)` of every crown in a column."""
    found = world.record.crowns()
    mine = found.column == column
    return list(zip(found.block[mine].tolist(), found.miner[mine].tolist(), strict=True))
