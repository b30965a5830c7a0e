"""R3, a king's pay that decays, and a rolling bounty: what he no longer gets is for whoever takes the crown."""

import math

import numpy as np

from policies.arrays import Array, namespace
from policies.parameter import Parameter
from policies.rewards.base import Crowning, Paid, Reward, here, seat, total
from policies.seen import Memory


class Bounty(Reward):
    """A Dutch auction in money instead of in epsilon: the prize for dethroning grows with the age of the reign."""

    least = Parameter("share of his pay that a king keeps for good", "1", 0.0, 1.0, 0.2, (0.0, 1.0))
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
    source = "theory R3; Gradients (SN56) emission boost; Term Challenge and SN56 burn the rest"
    fails = "collusion to wait for a fuller pot; without g_ref the pot is sniped with the least gain"

    def begin(self, like: Array) -> Memory:
        """An empty pot, and nobody has won one."""
        xp = namespace(like)
        none = xp.zeros_like(like[0, :])
        return {"won": xp.zeros_like(like), "pot": none, "young": none + 1.0}

    def pay(self, memory: Memory, weights: Array, crowning: Crowning, days: float) -> Paid:
        """Award the pot, pay the king what his age leaves him, unlock awards, and put the rest into the pot."""
        xp, crowned = namespace(weights), crowning.crowned
        gain = xp.where(crowning.gain > 0, crowning.gain, 0.0) / here(self.values["gain"], weights)
        award = xp.where(crowned, memory["pot"] * xp.where(gain < 1, gain, 1.0), 0.0)
        won = memory["won"] + xp.where(seat(crowning.king, weights), award, 0.0)
        young = xp.where(crowned, 1.0, memory["young"])  # 2^(-a / h)
        rate = days * math.log(2.0) / self.values["half_life_days"]
        least = here(self.values["least"], weights)
        keeps = least + (1.0 - least) * young * here(-np.expm1(-rate) / rate, weights)  # w's mean over the step
        keeps = xp.where(keeps < 1, keeps, 1.0)
        lost = total(weights) * (1.0 - keeps) * days
        burned = lost * here(self.values["burn"], weights)
        out = won * here(-np.expm1(-days / self.values["unlock_days"]), weights)
        after = {
            "won": won - out,
            "pot": memory["pot"] - award + (lost - burned),
            "young": young * here(np.exp(-rate), weights),
        }
        return Paid(weights * keeps + out / days, burned / days, after)

    def held(self, memory: Memory) -> Array:
        """The pot, and what winners have not been paid yet."""
        return memory["pot"] + total(memory["won"])
