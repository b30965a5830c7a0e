"""P20: a Dutch auction against a promised descent."""

from math import nan
from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.formulas import DAY, everywhere, known, within
from policies.parameter import Parameter, end_epsilon, start_epsilon
from policies.seen import Memory, News, Seen


class ScheduleAnchored(Policy):
    """`start` while the descent keeps to its schedule; lower by a share `cut` for every day that it is behind.

    The schedule is `target` of log loss a day, from the first crown. Ahead of it the bar rises, up to `most`. All ages
    are alike. What has been achieved adds up the gains of the crowns, each of which compares two models on the same
    data: losses of different evaluations are not comparable.
    """

    formula = "clip(start * (1 - cut)^(days since the first crown - descent / target), end, most)"
    source = "variable rate GDAs, Paradigm 2022, with epsilon for the price"
    fails = "needs a credible target: one that is too high keeps the bar at its end; luck at crowns counts as descent"
    state = "V"
    stores = "the block of the first crown, and per crown the measured gain"
    rules = (("end", "<=", "most"),)
    remembers = (("first", nan), ("descent", 0.0))

    start = start_epsilon()
    end = end_epsilon()
    most = Parameter("epsilon far ahead of schedule", "fraction of loss", 0.0, 0.99, 0.02, (5e-3, 5e-2), "log")
    cut = Parameter("share of epsilon that goes with a day behind", "1 per day", 0.0, 0.99, 0.5, (0.05, 0.9))
    target = Parameter("promised descent", "log loss per day", 1e-6, 1.0, 1e-3, (2e-4, 5e-3), "log")

    def shield(self, age: Array, seen: Seen, xp: Any) -> Array:
        """Formula P20; nobody is behind before the first crown."""
        days = xp.maximum(known(seen.now - seen.memory["first"], 0.0, xp), 0.0) / DAY
        behind = days - seen.memory["descent"] / self.target
        price = self.start * xp.exp(within(behind * xp.log1p(-self.cut), -700.0, 700.0, xp))
        return everywhere(within(price, self.end, self.most, xp), age, xp)

    def learn(self, memory: Memory, news: News, xp: Any) -> Memory:
        """The first crown starts the clock, and each adds its gain."""
        return {
            "first": xp.where(news.crowned, known(memory["first"], news.block, xp), memory["first"]),
            "descent": memory["descent"] + xp.where(news.crowned, known(news.gain, 0.0, xp), 0.0),
        }
