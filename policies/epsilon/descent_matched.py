"""A half-life matched to the pace of the descent."""

import math

from policies.base import Decay, Parameter, blocks
from policies.numbers import DAY, LN2, clamp, finite_or, halving
from policies.seen import Memory, News, Seen


class DescentMatched(Decay):
    """A half-life matched to the time that the fitted descent E + A t^-b needs for an improvement by `start`.

    With E given, ln(loss - E) against ln(t) is a straight line, so running means and products fit it. Until `kings`
    have been measured, or where the fit does not fall or ends above the next step, the half-life is the longest.
    """

    formula = (
        "end + (start - end) * 2^(-age / h), h = clip(blocks until the fit is lower by start / ln 2, h_min, h_max)"
    )
    source = "catalogue of steepest; entropy 1.69: Hoffmann et al. 2022, arXiv 2203.15556"
    fails = "unstable with few kings; the entropy is a guess; old kings count as much as new ones"
    state = "V"
    stores = "per crown: its block and the new king's measured loss; all agree on the block of the first"
    rules = (*Decay.rules, ("shortest_blocks", "<=", "longest_blocks"))
    remembers = (
        *(("kings", 0.0), ("first", math.nan), ("half_life", math.nan)),
        *(("x", 0.0), ("y", 0.0), ("xx", 0.0), ("xy", 0.0)),  # means, and sums of products, of ln(t) and ln(loss - E)
    )

    entropy = Parameter("E, where the descent ends", "nats per token", 0.0, 10.0, 1.69, (1.0, 2.2))
    head_days = Parameter("training before the first crown", "days", 0.05, 1000.0, 7.0, (1.0, 60.0), "log")
    kings = Parameter("fewest kings for a fit", "kings", 3, 100, 5, (3, 10), "integer")
    shortest_blocks = blocks("h_min", 1_800, (600, 7_200))
    longest_blocks = blocks("h_max", 100_800, (14_400, 201_600))

    def shield(self, age: float, seen: Seen) -> float:
        """The longest half-life until there is a fit."""
        half_life = finite_or(self.memory.half_life, self.longest_blocks)
        return self.end + (self.start - self.end) * halving(age, half_life)

    def learn(self, memory: Memory, news: News) -> None:
        """Welford's running mean and sums of products of x = ln(t) and y = ln(loss - E), one step per crown."""
        if not news.crowned:
            return
        memory.first = finite_or(memory.first, news.block)
        days = self.head_days + max(finite_or(news.block - memory.first, 0.0), 0.0) / DAY
        loss = finite_or(news.loss, 0.0)
        if loss > self.entropy:
            memory.kings = memory.kings + 1.0
            x, y = math.log(days), math.log(max(loss - self.entropy, 1e-9))
            dx, dy = x - memory.x, y - memory.y
            memory.x = memory.x + dx / memory.kings
            memory.y = memory.y + dy / memory.kings
            memory.xx = memory.xx + dx * (x - memory.x)
            memory.xy = memory.xy + dx * (y - memory.y)
            memory.half_life = self.matched(memory, days, loss * (1.0 - self.start) - self.entropy)

    def matched(self, memory: Memory, days: float, left: float) -> float:
        """The half-life by the fit: the time from `days` until the fitted loss is only `left` above the entropy."""
        if not (memory.kings >= self.kings and memory.xy < 0.0 and memory.xx > 0.0 and left > 0.0):
            return self.longest_blocks
        due = memory.x + (memory.y - math.log(max(left, 1e-9))) * (memory.xx / max(-memory.xy, 1e-12))
        blocks_left = (math.exp(clamp(due, -50.0, 50.0)) - days) * DAY
        return clamp(blocks_left / LN2, self.shortest_blocks, self.longest_blocks)
