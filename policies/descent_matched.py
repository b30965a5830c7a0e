"""P19: a half-life as long as the next step takes."""

from math import nan
from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.formulas import DAY, LN2, halving, known, within
from policies.parameter import Parameter, blocks, end_epsilon, start_epsilon
from policies.seen import Memory, News, Seen


class DescentMatched(Policy):
    """A half-life matched to the time that the fitted descent E + A t^-b needs for an improvement by `start`.

    With E given, ln(loss - E) against ln(t) is a straight line, so running means and products fit it. Until `kings`
    have been measured, or where the fit does not fall or ends above the next step, the half-life is the longest.
    """

    formula = (
        "end + (start - end) * 2^(-age / h), h = clip(blocks until the fit is lower by start / ln 2, h_min, h_max)"
    )
    source = "catalogue of steepest, P19; entropy 1.69: Hoffmann et al. 2022, arXiv 2203.15556"
    fails = "unstable with few kings; the entropy is a guess; old kings count as much as new ones"
    state = "V"
    stores = "per crown: its block and the new king's measured loss; all agree on the block of the first"
    rules = (("end", "<=", "start"), ("shortest_blocks", "<=", "longest_blocks"))
    remembers = (("kings", 0.0), ("first", nan), ("half_life", nan), ("x", 0.0), ("y", 0.0), ("xx", 0.0), ("xy", 0.0))

    start = start_epsilon()
    end = end_epsilon()
    entropy = Parameter("E, where the descent ends", "nats per token", 0.0, 10.0, 1.69, (1.0, 2.2))
    head_days = Parameter("training before the first crown", "days", 0.05, 1000.0, 7.0, (1.0, 60.0), "log")
    kings = Parameter("fewest kings for a fit", "kings", 3, 100, 5, (3, 10), "integer")
    shortest_blocks = blocks("h_min", 1_800, (600, 7_200))
    longest_blocks = blocks("h_max", 100_800, (14_400, 201_600))

    def shield(self, age: Array, seen: Seen, xp: Any) -> Array:
        """Formula P19."""
        half_life = known(seen.memory["half_life"], self.longest_blocks, xp)
        return self.end + (self.start - self.end) * halving(age, half_life, xp)

    def learn(self, memory: Memory, news: News, xp: Any) -> Memory:
        """Welford's running mean and sums of products of x = ln(t) and y = ln(loss - E), one step per crown."""
        first = xp.where(news.crowned, known(memory["first"], news.block, xp), memory["first"])
        days = self.head_days + xp.maximum(known(news.block - first, 0.0, xp), 0.0) / DAY
        loss = known(news.loss, 0.0, xp)
        counts = news.crowned & (loss > self.entropy)
        kings = memory["kings"] + 1.0
        x, y = xp.log(days), xp.log(xp.maximum(loss - self.entropy, 1e-9))
        dx, dy = x - memory["x"], y - memory["y"]
        mean_x, mean_y = memory["x"] + dx / kings, memory["y"] + dy / kings
        xx, xy = memory["xx"] + dx * (x - mean_x), memory["xy"] + dx * (y - mean_y)
        left = loss * (1.0 - self.start) - self.entropy
        falls = (kings >= self.kings) & (xy < 0) & (xx > 0) & (left > 0)
        steep = xp.where(falls, -xy, 1.0)
        due = mean_x + (mean_y - xp.log(xp.maximum(left, 1e-9))) * (xx / xp.maximum(steep, 1e-12))
        blocks_left = (xp.exp(within(due, -50.0, 50.0, xp)) - days) * DAY
        half_life = within(blocks_left / LN2, self.shortest_blocks, self.longest_blocks, xp)
        after = {"kings": kings, "x": mean_x, "y": mean_y, "xx": xx, "xy": xy}
        after["half_life"] = xp.where(falls, half_life, self.longest_blocks)
        return {"first": first, **{key: xp.where(counts, value, memory[key]) for key, value in after.items()}}
