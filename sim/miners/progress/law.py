"""Progress by a scaling law: positions are effective tokens, and a finished model has the loss that the law gives."""

from dataclasses import dataclass
from math import pow as power
from typing import Annotated

import numpy as np

from sim.miners.progress.course import Course, Crew
from sim.settings import About, Settings
from sim.traces.laws.published import Chinchilla, law

MOST_TOKENS = 1e18
"""The position of a loss at the law's floor or below it: no miner gets there."""


@dataclass(frozen=True)
class LawProgress(Settings):
    """Training without end at a constant rate, with a cool-down before each publication."""

    law: Annotated[str, About("the constants, one of `sim.traces.laws.published.LAWS`")] = "refinedweb"
    parameters: Annotated[float, About("N, as the law counts it", 1e6, 1e13)] = 3e9
    tokens: Annotated[float, About("tokens that the public model has seen when the contest begins", 1e8, 1e16)] = 5e11
    # a cool-down brings the loss to the law's, but does not bring the run further
    cooldown: Annotated[float, About("share of the tokens that goes into cool-downs", 0, 0.95)] = 0.15
    rewarm_days: Annotated[float, About("days until another's cooled model is warm and as good again", 0, 100)] = 0.5

    def course(self, crew: Crew) -> "LawCourse":
        """See `Progress`."""
        return LawCourse(self, law(self.law), crew)


class LawCourse(Course):
    """See `Course`; work is effective tokens."""

    scratch = 1e9

    floor: float
    data_scale: float
    data_exponent: float
    least: float
    rewarm_days: float
    from_scratch: float

    def __init__(self, progress: LawProgress, constants: Chinchilla, crew: Crew) -> None:
        self.begin, scale, exponent = progress.tokens, constants.data_scale, constants.data_exponent
        self.fill(
            crew,
            progress.parameters,
            crew.hardware.tokens * crew.hardware.skill * (1.0 - progress.cooldown),
            floor=float(constants.floor(progress.parameters)),
            data_scale=scale,
            data_exponent=exponent,
            least=scale * MOST_TOKENS**-exponent,
            rewarm_days=progress.rewarm_days,
            from_scratch=self.scratch,
        )

    def loss(self, position: float) -> float:
        """`E + A / N^a + B / D^b`."""
        return self.floor + self.data_scale * power(position, -self.data_exponent)

    def resume(self, loss: float, rate: float) -> float:
        """The data-equivalent: the law solved for the tokens, less what warming up costs."""
        above = max(loss - self.floor, self.least)
        tokens = power(self.data_scale / above, 1.0 / self.data_exponent)
        return max(tokens - self.rewarm_days * rate, self.from_scratch)

    def pace(self, position: float, loss: float, rate: float) -> float:
        """`b * B * D^-b / L` per relative growth of D, with `B * D^-b` what the loss is above the law's floor."""
        return self.data_exponent * (loss - self.floor) / loss * rate / position

    def pooled(self, work: np.ndarray) -> np.ndarray:
        """All tokens in one run."""
        law, ends = self.records[0], (self.begin, self.begin + work)
        first, last = (law["floor"] + law["data_scale"] * tokens ** -law["data_exponent"] for tokens in ends)
        return np.asarray(-np.log(last / first))
