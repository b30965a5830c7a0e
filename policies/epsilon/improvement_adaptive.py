"""A margin in proportion to the slope of the descent."""

import math

from policies.base import Decay, Parameter, blocks
from policies.numbers import DAY, SHORTEST, clamp, finite_or, halving
from policies.seen import Memory, News, Seen


class ImprovementAdaptive(Decay):
    """The expected gain of all miners in `target_blocks` at their present pace, between `end` and `start`.

    The slope is a moving average over crowns of the gain per day, and fades while there is no crown.
    """

    formula = "clip(reach * slope * target_blocks, end, start) * 2^(-age / half_life_blocks)"
    source = "catalogue of steepest"
    fails = "slow descent, small bar, noise wins crowns, and they look like descent; put `noise-floor` around it"
    state = "V"
    stores = "per crown: its block, the measured gain, and the time since the crown before"
    remembers = (("slope", math.nan), ("crowned", 0.0))

    reach = Parameter("how many times the expected gain the bar is", "1", 0.0, 100.0, 1.0, (0.1, 3.0), "log")
    target_blocks = blocks("reign that the bar aims at", 14_400)
    weight = Parameter("share of the newest crown in the slope", "1", 0.0, 1.0, 0.3, (0.05, 1.0))
    fade_blocks = blocks("time without a crown that takes the slope to 1/e", 50_400, (7_200, 201_600))
    half_life_blocks = blocks("time in which the bar halves; 0: never", 14_400, (600, 100_800), low=0)

    def shield(self, age: float, seen: Seen) -> float:
        """The start until two kings give a slope."""
        idle = max(finite_or(seen.now - self.memory.crowned, 0.0), 0.0)
        slope = self.memory.slope * math.exp(-idle / self.fade_blocks)
        expected = finite_or(self.reach * slope * (self.target_blocks / DAY), self.start)
        return clamp(expected, self.end, self.start) * halving(age, self.half_life_blocks)

    def learn(self, memory: Memory, news: News) -> None:
        """The weighted mean of the faded slope and the new king's; the first king has no slope."""
        if not news.crowned:
            return
        memory.crowned = news.block
        if math.isfinite(news.gap):
            days = max(news.gap, SHORTEST)
            fresh = max(finite_or(news.gain, 0.0), 0.0) / days
            faded = memory.slope * math.exp(-days * DAY / self.fade_blocks)
            memory.slope = finite_or((1.0 - self.weight) * faded + self.weight * fresh, fresh)
