"""A larger gain in a shorter time is protected for longer."""

import math

from policies.base import Parameter, Policy, blocks, end_epsilon
from policies.numbers import DAY, clamp, finite_or, halving
from policies.seen import Seen


class SlopeShield(Policy):
    """An advantage in proportion to the new king's gain per time since the crown before: the steepest descent.

    Shorter times count as `shortest_blocks`, or the luck of a quick crown would be rewarded most.
    """

    formula = (
        "clip(kappa * gain * reference_blocks / max(gap, shortest_blocks), end, most) * 2^(-age / half_life_blocks)"
    )
    source = "catalogue of steepest"
    fails = "noisy after short reigns; favours a miner that is lucky right after a crown"
    state = "D+"
    stores = "each king's measured gain at its crown, and the time since the crown before"
    rules = (("end", "<=", "most"),)

    kappa = Parameter("advantage per gain", "1", 0.0, 100.0, 1.0, (0.25, 4.0), "log")
    reference_blocks = blocks("time between crowns at which kappa holds as it is", 14_400)
    shortest_blocks = blocks("shortest time that counts", 7_200, (3_600, 28_800))
    end = end_epsilon()
    most = Parameter("largest advantage", "fraction of loss", 0.0, 0.99, 0.02, (5e-3, 5e-2), "log")
    half_life_blocks = blocks("time in which it halves; 0: never", 14_400, (600, 100_800), low=0)

    def shield(self, age: float, seen: Seen) -> float:
        """The first king and a model that was never king have no gain in a time, so their advantage starts at `end`."""
        gap = max(finite_or(seen.gap * DAY, math.inf), self.shortest_blocks)
        gain = max(finite_or(seen.gain, 0.0), 0.0)
        level = clamp(self.kappa * gain * (self.reference_blocks / gap), self.end, self.most)
        return level * halving(age, self.half_life_blocks)
