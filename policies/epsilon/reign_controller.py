"""A margin controlled by the length of reigns, as Bitcoin controls its difficulty."""

import math

from policies.base import Parameter, blocks
from policies.nested import Nested
from policies.numbers import DAY, LARGEST, SHORTEST, clamp
from policies.seen import Memory, News, Seen


class ReignController(Nested):
    """The policy in `then` times a factor that rises after short reigns and falls after long ones.

    Each crown multiplies the factor by (target / reign)^strength, at least 1/4 and at most 4, as Bitcoin's rule does;
    the factor stays between 1 / limit and limit.
    """

    formula = "min(factor * then(age), 0.99), factor *= clip((target_blocks / reign)^strength, 1/4, 4) at a crown"
    source = "Bitcoin's difficulty rule (Nakamoto 2009)"
    fails = "one king at a time is a noisy signal; with a large strength it swings"
    state = "V"
    stores = "per crown: the length of the reign that it ended"
    remembers = (("factor", 1.0),)

    target_blocks = blocks("reign that is aimed at", 14_400, (3_600, 72_000))
    strength = Parameter("how much of the deviation is made up at once", "1", 0.0, 2.0, 0.5, (0.1, 1.0))
    limit = Parameter("largest factor", "1", 1.0, 100.0, 16.0, (2.0, 64.0), "log")

    def shield(self, age: float, seen: Seen) -> float:
        """The factor so far, times the policy inside."""
        return min(self.memory.factor * self.inner(age, seen), LARGEST)

    def learn(self, memory: Memory, news: News) -> None:
        """The first king ends no reign."""
        if news.crowned and math.isfinite(news.gap):
            reign = max(news.gap, SHORTEST)
            step = clamp(math.exp(self.strength * math.log(self.target_blocks / DAY / reign)), 0.25, 4.0)
            memory.factor = clamp(memory.factor * step, 1.0 / self.limit, self.limit)
