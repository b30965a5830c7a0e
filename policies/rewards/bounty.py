"""A bounty: the king's pay decays, and what it no longer gets is for the next king."""

import math

from policies.base import Parameter
from policies.numbers import LN2
from policies.rewards.base import Crowning, Ledger, Reward, Shares, total
from policies.seen import Memory


class Bounty(Reward):
    """A Dutch auction in money instead of in epsilon: the prize for dethroning grows with the age of the reign."""

    least = Parameter("share of its pay that a king keeps for good", "1", 0.0, 1.0, 0.2, (0.0, 1.0))
    half_life_days = Parameter("half-life of the rest", "days", 0.01, 10_000, 7.0, (1.0, 60.0), "log")
    gain = Parameter(
        "gain that takes the whole pot; less takes a part", "log loss", 1e-9, 1.0, 0.005, (5e-4, 2e-2), "log"
    )
    unlock_days = Parameter(
        "time constant with which the pot is paid out", "days", 0.01, 10_000, 2.0, (0.1, 30.0), "log"
    )
    burn = Parameter(
        "share of what the king loses that is burned and not put into the pot", "1", 0.0, 1.0, 0.0, (0.0, 1.0)
    )

    formula = "weights times w(a) = w0 + (1 - w0) 2^(-a / h); the next king gets the pot times min(1, g / g_ref)"
    source = "Gradients (SN56) emission boost; Term Challenge and SN56 burn the rest"
    fails = "collusion to wait for a fuller pot; without g_ref the pot is sniped with the least gain"
    remembers = (("pot", 0.0), ("young", 1.0))  # young: 2^(-a / h), for a reign of age a
    ledger = (("won", 0.0),)

    def pay(
        self, memory: Memory, ledger: Ledger, weights: Shares, crowning: Crowning, days: float, paid: Shares
    ) -> float:
        """Award the pot to a new king, pay weights times w(a), unlock awards, and put the rest into the pot."""
        if crowning.crowned:
            award = memory.pot * min(max(crowning.gain, 0.0) / self.gain, 1.0)
            memory.pot = memory.pot - award
            memory.young = 1.0
            ledger.won[crowning.king] += award
        rate = days * LN2 / self.half_life_days
        mean = -math.expm1(-rate) / rate  # of 2^(-a / h) over the step, relative to its beginning
        keeps = min(self.least + (1.0 - self.least) * memory.young * mean, 1.0)
        unlocked = -math.expm1(-days / self.unlock_days)
        for miner in range(len(weights)):
            out = ledger.won[miner] * unlocked
            ledger.won[miner] -= out
            paid[miner] = weights[miner] * keeps + out / days
        lost = total(weights) * (1.0 - keeps) * days
        burned = lost * self.burn
        memory.pot = memory.pot + (lost - burned)
        memory.young = memory.young * math.exp(-rate)
        return burned / days

    def escrow(self, memory: Memory, ledger: Ledger) -> float:
        """The pot, and awards that are not unlocked yet."""
        return memory.pot + total(ledger.won)
