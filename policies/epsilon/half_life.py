"""An exponential decay."""

from policies.base import Decay, blocks
from policies.numbers import power


class HalfLife(Decay):
    """What is left above `end` halves every `half_life_blocks`: no memory, no kink, no last day.

    SN29 runs it without a floor: 0.004 * 0.995^(blocks / 361), a half-life of 49,920 blocks.
    """

    formula = "end + (start - end) * 2^(-age / half_life_blocks)"
    source = "SN29, coldint/coldint_validator a5860df"
    fails = "protection falls fastest right after the crown; with end = 0 noise wins crowns in the end"

    half_life_blocks = blocks("time in which the excess over `end` halves", 14_400, (600, 100_800))

    def curve(self, age: float) -> float:
        """A power of 2, which is exact after whole half-lives."""
        return self.end + (self.start - self.end) * power(2.0, age / -self.half_life_blocks)
