"""A margin that falls as evidence for a better challenger adds up."""

import math

from policies.base import Parameter, Policy
from policies.numbers import clamp, finite_or
from policies.seen import Memory, News, Seen


class SequentialTest(Policy):
    """Wald's test of a gain of `step` against none, over evaluations: the margin is what the next one has to show.

    Every evaluation since the crown adds (step * gain - step^2 / 2) / s^2 to the evidence for the best
    challenger, which never falls below 0. The crown passes when it reaches ln((1 - beta) / alpha), and
    that, solved for the gain of the evaluation at hand, is the margin. All ages are alike.
    """

    formula = "min(step / 2 + (ln((1 - beta) / alpha) - evidence) * s^2 / step, most)"
    source = "Wald 1945, restarted at 0 as by Page 1954"
    fails = "the evidence is the best challenger's of each evaluation: many equal miners add up to one winner"
    state = "V"
    needs = ("errors",)
    stores = "per evaluation: whether there was a crown, the largest gain over the king, its standard error"
    remembers = (("evidence", 0.0),)

    step = Parameter("gain that is tested for", "fraction of loss", 1e-5, 0.1, 1e-3, (3e-4, 5e-3), "log")
    alpha = Parameter("chance that an equal wins", "1", 1e-6, 0.5, 0.05, (0.001, 0.2), "log")
    beta = Parameter("chance that a gain of `step` is missed", "1", 0.0, 0.49, 0.1, (0.01, 0.4))
    most = Parameter(
        "largest margin; also where s is unknown", "fraction of loss", 0.0, 0.99, 0.02, (5e-3, 5e-2), "log"
    )
    enough: float

    def prepare(self) -> dict[str, float]:
        """The evidence that a crown needs."""
        return {"enough": math.log((1.0 - self.beta) / self.alpha)}

    def shield(self, age: float, seen: Seen) -> float:
        """The gain that this evaluation has to show; `most` if the standard error is unknown."""
        error = min(seen.error, 1.0)
        margin = self.step / 2 + (self.enough - self.memory.evidence) * (error * error) / self.step
        return min(finite_or(margin, self.most), self.most)

    def learn(self, memory: Memory, news: News) -> None:
        """A crown or an evaluation without a challenger resets the evidence; no standard error, no change."""
        if news.crowned:
            memory.evidence = 0.0
        elif math.isfinite(news.error):
            error = clamp(news.error, 1e-6, 1.0)
            gain = clamp(finite_or(news.best, -1.0), -1.0, 1.0)
            more = memory.evidence + self.step * (gain - self.step / 2) / (error * error)
            memory.evidence = clamp(more, 0.0, self.enough)
