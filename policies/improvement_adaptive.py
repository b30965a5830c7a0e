"""P18: the bar follows the slope of the descent."""

from math import nan
from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.formulas import DAY, SHORTEST, halving, known, within
from policies.parameter import Parameter, blocks, end_epsilon, start_epsilon
from policies.seen import Memory, News, Seen


class ImprovementAdaptive(Policy):
    """As large as what the community gains in `target_blocks` at its present pace, between `end` and `start`.

    The slope is a moving average of gain per day over crowns, and fades while there is none.
    """

    formula = "clip(reach * slope * target_blocks, end, start) * 2^(-age / half_life_blocks)"
    source = "catalogue of steepest, P18"
    fails = "slow descent, small bar, noise wins crowns, and they look like descent; put `noise-floor` around it"
    state = "V"
    stores = "per crown: its block, the measured gain, and the time since the crown before"
    rules = (("end", "<=", "start"),)
    remembers = (("slope", nan), ("crowned", 0.0))

    start = start_epsilon()
    end = end_epsilon()
    reach = Parameter("how many times the expected gain the bar is", "1", 0.0, 100.0, 1.0, (0.1, 3.0), "log")
    target_blocks = blocks("reign that the bar aims at", 14_400)
    weight = Parameter("share of the newest crown in the slope", "1", 0.0, 1.0, 0.3, (0.05, 1.0))
    fade_blocks = blocks("time without a crown that takes the slope to 1/e", 50_400, (7_200, 201_600))
    half_life_blocks = blocks("time in which the bar halves; 0: never", 14_400, (600, 100_800), low=0)

    def shield(self, age: Array, seen: Seen, xp: Any) -> Array:
        """Formula P18; `start` until two kings have shown a slope."""
        idle = xp.maximum(known(seen.now - seen.memory["crowned"], 0.0, xp), 0.0)
        slope = seen.memory["slope"] * xp.exp(-idle / self.fade_blocks)
        expected = known(self.reach * slope * (self.target_blocks / DAY), self.start, xp)
        return within(expected, self.end, self.start, xp) * halving(age, self.half_life_blocks, xp)

    def learn(self, memory: Memory, news: News, xp: Any) -> Memory:
        """The faded slope and the new king's, weighted; the first king has none."""
        days = xp.maximum(news.gap, SHORTEST)
        fresh = xp.maximum(known(news.gain, 0.0, xp), 0.0) / days
        faded = memory["slope"] * xp.exp(-days * DAY / self.fade_blocks)
        mixed = known((1.0 - self.weight) * faded + self.weight * fresh, fresh, xp)
        return {
            "slope": xp.where(news.crowned & xp.isfinite(news.gap), mixed, memory["slope"]),
            "crowned": xp.where(news.crowned, news.block, memory["crowned"]),
        }
