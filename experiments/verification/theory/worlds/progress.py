"""Ways of making progress that only the closed forms need: given losses, and a frontier by any power law."""

from dataclasses import dataclass

import numpy as np

from experiments.verification.theory.reigns import Frontier
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.course import Course, Crew
from sim.miners.progress.law import LawCourse, LawProgress
from sim.traces.laws.published import Chinchilla


@dataclass(frozen=True)
class Given:
    """Miner m has a model of loss `losses[m]` from the beginning, and never another."""

    losses: tuple[float, ...]
    parameters: float = 3e9

    def course(self, crew: Crew) -> "GivenCourse":
        """See `Progress`."""
        return GivenCourse(self, crew)


class GivenCourse(Course):
    """See `Course`; a position has no meaning here."""

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
        """The miner's given loss."""
        return self.given

    def resume(self, loss: float, rate: float) -> float:
        """No model is trained on."""
        return 0.0

    def pace(self, position: float, loss: float, rate: float) -> float:
        """No progress."""
        return 0.0

    def pooled(self, work: np.ndarray) -> np.ndarray:
        """Nothing has been worked."""
        return np.zeros_like(work)


@dataclass(frozen=True)
class Along:
    """Every miner's own model moves down a frontier at the same pace; all have the same hardware.

    Attributes:
        frontier: loss by time.
        first: loss of the public model at the beginning of the contest.
        days: training time from nothing to that loss.
        parameters: size of the models; it changes nothing here.
    """

    frontier: Frontier
    first: float
    days: float
    parameters: float = 3e9

    def course(self, crew: Crew) -> LawCourse:
        """A scaling law in tokens, at a constant rate of tokens without pauses."""
        begin = self.days * float(crew.hardware.tokens[0, 0])
        unit = begin / self.frontier.time(self.first)
        scale = self.frontier.scale * unit**self.frontier.power
        constants = Chinchilla(self.frontier.floor, 0.0, 1.0, scale, self.frontier.power)
        return LawCourse(LawProgress("", self.parameters, begin, 0.0, 0.0), constants, crew)


def per_day(per_look: float, blocks: int) -> float:
    """Arrivals per day of a Poisson process that brings a model to a look with probability `per_look`.

    Args:
        per_look: P(one arrival or more between two looks).
        blocks: blocks between two looks.
    """
    return float(-np.log1p(-per_look)) * BLOCKS_PER_DAY / blocks
