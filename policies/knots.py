"""P10: a free curve through seven ages."""

from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.parameter import Parameter, end_epsilon, start_epsilon

AGES = (0.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 57_600.0)
"""Blocks: 0, a quarter, a half, 1, 2, 4 and 8 days."""


def _kept(before: str) -> Parameter:
    return Parameter(f"share of the excess kept {before}", "1", 0.0, 1.0, 0.6, (0.0, 1.0))


class Knots(Policy):
    """Straight lines between knots at 0, 1/4, 1/2, 1, 2, 4, 8 days; each u is the share of the excess kept.

    Free-form, and never increasing by construction: the search may draw any curve that falls.
    """

    formula = "knot i at end + (start - end) * u1 * ... * ui; straight between knots, constant after 8 days"
    source = "catalogue of steepest, P10"
    fails = "fits the scenarios it was searched on; needs a held-out test"
    rules = (("end", "<=", "start"),)

    start = start_epsilon()
    end = end_epsilon()
    u1 = _kept("from age 0 to 1/4 day")
    u2 = _kept("from 1/4 to 1/2 day")
    u3 = _kept("from 1/2 day to 1 day")
    u4 = _kept("from day 1 to day 2")
    u5 = _kept("from day 2 to day 4")
    u6 = _kept("from day 4 to day 8")

    def curve(self, age: Array, xp: Any) -> Array:
        """Formula P10: the start, less what has been lost in each stretch so far.

        A stretch loses slope * (age - its first age), the age kept within it. What does not depend on the age is added
        up beforehand, so that few operations run over all ages.
        """
        excess = self.start - self.end
        level, lost = self.start, 0.0
        for i, kept in enumerate((self.u1, self.u2, self.u3, self.u4, self.u5, self.u6)):
            slope = (excess - excess * kept) / (AGES[i + 1] - AGES[i])
            level = level + slope * AGES[i]
            lost = lost + slope * xp.clip(age, AGES[i], AGES[i + 1])
            excess = excess * kept
        return xp.clip(level - lost, 0.0, 1.0)
