"""R2, a prize in proportion to the improvement, unlocked little by little: a chain cannot pay it at once."""

import numpy as np

from policies.arrays import Array, namespace
from policies.parameter import Parameter
from policies.rewards.base import Crowning, Paid, Reward, fresh, here, seat, total
from policies.seen import Memory


class Prize(Reward):
    """A king is promised so much per log loss he removed. Emission fills a fund; the fund pays promises as it can."""

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
    source = "theory R2; Hutter prize (50,000 euro (1 - S / L)); SN29 hall of fame (0.5 % of the rest per epoch)"
    fails = "b must be guessed: too high and promises wait, too low and emission burns; luck is paid like descent"

    def begin(self, like: Array) -> Memory:
        """Nothing is promised, and the fund is empty."""
        xp = namespace(like)
        none = xp.zeros_like(like[0, :])
        return {"promised": xp.zeros_like(like), "fund": none, "level": none, "high": none}

    def pay(self, memory: Memory, weights: Array, crowning: Crowning, days: float) -> Paid:
        """Promise, fill the fund, pay, and burn what is neither promised nor in reserve."""
        xp = namespace(weights)
        gain, marks = fresh(memory, crowning)
        prize = gain * here(self.values["days_per_nat"], weights)
        promised = memory["promised"] + xp.where(seat(crowning.king, weights), prize, 0.0)
        fund = memory["fund"] + total(weights) * days
        due = promised * here(-np.expm1(-days / self.values["unlock_days"]), weights)
        wanted = total(due)
        short = wanted > fund
        out = due * xp.where(short, fund / xp.where(short, wanted, 1.0), 1.0)
        promised = promised - out
        fund = fund - total(out)
        fund = xp.where(fund > 0, fund, 0.0)
        spare = fund - total(promised) - here(self.values["reserve_days"], weights)
        burned = xp.where(spare > 0, spare, 0.0)
        kept = {"promised": promised, "fund": fund - burned}
        return Paid(out / days, burned / days, {**kept, **marks})

    def held(self, memory: Memory) -> Array:
        """The fund."""
        return memory["fund"]
