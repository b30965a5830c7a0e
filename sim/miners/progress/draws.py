"""Progress without memory: every look brings a new, independent model; what the theory of records speaks about."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from policies.arrays import Array
from policies.errors import InputError
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.course import Crew
from sim.streams import stream

NOTHING = -700.0
"""The position of a miner who has drawn nothing yet: a loss of e^700."""


@dataclass(frozen=True)
class DrawsProgress:
    """Independent models, one a look.

    Attributes:
        law: of -ln(loss): `exponential` with mean `scale` (losses U^scale), or `gumbel` with scale `scale` (Weibull
            losses of shape 1 / scale), or `fixed`, which only drifts.
        scale: see there.
        drift: how much better models get per day, in log loss.
        per_day: new models of all miners together per day, as a Poisson process; a new one at every look when left out.
        parameters: size of the models.
    """

    law: Literal["exponential", "gumbel", "fixed"] = "exponential"
    scale: float = 0.01
    drift: float = 0.0
    per_day: float | None = None
    parameters: float = 3e9

    def course(self, crew: Crew) -> "DrawsCourse":
        """See `Progress`."""
        if self.law not in ("exponential", "gumbel", "fixed"):
            raise InputError(f"law is {self.law!r}, but must be exponential, gumbel or fixed", ("law",))
        if not (0 < self.scale <= 10 and abs(self.drift) <= 10 and (self.per_day is None or 0 < self.per_day <= 1e6)):
            raise InputError(
                f"scale is {self.scale:g}, drift {self.drift:g}, per_day {self.per_day}, but scale must be in (0, 10], "
                "drift within 10 and per_day in (0, 1e6]",
                ("scale",),
            )
        return DrawsCourse(self, crew)


class DrawsCourse:
    """See `Course`."""

    begin = NOTHING
    scratch = NOTHING

    def __init__(self, progress: DrawsProgress, crew: Crew) -> None:
        self._crew, self.sizes = crew, progress.parameters
        looks, shape = crew.looks, (crew.looks.count, crew.miners)
        when = (looks.phase + np.arange(looks.count)[:, None] * looks.every) / BLOCKS_PER_DAY
        self._drawn = np.empty((*shape, len(crew.worlds)))
        for place, world in enumerate(crew.worlds):
            random = stream(crew.seed, "world", world, "draws")
            if progress.law == "fixed":
                drawn = np.zeros(shape)
            else:
                drawn = (
                    getattr(random, progress.law)(0.0, progress.scale, shape)
                    if progress.law == "gumbel"
                    else (random.exponential(progress.scale, shape))
                )
            drawn = drawn + progress.drift * when
            if progress.per_day is not None:
                each = progress.per_day / crew.miners * looks.every / BLOCKS_PER_DAY
                arrived = stream(crew.seed, "world", world, "arrivals").poisson(each, shape) > 0
                drawn = np.where(arrived, drawn, np.nan)
            self._drawn[:, :, place] = drawn

    def work(self, rows: np.ndarray, look: np.ndarray, world: np.ndarray) -> Array:
        """The new models; NaN where there is none."""
        return self._crew.place.array(self._drawn[look, rows][:, world])

    def advance(self, position: Array, work: Array) -> Array:
        """A new model replaces the old one; no model is no model, for the old one has been shown."""
        xp = self._crew.place.xp
        return xp.where(xp.isnan(work), NOTHING, work)

    def loss(self, position: Array, rows: Any) -> Array:
        """`exp(-position)`."""
        return self._crew.place.xp.exp(-position)

    def at(self, loss: Array, rows: Any, world: Any) -> Array:
        """Of no use here: the next model is a new one."""
        return -self._crew.place.xp.log(loss)

    def pace(self, position: Array, rows: np.ndarray, world: np.ndarray) -> Array:
        """Nothing is trained on."""
        return self._crew.place.xp.zeros_like(position)

    def pooled(self, work: Array) -> Array:
        """Work does not add up."""
        return work * float("nan")
