"""P07: a guaranteed window, then a quick opening."""

from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.parameter import blocks, end_epsilon, start_epsilon


class Logistic(Policy):
    """Stays near `start` until about `midpoint_blocks`, then falls to `end` within a few `width_blocks`."""

    formula = "end + (start - end) * (1 + e^(-midpoint / width)) / (1 + e^((age - midpoint) / width))"
    source = "catalogue of steepest, P07"
    fails = "a cliff, and so a sniping target, when the width is small"
    rules = (("end", "<=", "start"),)

    start = start_epsilon()
    end = end_epsilon()
    midpoint_blocks = blocks("age at half height", 14_400)
    width_blocks = blocks("how gradual the opening is", 2_400, (300, 50_400))

    def curve(self, age: Array, xp: Any) -> Array:
        """Formula P07; the exponent stops at 700, where the excess over `end` is 1e-304 of what it was."""
        rise = xp.exp(xp.clip((age - self.midpoint_blocks) / self.width_blocks, -700.0, 700.0))
        at_zero = 1.0 + xp.exp(-self.midpoint_blocks / self.width_blocks)
        return self.end + (self.start - self.end) * at_zero / (1.0 + rise)
