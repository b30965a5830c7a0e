"""A prize in proportion to the improvement, paid little by little, because a chain cannot emit it at once."""

import math

from policies.base import Parameter
from policies.rewards.base import Crowning, Ledger, Reward, Shares, fresh_gain, total
from policies.seen import Memory


class Prize(Reward):
    """Promises a king so much per log loss gained. Emission fills a fund, and the fund pays the promises."""

    days_per_nat = Parameter(
        "emission promised for a log loss of 1", "days of emission", 0.0, 1_000_000, 500.0, (50.0, 5000.0), "log"
    )
    unlock_days = Parameter(
        "time constant with which a promise is paid out", "days", 0.01, 10_000, 7.0, (0.5, 60.0), "log"
    )
    reserve_days = Parameter(
        "emission that is held for later promises; what is above it is burned",
        "days of emission",
        0.0,
        1_000_000,
        30.0,
        (0.0, 200.0),
    )

    formula = "promise b g to the king; each day pay 1 / tau of what is promised, as far as the fund reaches"
    source = "Hutter prize (50,000 euro (1 - S / L)); SN29 hall of fame (0.5 % of the rest per epoch)"
    fails = "b must be guessed: too high and promises wait, too low and emission burns; luck is paid like descent"
    remembers = (("fund", 0.0), ("level", 0.0), ("high", 0.0))
    ledger = (("promised", 0.0),)

    def pay(
        self, memory: Memory, ledger: Ledger, weights: Shares, crowning: Crowning, days: float, paid: Shares
    ) -> float:
        """Promise, fill the fund, pay, and burn what is neither promised nor in reserve."""
        gain = fresh_gain(memory, crowning.gain)
        if gain > 0.0:
            ledger.promised[crowning.king] += gain * self.days_per_nat
        memory.fund = memory.fund + total(weights) * days
        unlocked = -math.expm1(-days / self.unlock_days)
        for miner in range(len(weights)):
            paid[miner] = ledger.promised[miner] * unlocked
        wanted = total(paid)
        served = memory.fund / wanted if wanted > memory.fund else 1.0
        for miner in range(len(weights)):
            paid[miner] *= served
            ledger.promised[miner] -= paid[miner]
        memory.fund = max(memory.fund - total(paid), 0.0)
        burned = max(memory.fund - total(ledger.promised) - self.reserve_days, 0.0)
        memory.fund = memory.fund - burned
        for miner in range(len(weights)):
            paid[miner] /= days
        return burned / days

    def escrow(self, memory: Memory, ledger: Ledger) -> float:
        """The fund."""
        return memory.fund
