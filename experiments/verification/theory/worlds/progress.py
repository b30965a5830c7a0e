"""Ways of making progress that only the closed forms need: given losses, a frontier by any power law, single ideas."""

from dataclasses import dataclass, replace
from math import exp, log

import numpy as np

from experiments.verification.theory.reigns import Frontier
from policies.numbers import floor
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.course import Course, Crew
from sim.miners.progress.ideas import IdeasCourse, IdeasProgress
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


@dataclass(frozen=True)
class Tries(IdeasProgress):
    """Ideas are tried one at a time on the king's model: one that was not enough is dropped for the next.

    So it is in the closed forms of ladders; miners of the world's own ideas keep them all. Of the ideas between two
    looks the last one counts.
    """

    def course(self, crew: Crew) -> "TriesCourse":
        """See `Progress`."""
        return TriesCourse(self, crew)


class TriesCourse(IdeasCourse):
    """See `Course`; a position is the log loss that the king had gained, in units of `UNIT`, plus the idea's gain."""

    def __init__(self, progress: IdeasProgress, crew: Crew) -> None:
        super().__init__(progress, replace(crew, responds=True))  # then ideas are there one by one
        gained = np.zeros((len(crew.worlds), crew.miners, crew.looks.count))
        for number, (place, idea) in enumerate(zip(self._places, self._ideas, strict=True)):
            last = np.append(place[1:] != place[:-1], np.ones(min(len(place), 1), np.bool_))
            self._places[number], self._ideas[number] = place[last], idea[:, last]
            gained.reshape(-1)[place[last]] = idea[0, last]
        self._gained = np.ascontiguousarray(gained.transpose(2, 1, 0))

    def advance(self, position: float, work: float) -> float:
        """A new idea in the place of the old one."""
        return floor(position) + work if work > 0.0 else position

    def loss(self, position: float) -> float:
        """The start loss less the king's gains and the idea's."""
        king = floor(position)
        return self.start * exp(-king * UNIT - (position - king))

    def resume(self, loss: float, rate: float) -> float:
        """The king's model, at most one unit worse, so that it does not beat itself."""
        return floor(-log(loss / self.start) / UNIT)


UNIT = 1e-8
"""In log loss: far less than a gain, and so much that both parts of a position have their digits."""


def per_day(per_look: float, blocks: int) -> float:
    """Arrivals per day of a Poisson process that brings a model to a look with probability `per_look`.

    Args:
        per_look: P(one arrival or more between two looks).
        blocks: blocks between two looks.
    """
    return float(-np.log1p(-per_look)) * BLOCKS_PER_DAY / blocks
