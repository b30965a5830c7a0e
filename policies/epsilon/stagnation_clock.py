"""Age counts from the last improvement."""

import math

from policies.base import Parameter
from policies.nested import Nested
from policies.numbers import finite_or
from policies.seen import Memory, News, Seen


class StagnationClock(Nested):
    """The policy in `then` by the time without a crown and without a qualifying improvement.

    An improvement over the king qualifies when it is the largest since the crown by `errors` standard errors, so that
    a near miss that is evaluated again and again resets the time only once.
    """

    formula = "then(min(age, now - block of the last crown or of the last gain by errors * s over the largest))"
    source = "catalogue of steepest"
    fails = "ever larger near misses put the clock back and keep the king: friends can send them; cap them by owner"
    state = "V"
    needs = ("errors",)
    stores = "per evaluation: its block, whether there was a crown, the largest gain over the king, its standard error"
    remembers = (("changed", -math.inf), ("best", 0.0))

    errors = Parameter("what an improvement must exceed the last by", "standard errors", 0.0, 20.0, 2.0, (1.0, 5.0))

    def shield(self, age: float, seen: Seen) -> float:
        """Age inf asks for full decay, so it is passed on."""
        quiet = max(seen.now - self.memory.changed, 0.0)
        if quiet < age and math.isfinite(age):
            return self.inner(quiet, seen)
        return self.inner(age, seen)

    def learn(self, memory: Memory, news: News) -> None:
        """A crown resets the time and the largest gain; an unknown standard error counts as very large."""
        best = finite_or(news.best, -math.inf)
        better = best > memory.best + self.errors * finite_or(news.error, 1e9)
        if news.crowned or better:
            memory.changed = news.block
        if news.crowned:
            memory.best = max(best, 0.0)
        elif better:
            memory.best = best
