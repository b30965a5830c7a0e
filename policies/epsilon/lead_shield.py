"""A margin that rises with the king's lead."""

from policies.base import Parameter, Policy, blocks, end_epsilon
from policies.numbers import clamp, finite_or, halving
from policies.seen import Memory, News, Seen


class LeadShield(Policy):
    """An advantage in proportion to how far the king is ahead of the next best model, at the newest evaluation.

    Where a leader is protected the more the further it is ahead, all have more to win by large steps (Acemoglu and
    Akcigit 2012); the margin goes by itself as others catch up. Before the first evaluation it is `end`.
    """

    formula = "clip(end + kappa * lead, end, most) * 2^(-age / half_life_blocks)"
    source = "Acemoglu and Akcigit 2012 (patents that protect more the further the leader is ahead)"
    fails = "a hidden rival does not count: who withholds keeps the margin high; one lucky measurement moves it"
    state = "V"
    stores = "per evaluation: the measured gain of the best other model over the king"
    rules = (("end", "<=", "most"),)
    remembers = (("lead", 0.0),)

    kappa = Parameter("advantage per lead", "1", 0.0, 100.0, 1.0, (0.1, 4.0), "log")
    end = end_epsilon()
    most = Parameter("largest advantage", "fraction of loss", 0.0, 0.99, 0.005, (1e-3, 2e-2), "log")
    half_life_blocks = blocks("time in which it halves; 0: never", 0, (0, 100_800), low=0)

    def shield(self, age: float, seen: Seen) -> float:
        """The same for every model: what counts is the lead of the king."""
        return clamp(self.end + self.kappa * self.memory.lead, self.end, self.most) * halving(
            age, self.half_life_blocks
        )

    def learn(self, memory: Memory, news: News) -> None:
        """A king without any other model beside it keeps the lead that was known."""
        memory.lead = max(-finite_or(news.best, -memory.lead), 0.0)
