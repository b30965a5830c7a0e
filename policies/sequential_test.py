"""P24: the bar falls as evidence comes in."""

from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.formulas import everywhere, known, within
from policies.parameter import Parameter
from policies.seen import Memory, News, Seen


class SequentialTest(Policy):
    """Wald's test of a gain of `step` against none, over evaluations: the margin is what the next one has to show.

    Every evaluation since the crown adds (step * gain - step^2 / 2) / s^2 to the evidence for the best
    challenger, which never falls below 0. The crown passes when it reaches ln((1 - beta) / alpha), and
    that, solved for the gain of the evaluation at hand, is the margin. All ages are alike.
    """

    formula = "min(step / 2 + (ln((1 - beta) / alpha) - evidence) * s^2 / step, most)"
    source = "Wald 1945, restarted at 0 as by Page 1954"
    fails = "the evidence is the best challenger's of each evaluation, whoever it was: many equals add up to one winner"
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

    def shield(self, age: Array, seen: Seen, xp: Any) -> Array:
        """Formula P24."""
        error = xp.minimum(seen.error, 1.0)
        missing = xp.log((1.0 - self.beta) / self.alpha) - seen.memory["evidence"]
        margin = self.step / 2 + missing * (error * error) / self.step
        return everywhere(xp.minimum(known(margin, self.most, xp), self.most), age, xp)

    def learn(self, memory: Memory, news: News, xp: Any) -> Memory:
        """A crown and an evaluation without a challenger start afresh; one without a standard error says nothing."""
        error = within(known(news.error, 1.0, xp), 1e-6, 1.0, xp)
        gain = within(known(news.best, -1.0, xp), -1.0, 1.0, xp)
        more = memory["evidence"] + self.step * (gain - self.step / 2) / (error * error)
        evidence = within(more, 0.0, xp.log((1.0 - self.beta) / self.alpha), xp)
        evidence = xp.where(xp.isfinite(news.error), evidence, memory["evidence"])
        return {"evidence": xp.where(news.crowned, 0.0, evidence)}
