"""P08: one shape number spans most of the others."""

from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.parameter import Parameter, blocks, end_epsilon, start_epsilon


class Stretched(Policy):
    """A stretched exponential (Weibull): shape 1 is the half-life policy, large shapes a late cliff, small ones a heavy tail.

    Four numbers that span most age-only schedules, which makes it the best small search space.
    """

    formula = "end + (start - end) * exp(-(age / scale_blocks)^shape)"
    source = "theory P08"
    fails = "a large shape is a cliff"
    rules = (("end", "<=", "start"),)

    start = start_epsilon()
    end = end_epsilon()
    scale_blocks = blocks("age at which 1/e of the excess is left", 14_400)
    shape = Parameter("1 exponential, above 1 late, below 1 early", "1", 0.05, 50.0, 1.0, (0.3, 8.0), "log")

    def curve(self, age: Array, xp: Any) -> Array:
        """Theory P08; beyond 800^(1 / shape) nothing is left in float64, so the base stops there."""
        base = xp.minimum(age / self.scale_blocks, xp.pow(xp.asarray(800.0), 1.0 / self.shape))
        return self.end + (self.start - self.end) * xp.exp(-xp.pow(base, self.shape))
