"""A margin that falls while the descent is behind a promised schedule."""

import math

from policies.base import Parameter, Policy, end_epsilon, start_epsilon
from policies.numbers import DAY, clamp, finite_or
from policies.seen import Memory, News, Seen


class ScheduleAnchored(Policy):
    """`start` while the descent keeps to its schedule; lower by a share `cut` for every day that it is behind.

    The schedule is `target` of log loss a day, from the first crown. Ahead of it the bar rises, up to `most`. All ages
    are alike. The descent so far is the sum of the gains at crowns, each of which compares two models on the same data;
    losses of different evaluations are not comparable.
    """

    formula = "clip(start * (1 - cut)^(days since the first crown - descent / target), end, most)"
    source = "variable rate GDAs, Paradigm 2022, with epsilon for the price"
    fails = "needs a credible target: one that is too high keeps the bar at its end; luck at crowns counts as descent"
    state = "V"
    stores = "the block of the first crown, and per crown the measured gain"
    rules = (("end", "<=", "most"),)
    remembers = (("first", math.nan), ("descent", 0.0))

    start = start_epsilon()
    end = end_epsilon()
    most = Parameter("epsilon far ahead of schedule", "fraction of loss", 0.0, 0.99, 0.02, (5e-3, 5e-2), "log")
    cut = Parameter("share of epsilon that goes with a day behind", "1 per day", 0.0, 0.99, 0.5, (0.05, 0.9))
    target = Parameter("promised descent", "log loss per day", 1e-6, 1.0, 1e-3, (2e-4, 5e-3), "log")

    def shield(self, age: float, seen: Seen) -> float:
        """Before the first crown the descent is on schedule."""
        days = max(finite_or(seen.now - self.memory.first, 0.0), 0.0) / DAY
        behind = days - self.memory.descent / self.target
        price = self.start * math.exp(clamp(behind * math.log1p(-self.cut), -700.0, 700.0))
        return clamp(price, self.end, self.most)

    def learn(self, memory: Memory, news: News) -> None:
        """The first crown starts the clock, and each adds its gain."""
        if news.crowned:
            memory.first = finite_or(memory.first, news.block)
            memory.descent = memory.descent + finite_or(news.gain, 0.0)
