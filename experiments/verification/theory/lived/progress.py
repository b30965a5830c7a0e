"""Ways of making progress that only theory needs: models that are given, and a frontier of any power law."""

from dataclasses import dataclass

import numpy as np

from experiments.verification.theory.reigns import Frontier
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.course import Course, Crew
from sim.miners.progress.law import LawCourse, LawProgress
from sim.traces.laws.chinchilla import Chinchilla


@dataclass(frozen=True)
class Given:
    """Miner m has a model of loss `losses[m]` from the beginning, and never another."""

    losses: tuple[float, ...]
    parameters: float = 3e9

    def course(self, crew: Crew) -> "GivenCourse":
        """See `Progress`."""
        return GivenCourse(self, crew)


class GivenCourse(Course):
    """See `Course`; positions mean nothing."""

    begin = 0.0
    sizes = Given.parameters

    given: float

    def __init__(self, progress: Given, crew: Crew) -> None:
        self.records = np.array([(loss,) for loss in progress.losses], [("given", "f8")])
        self.which = np.arange(crew.miners)
        self.rate = np.zeros((crew.miners, len(crew.worlds)))

    def work(self, rows: np.ndarray, look: np.ndarray) -> np.ndarray:
        """Nothing."""
        return np.asarray(self.rate[rows])

    def loss(self, position: float) -> float:
        """The miner's own, wherever it stands."""
        return self.given

    def resume(self, loss: float, rate: float) -> float:
        """Nobody trains on anything."""
        return 0.0

    def pace(self, position: float, loss: float, rate: float) -> float:
        """None."""
        return 0.0

    def pooled(self, work: np.ndarray) -> np.ndarray:
        """Nothing has been worked."""
        return np.zeros_like(work)


@dataclass(frozen=True)
class Along:
    """Everybody's own model moves down a frontier at the same pace; all have the same hardware.

    Attributes:
        frontier: loss by time.
        first: loss of the public model, which is where the contest begins.
        days: how long it takes to get there from nothing.
        parameters: size of the models, which here means nothing.
    """

    frontier: Frontier
    first: float
    days: float
    parameters: float = 3e9

    def course(self, crew: Crew) -> LawCourse:
        """A scaling law in tokens, which come at a constant rate and without pauses."""
        begin = self.days * float(crew.hardware.tokens[0, 0])
        unit = begin / self.frontier.time(self.first)
        scale = self.frontier.scale * unit**self.frontier.power
        constants = Chinchilla(self.frontier.floor, 0.0, 1.0, scale, self.frontier.power)
        return LawCourse(LawProgress("", self.parameters, begin, 0.0, 0.0), constants, crew)


def per_day(per_look: float, blocks: int) -> float:
    """Arrivals per day of a Poisson process that brings one or more to a look every so many blocks with a chance."""
    return float(-np.log1p(-per_look)) * BLOCKS_PER_DAY / blocks
