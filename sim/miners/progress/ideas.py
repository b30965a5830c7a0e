"""Progress by ideas: each miner has one now and then, and each takes a share off the loss."""

from dataclasses import dataclass
from math import exp, log
from typing import Annotated, Literal

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.course import Course, Crew, Ideas, Size
from sim.settings import About, Settings
from sim.streams import stream


@dataclass(frozen=True)
class IdeasProgress(Settings):
    """Ideas with gains of a law."""

    start_loss: Annotated[float, About("loss of the public model", 1e-6, 1e6, "nats")] = 2.45
    per_day: Annotated[float, About("ideas of a miner per day, at skill 1", 0, 1e4)] = 0.2
    law: Annotated[
        Literal["lognormal", "exponential"], About("of the gains: `lognormal`, or `exponential` as theory has it")
    ] = "lognormal"
    # in a mature race 0.0025 nats at 2.45, with a sigma of 1.2
    gain: Annotated[float, About("median gain of an idea, in log loss; the mean where it is exponential", 0, 1)] = 0.001
    sigma: Annotated[float, About("of the log-normal gains; 0 makes all gains alike", 0, 5)] = 1.2
    burst: Annotated[
        float, About("shape of the gamma gaps between ideas: 1 is a Poisson process, races show 0.3 to 0.5", 0.05, 100)
    ] = 0.5
    parameters: Size = 3e9

    @property
    def mean_gain(self) -> float:
        """Of an idea, in log loss."""
        return self.gain if self.law == "exponential" else float(self.gain * np.exp(self.sigma**2 / 2.0))

    def course(self, crew: Crew) -> "IdeasCourse":
        """See `Progress`."""
        return IdeasCourse(self, crew)


class IdeasCourse(Course):
    """See `Course`."""

    begin = 0.0
    scratch = -1.0

    start: float

    def __init__(self, progress: IdeasProgress, crew: Crew) -> None:
        rate = progress.per_day * crew.hardware.skill
        mean_gain = rate * progress.mean_gain
        self.fill(crew, progress.parameters, mean_gain, start=progress.start_loss)
        self._gained = np.zeros((crew.looks.count, crew.miners, len(crew.worlds)))
        self._places, self._ideas = [], list[np.ndarray]()
        for place, world in enumerate(crew.worlds):
            for miner in range(crew.miners):
                look, gain = draw_ideas(progress, crew, world, miner, float(rate[miner, place]) * crew.most)
                self._gained[:, miner, place] = np.bincount(look, gain, crew.looks.count)
                if crew.responds:
                    mark = stream(crew.seed, "world", world, "idea marks", miner).random(len(look))
                    self._places.append((place * crew.miners + miner) * crew.looks.count + look)
                    self._ideas.append(np.stack([gain, mark]))

    def work(self, rows: np.ndarray, look: np.ndarray) -> np.ndarray:
        """Log loss gained by the ideas of the interval."""
        return np.asarray(self._gained[look, rows])

    def ideas(self, rows: np.ndarray, look: np.ndarray) -> Ideas:
        """Ideas of the intervals."""
        ordered, every = np.concatenate(self._places), np.concatenate(self._ideas, axis=1)
        miners, worlds = self._gained.shape[1:]
        place = (np.arange(worlds) * miners + rows[:, None]) * len(self._gained) + look[:, None]
        return Ideas(np.searchsorted(ordered, place), np.searchsorted(ordered, place, side="right"), *every)

    def loss(self, position: float) -> float:
        """The start loss less all gains."""
        return self.start * exp(-position)

    def resume(self, loss: float, rate: float) -> float:
        """An idea works on any model at once."""
        return -log(loss / self.start)

    def pace(self, position: float, loss: float, rate: float) -> float:
        """The mean gain of an idea times ideas per day."""
        return rate

    def pooled(self, work: np.ndarray) -> np.ndarray:
        """All ideas in one model."""
        return work


def draw_ideas(
    progress: IdeasProgress, crew: Crew, world: int, miner: int, rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """A miner's ideas in the order of time: the look at which each counts, and the log loss it gains, `[ideas]`."""
    looks = crew.looks
    days = looks.horizon / BLOCKS_PER_DAY
    random = stream(crew.seed, "world", world, "ideas", miner)
    most = int(rate * days + 10.0 * np.sqrt(rate * days / min(progress.burst, 1.0)) + 20.0) if rate else 0
    gaps = random.gamma(progress.burst, 1.0 / (progress.burst * max(rate, 1e-12)), most)
    if most:  # ideas have been coming before: the contest begins somewhere in a gap, more likely in a long one
        gaps[0] = random.gamma(progress.burst + 1.0, 1.0 / (progress.burst * rate)) * random.random()
    when = np.cumsum(gaps) * BLOCKS_PER_DAY
    if progress.law == "exponential":
        gain = progress.gain * random.standard_exponential(most)
    else:
        gain = progress.gain * np.exp(progress.sigma * random.standard_normal(most))
    # an idea counts from the first look at or after it; those after the last look never do
    number = np.ceil((when - looks.phase[miner]) / looks.every).clip(0)
    in_time = number < looks.count
    return number[in_time].astype(int), gain[in_time]
