"""Progress without memory: every look brings a new, independent model, as the theory of records assumes."""

from dataclasses import dataclass
from math import exp, isnan, log
from typing import Annotated, Literal

import numpy as np

from policies.errors import InputError
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.course import Course, Crew, Size
from sim.settings import About, Settings
from sim.streams import stream

NOTHING = -700.0
"""The position of a miner that has drawn nothing yet: a loss of e^700."""


@dataclass(frozen=True)
class DrawsProgress(Settings):
    """Independent models, one a look."""

    # losses are U^scale with U uniform, or Weibull of shape 1 / scale
    law: Annotated[
        Literal["exponential", "gumbel", "fixed"],
        About("of -ln(loss): `exponential` with mean `scale`, `gumbel` with scale `scale`, or `fixed`: drift alone"),
    ] = "exponential"
    scale: Annotated[float, About("mean or scale of the law", 1e-9, 10)] = 0.01
    drift: Annotated[float, About("how much better models get per day, in log loss", -10, 10)] = 0.0
    per_day: Annotated[
        float | None,
        About("new models per day, by all miners, a Poisson process; one at every look when left out", 1e-6, 1e6),
    ] = None
    parameters: Size = 3e9

    def course(self, crew: Crew) -> "DrawsCourse":
        """See `Progress`."""
        if self.law not in ("exponential", "gumbel", "fixed"):
            raise InputError(f"law is {self.law!r}, but must be exponential, gumbel or fixed", ("law",))
        return DrawsCourse(self, crew)


class DrawsCourse(Course):
    """See `Course`."""

    begin = NOTHING
    scratch = NOTHING

    def __init__(self, progress: DrawsProgress, crew: Crew) -> None:
        self.fill(crew, progress.parameters, np.zeros((crew.miners, len(crew.worlds))), nothing=0.0)
        looks, shape = crew.looks, (crew.looks.count, crew.miners)
        when = (looks.phase + np.arange(looks.count)[:, None] * looks.every) / BLOCKS_PER_DAY
        self._drawn = np.zeros((*shape, len(crew.worlds)))
        for place, world in enumerate(crew.worlds):
            drawn, random = self._drawn[:, :, place], stream(crew.seed, "world", world, "draws")
            if progress.law == "gumbel":
                drawn += random.gumbel(0.0, progress.scale, shape)
            elif progress.law == "exponential":
                drawn += random.exponential(progress.scale, shape)
            drawn += progress.drift * when
            if progress.per_day is not None:
                each = progress.per_day / crew.miners * looks.every / BLOCKS_PER_DAY
                drawn[stream(crew.seed, "world", world, "arrivals").poisson(each, shape) == 0] = np.nan

    def work(self, rows: np.ndarray, look: np.ndarray) -> np.ndarray:
        """The positions of the new models; NaN where there is none."""
        return np.asarray(self._drawn[look, rows])

    def advance(self, position: float, work: float) -> float:
        """A new model replaces the old one; without a new one there is none, for the old one has been shown."""
        return NOTHING if isnan(work) else work

    def loss(self, position: float) -> float:
        """`exp(-position)`."""
        return exp(-position)

    def resume(self, loss: float, rate: float) -> float:
        """The position of that loss; it lasts until the next look, which brings a new model."""
        return -log(loss)

    def pace(self, position: float, loss: float, rate: float) -> float:
        """No model is trained on."""
        return 0.0
