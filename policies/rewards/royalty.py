"""R1, a royalty that telescopes: everybody is paid for the descent that he brought, for as long as it is young."""

import numpy as np

from policies.arrays import Array, namespace
from policies.parameter import Parameter
from policies.rewards.base import Crowning, Paid, Reward, fresh, here, seat, total
from policies.seen import Memory


class Royalty(Reward):
    """Shares in proportion to the log loss that each miner removed, fading with age; burned before there is any."""

    tau_days = Parameter(
        "time constant with which an increment fades", "days", 0.01, 1_000_000, 14.0, (2.0, 200.0), "log"
    )

    formula = "share_i = sum over i's increments of g exp(-(t - t_k) / tau) / the same over all"
    source = "theory R1; Crowdsourced Learning Mechanism (Abernethy and Frongillo 2011); SN62 ridges (2026-07)"
    fails = "pays the past: weak incentive late if tau is long; luck in the measured gain is paid like descent"

    def begin(self, like: Array) -> Memory:
        """Nobody is credited with anything."""
        xp = namespace(like)
        none = xp.zeros_like(like[0, :])
        return {"credit": xp.zeros_like(like), "age": none, "level": none, "high": none}

    def pay(self, memory: Memory, weights: Array, crowning: Crowning, days: float) -> Paid:
        """Between crowns all credit fades alike, so shares change at crowns only; that is when it is made to fade."""
        xp = namespace(weights)
        gain, marks = fresh(memory, crowning)
        rose = gain > 0
        credit = memory["credit"]
        if xp.any(rose):
            faded = credit * self._fade(memory["age"])
            credit = xp.where(rose, faded + gain * self.parts(crowning, weights), credit)
        age = xp.where(rose, 0.0, memory["age"]) + days
        emitted, everything = total(weights), total(credit)
        owed = everything > 0
        paid = emitted * xp.where(owed, credit / xp.where(owed, everything, 1.0), 0.0)
        burned = xp.where(owed, 0.0, emitted)
        return Paid(paid, burned, {"credit": credit, "age": age, **marks})

    def parts(self, crowning: Crowning, like: Array) -> Array:
        """How an increment is divided, `[miners, lanes]`: it is the king's."""
        return namespace(like).astype(seat(crowning.king, like), like.dtype)

    def _fade(self, age: Array) -> Array:
        host = age if isinstance(age, np.ndarray) else np.asarray(age.detach().cpu().numpy())
        return here(np.exp(-host / self.values["tau_days"]), age)
