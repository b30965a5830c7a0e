"""A free decreasing curve through seven ages."""

from policies.base import Decay, Parameter
from policies.numbers import clamp

AGES = (0.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 57_600.0)
"""Blocks: 0, a quarter, a half, 1, 2, 4 and 8 days."""


def _share_kept(before: str) -> Parameter:
    return Parameter(f"share of the excess kept {before}", "1", 0.0, 1.0, 0.6, (0.0, 1.0))


class Knots(Decay):
    """Straight lines between knots at 0, 1/4, 1/2, 1, 2, 4, 8 days; each u is the share of the excess kept.

    Free-form, and never increasing by construction: the search may draw any curve that falls.
    """

    formula = "knot i at end + (start - end) * u1 * ... * ui; straight between knots, constant after 8 days"
    source = "catalogue of steepest"
    fails = "fits the scenarios it was searched on; needs a held-out test"

    u1 = _share_kept("from age 0 to 1/4 day")
    u2 = _share_kept("from 1/4 to 1/2 day")
    u3 = _share_kept("from 1/2 day to 1 day")
    u4 = _share_kept("from day 1 to day 2")
    u5 = _share_kept("from day 2 to day 4")
    u6 = _share_kept("from day 4 to day 8")
    level: float
    slope1: float
    slope2: float
    slope3: float
    slope4: float
    slope5: float
    slope6: float

    def prepare(self) -> dict[str, float]:
        """The loss per block between two knots, and the level from which `curve` subtracts the losses."""
        excess, level, slopes = self.start - self.end, self.start, {}
        for i, kept in enumerate((self.u1, self.u2, self.u3, self.u4, self.u5, self.u6)):
            slope = (excess - excess * kept) / (AGES[i + 1] - AGES[i])
            level = level + slope * AGES[i]
            slopes[f"slope{i + 1}"] = slope
            excess = excess * kept
        return {"level": level, **slopes}

    def curve(self, age: float) -> float:
        """The level less the loss in each interval: its slope times the age clamped to the interval.

        This has no branch or loop, which compiles to fast code; `level` makes up for the clamp at the left knot.
        """
        lost = self.slope1 * clamp(age, AGES[0], AGES[1])
        lost = lost + self.slope2 * clamp(age, AGES[1], AGES[2])
        lost = lost + self.slope3 * clamp(age, AGES[2], AGES[3])
        lost = lost + self.slope4 * clamp(age, AGES[3], AGES[4])
        lost = lost + self.slope5 * clamp(age, AGES[4], AGES[5])
        lost = lost + self.slope6 * clamp(age, AGES[5], AGES[6])
        return clamp(self.level - lost, 0.0, 1.0)
