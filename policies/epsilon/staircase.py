"""A decay in equal steps."""

from policies.base import Decay, Parameter, blocks
from policies.numbers import floor


class Staircase(Decay):
    """`steps` equal steps down from `start` to `end`, the last one at `decay_blocks`.

    Cheap to audit: the advantage is one of a handful of numbers, and retries come only at a step.
    """

    formula = "end + (start - end) * (1 - floor(steps * min(age / decay_blocks, 1)) / steps)"
    source = "catalogue of steepest"
    fails = "every step is a sniping target; validators straddle a step by a block; retries come in bursts"

    decay_blocks = blocks("time until the last step", 28_800)
    steps = Parameter("number of steps", "steps", 1, 1000, 4, (2, 14), "integer")

    def curve(self, age: float) -> float:
        """The start less the steps so far."""
        taken = floor(self.steps * min(age / self.decay_blocks, 1.0))
        return self.end + (self.start - self.end) * (1.0 - taken / self.steps)
