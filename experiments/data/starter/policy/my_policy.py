"""A policy to change: `steepest policies my_policy.py` explains and draws it."""

import math

from policies import Decay, blocks


class MyPolicy(Decay):
    """Halves what is left of the margin every `half_life_blocks`."""

    formula = "end + (start - end) * 0.5^(age / half_life_blocks)"

    half_life_blocks = blocks("time in which half of the rest goes", 7200)  # a day; `start` and `end` are Decay's

    def curve(self, age: float) -> float:
        """Epsilon of a model of this age, in blocks of 12 s; it may not rise with age, which may be infinite."""
        return self.end + (self.start - self.end) * math.exp2(-age / self.half_life_blocks)
