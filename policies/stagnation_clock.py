"""P14: the clock runs only while the descent stands still."""

from math import inf
from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.formulas import known
from policies.nested import Nested
from policies.parameter import Parameter
from policies.seen import Memory, News, Seen


class StagnationClock(Nested):
    """The policy in `then` by the time without a crown and without a qualifying improvement.

    An improvement over the king qualifies when it is the largest since the crown by `errors` standard errors, so that
    a near miss that is evaluated again and again puts the clock back once.
    """

    formula = "then(min(age, now - block of the last crown or of the last gain by errors * s over the largest))"
    source = "catalogue of steepest, P14"
    fails = "ever larger near misses put the clock back and keep the king: friends can send them; cap them by owner"
    state = "V"
    needs = ("errors",)
    stores = "per evaluation: its block, whether there was a crown, the largest gain over the king, its standard error"
    remembers = (("changed", -inf), ("best", 0.0))

    errors = Parameter("what an improvement must exceed the last by", "standard errors", 0.0, 20.0, 2.0, (1.0, 5.0))
    then: Policy

    def shield(self, age: Array, seen: Seen, xp: Any) -> Array:
        """Formula P14; age inf, which asks for full decay, goes through."""
        quiet = xp.maximum(seen.now - seen.memory["changed"], 0.0)
        return self.inner(xp.where((quiet < age) & xp.isfinite(age), quiet, age), seen, xp)

    def learn(self, memory: Memory, news: News, xp: Any) -> Memory:
        """A crown starts clock and comparison afresh; an unknown standard error counts as very large."""
        bar = memory["best"] + self.errors * known(news.error, 1e9, xp)
        better = xp.isfinite(news.best) & (news.best > bar)
        best = xp.where(better, news.best, memory["best"])
        return {
            "changed": xp.where(news.crowned | better, news.block, memory["changed"]),
            "best": xp.where(news.crowned, known(xp.maximum(news.best, 0.0), 0.0, xp), best),
        }
