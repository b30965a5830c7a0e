"""A royalty: a miner is paid for the descent that it brought, less and less as time passes."""

import math

from policies.base import Parameter
from policies.rewards.base import Crowning, Ledger, Reward, Shares, fresh_gain, total
from policies.seen import Memory


class Royalty(Reward):
    """Shares by the log loss that each miner gained, fading with age; all is burned before the first gain."""

    tau_days = Parameter(
        "time constant with which an increment fades", "days", 0.01, 1_000_000, 14.0, (2.0, 200.0), "log"
    )

    formula = "share_i = sum over i's increments of g exp(-(t - t_k) / tau) / the same over all"
    source = "Crowdsourced Learning Mechanism (Abernethy and Frongillo 2011); SN62 ridges (2026-07)"
    fails = "pays the past: weak incentive late if tau is long; luck in the measured gain is paid like descent"
    remembers = (("age", 0.0), ("whole", 0.0), ("level", 0.0), ("high", 0.0))  # whole: the sum of all credit
    ledger = (("credit", 0.0),)

    def pay(
        self, memory: Memory, ledger: Ledger, weights: Shares, crowning: Crowning, days: float, paid: Shares
    ) -> float:
        """All credit fades at the same rate, so shares change only with a new gain; it is made to fade only then."""
        gain = fresh_gain(memory, crowning.gain)
        if gain > 0.0:
            left = math.exp(-memory.age / self.tau_days)
            for miner in range(len(weights)):
                ledger.credit[miner] *= left
            self.divide(ledger.credit, crowning, gain)
            memory.whole = total(ledger.credit)
            memory.age = 0.0
        memory.age = memory.age + days
        emitted = total(weights)
        if memory.whole <= 0.0:
            for miner in range(len(weights)):
                paid[miner] = 0.0
            return emitted
        for miner in range(len(weights)):
            paid[miner] = emitted * (ledger.credit[miner] / memory.whole)
        return 0.0

    def divide(self, credit: Shares, crowning: Crowning, gain: float) -> None:
        """Credit a gain to the king."""
        credit[crowning.king] += gain
