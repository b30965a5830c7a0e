"""P04: flat at both ends, fastest in the middle."""

from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.formulas import half_cosine
from policies.parameter import blocks, end_epsilon, start_epsilon


class Cosine(Policy):
    """Half a cosine from `start` to `end`: a young king is hardly exposed, an old one hardly changes.

    The learning-rate schedule that most miners train with, turned on the contest itself.
    """

    formula = "end + (start - end) * (1 + cos(pi * min(age / decay_blocks, 1))) / 2"
    source = "catalogue of steepest, P04, after Loshchilov & Hutter, SGDR (2017)"
    fails = "falls fastest at half time, so submissions crowd there"
    rules = (("end", "<=", "start"),)

    start = start_epsilon()
    end = end_epsilon()
    decay_blocks = blocks("time until full decay", 28_800)

    def curve(self, age: Array, xp: Any) -> Array:
        """Formula P04."""
        left = half_cosine(xp.clip(age / self.decay_blocks, 0.0, 1.0), xp)
        return self.end + (self.start - self.end) * left
