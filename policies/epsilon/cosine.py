"""Half a cosine: flat at both ends, fastest in the middle."""

from policies.base import Decay, blocks
from policies.numbers import clamp, half_cosine


class Cosine(Decay):
    """Half a cosine from `start` to `end`: a young king is hardly exposed, an old one hardly changes.

    The learning-rate schedule that most miners train with, turned on the contest itself.
    """

    formula = "end + (start - end) * (1 + cos(pi * min(age / decay_blocks, 1))) / 2"
    source = "catalogue of steepest, after Loshchilov & Hutter, SGDR (2017)"
    fails = "falls fastest at half time, so submissions crowd there"

    decay_blocks = blocks("time until full decay", 28_800)

    def curve(self, age: float) -> float:
        """The share of the excess that is left follows half a cosine."""
        left = half_cosine(clamp(age / self.decay_blocks, 0.0, 1.0))
        return self.end + (self.start - self.end) * left
