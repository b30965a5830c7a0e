"""A protected window, then a quick fall."""

import math

from policies.base import Decay, blocks
from policies.numbers import clamp


class Logistic(Decay):
    """Stays near `start` until about `midpoint_blocks`, then falls to `end` within a few `width_blocks`."""

    formula = "end + (start - end) * (1 + e^(-midpoint / width)) / (1 + e^((age - midpoint) / width))"
    source = "catalogue of steepest"
    fails = "a cliff, and so a sniping target, when the width is small"

    midpoint_blocks = blocks("age at half height", 14_400)
    width_blocks = blocks("how gradual the opening is", 2_400, (300, 50_400))
    at_zero: float

    def prepare(self) -> dict[str, float]:
        """The factor that makes the advantage at age 0 equal to `start`."""
        return {"at_zero": 1.0 + math.exp(-self.midpoint_blocks / self.width_blocks)}

    def curve(self, age: float) -> float:
        """The exponent stops at 700, where the excess over `end` is 1e-304 of what it was."""
        rise = math.exp(clamp((age - self.midpoint_blocks) / self.width_blocks, -700.0, 700.0))
        return self.end + (self.start - self.end) * self.at_zero / (1.0 + rise)
