"""A share for entrants: a fixed part of the emission goes to the best newcomer."""

import math

from policies.base import Parameter
from policies.rewards.base import Crowning, Ledger, Reward, Shares, total
from policies.seen import Memory


class Entrant(Reward):
    """Pays a share to the newcomer with the largest gain at its first crown; without a newcomer, all by weight."""

    share = Parameter("part of the emission for the newcomer", "1", 0.0, 1.0, 0.1, (0.0, 0.5))
    window_days = Parameter(
        "time after its first crown in which a miner is new", "days", 0.01, 10_000, 14.0, (1.0, 60.0)
    )

    formula = "s to the newcomer of the last D days with the largest gain, 1 - s by weight"
    source = "own proposal"
    fails = "churn; an owner's fresh hotkeys are newcomers again and again"
    ledger = (("age", math.inf), ("gain", 0.0))  # age: days since a miner's first crown, counted while it is new

    def pay(
        self, memory: Memory, ledger: Ledger, weights: Shares, crowning: Crowning, days: float, paid: Shares
    ) -> float:
        """A newcomer counts with the gain that was measured at its first crown."""
        if crowning.crowned and math.isinf(ledger.age[crowning.king]):
            ledger.age[crowning.king] = 0.0
            ledger.gain[crowning.king] = crowning.gain
        best, most = -1, 0.0
        for miner in range(len(weights)):
            if ledger.age[miner] < self.window_days:
                ledger.age[miner] += days
                if ledger.gain[miner] > most:
                    best, most = miner, ledger.gain[miner]
        part = self.share if best >= 0 else 0.0
        for miner in range(len(weights)):
            paid[miner] = weights[miner] * (1.0 - part)
        if best >= 0:
            paid[best] += part * total(weights)
        return 0.0
