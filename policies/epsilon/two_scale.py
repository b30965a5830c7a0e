"""A fast and a slow exponential."""

import math

from policies.base import Decay, Parameter, blocks


class TwoScale(Decay):
    """A share `weight` of the excess decays with `fast_blocks`, the rest with `slow_blocks`.

    Opens quickly for real improvements, and keeps a small shield against copies for longer.
    """

    formula = "end + (start - end) * (weight * e^(-age/fast_blocks) + (1 - weight) * e^(-age/slow_blocks))"
    source = "catalogue of steepest"
    fails = "its three shape numbers can hardly be told apart by data"
    rules = (*Decay.rules, ("fast_blocks", "<=", "slow_blocks"))

    weight = Parameter("share of the excess that goes quickly", "1", 0.0, 1.0, 0.7, (0.0, 1.0))
    fast_blocks = blocks("time scale of the quick part", 3_600, (600, 14_400))
    slow_blocks = blocks("time scale of the slow part", 50_400, (7_200, 201_600))

    def curve(self, age: float) -> float:
        """A weighted sum of two exponentials."""
        excess = self.start - self.end
        quick, slow = excess * self.weight, excess * (1.0 - self.weight)
        fast_rate, slow_rate = -1.0 / self.fast_blocks, -1.0 / self.slow_blocks
        return self.end + (quick * math.exp(age * fast_rate) + slow * math.exp(age * slow_rate))
