"""Progress by a scaling law: positions are effective tokens, and a finished model stands where the law says."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from policies.arrays import Array
from sim.bounds import Bound, within
from sim.miners.progress.course import Crew
from sim.traces.laws.chinchilla import Chinchilla
from sim.traces.laws.published import law

MOST_TOKENS = 1e18
"""Where a loss at the law's floor or below it is put: nobody gets there."""


@dataclass(frozen=True)
class LawProgress:
    """Training on, and on, at a constant rate, with a cool-down before each publication.

    Attributes:
        law: the constants, one of `sim.traces.laws.published.LAWS`.
        parameters: N, as the law counts it.
        tokens: that the public model has seen when the contest begins.
        cooldown: share of a stretch's tokens that goes into its cool-down, which brings the loss to the law's but does
            not bring the run further.
        rewarm_days: days until somebody else's cooled model has been warmed up and is as good again.
    """

    law: str = "refinedweb"
    parameters: float = 3e9
    tokens: float = 5e11
    cooldown: float = 0.15
    rewarm_days: float = 0.5

    def course(self, crew: Crew) -> "LawCourse":
        """See `Progress`."""
        within(self, _BOUNDS)
        return LawCourse(self, law(self.law), crew)


_BOUNDS: tuple[Bound, ...] = (
    ("parameters", 1e6, 1e13),
    ("tokens", 1e8, 1e16),
    ("cooldown", 0.0, 0.95),
    ("rewarm_days", 0.0, 100.0),
)


class LawCourse:
    """See `Course`."""

    scratch = 1e9

    def __init__(self, progress: LawProgress, constants: Chinchilla, crew: Crew) -> None:
        self.begin, self.sizes = progress.tokens, progress.parameters
        self._crew, self._law = crew, constants
        self._floor = float(constants.floor(progress.parameters))
        self._rate = crew.hardware.tokens * crew.hardware.skill * (1.0 - progress.cooldown)
        self._rewarm = progress.rewarm_days * self._rate

    def work(self, rows: np.ndarray, look: np.ndarray, world: np.ndarray) -> Array:
        """Effective tokens."""
        return self._crew.place.array(self._rate[rows][:, world] * self._crew.looks.days(rows, look))

    def advance(self, position: Array, work: Array) -> Array:
        """Tokens add up."""
        return position + work

    def loss(self, position: Array, rows: Any) -> Array:
        """`E + A / N^a + B / D^b`."""
        return self._floor + self._law.data_scale * position**-self._law.data_exponent

    def at(self, loss: Array, rows: Any, world: Any) -> Array:
        """The data-equivalent: the law solved for the tokens, less what warming up costs."""
        xp = self._crew.place.xp
        above = xp.where(loss > self._floor, loss - self._floor, 0.0)
        least = self._law.data_scale * MOST_TOKENS**-self._law.data_exponent
        tokens = (self._law.data_scale / xp.where(above > least, above, least)) ** (1.0 / self._law.data_exponent)
        spent = self._crew.place.array(self._rewarm)[rows, world]
        return xp.where(tokens > self.scratch + spent, tokens - spent, self.scratch)

    def pace(self, position: Array, rows: np.ndarray, world: np.ndarray) -> Array:
        """`b * B * D^-b / L` per relative growth of D."""
        data = self._law.data_scale * position**-self._law.data_exponent
        rate = self._crew.place.array(self._rate[rows][:, world])
        return self._law.data_exponent * data / (self._floor + data) * rate / position

    def pooled(self, work: Array) -> Array:
        """All tokens in one run."""
        xp = self._crew.place.xp
        first = float(self.loss(np.float64(self.begin), None))
        return -xp.log(self.loss(self.begin + work, None) / first)
