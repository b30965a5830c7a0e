"""A stretched exponential, which spans most age-only schedules."""

import math

from policies.base import Decay, Parameter, blocks
from policies.numbers import clamp


class Stretched(Decay):
    """A stretched exponential (Weibull): shape 1 is a half-life, larger a late cliff, smaller a heavy tail.

    Four numbers that span most age-only schedules, which makes it the best small search space.
    """

    formula = "end + (start - end) * exp(-(age / scale_blocks)^shape)"
    source = "catalogue of steepest"
    fails = "a large shape is a cliff"

    scale_blocks = blocks("age at which 1/e of the excess is left", 14_400)
    shape = Parameter("1 exponential, above 1 late, below 1 early", "1", 0.1, 50.0, 1.0, (0.3, 8.0), "log")

    def curve(self, age: float) -> float:
        """The power is taken by way of logs, so that inf and small ages are exact.

        The log stops at both ends, where e^(-power) is 1 in float64 and 1e-303: below that exp is slow.
        """
        power = math.exp(clamp(self.shape * math.log(age / self.scale_blocks + 1e-307), -700.0, 6.55))
        return self.end + (self.start - self.end) * math.exp(-power)
