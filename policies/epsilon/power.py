"""A decay with a heavy tail."""

import math

from policies.base import Decay, Parameter, blocks


class Power(Decay):
    """Falls quickly at first and ever more slowly later: an old king is never fully unprotected.

    Loss itself falls as a power of tokens, so a power of age keeps pace with progress.
    """

    formula = "end + (start - end) * (1 + age / scale_blocks)^(-exponent)"
    source = "catalogue of steepest"
    fails = "a long-lived rest of the margin, late in training when steps are small"

    scale_blocks = blocks("age at which the fall sets in", 7_200, (300, 50_400))
    exponent = Parameter("how heavy the tail is; 1 is hyperbolic", "1", 0.01, 20.0, 1.0, (0.25, 4.0), "log")

    def curve(self, age: float) -> float:
        """Written with log1p so that inf and small ages are exact."""
        return self.end + (self.start - self.end) * math.exp(-self.exponent * math.log1p(age / self.scale_blocks))
