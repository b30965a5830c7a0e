"""R6, a share for entrants: a fixed part of the emission goes to the best newcomer."""

from policies.arrays import Array, namespace
from policies.parameter import Parameter
from policies.rewards.base import Crowning, Paid, Reward, here, seat, total
from policies.seen import Memory

NEVER = float("inf")


class Entrant(Reward):
    """Who took the crown for the first time within the window, by the largest gain; without one, weights get all."""

    share = Parameter("part of the emission for the newcomer", "1", 0.0, 1.0, 0.1, (0.0, 0.5))
    window_days = Parameter(
        "time after his first crown in which a miner is new", "days", 0.01, 10_000, 14.0, (1.0, 60.0)
    )

    formula = "s to the newcomer of the last D days with the largest gain, 1 - s by weight"
    source = "theory R6"
    fails = "churn; an owner's fresh hotkeys are newcomers again and again"

    def begin(self, like: Array) -> Memory:
        """Nobody was ever crowned; `age` is in days since a miner's first crown."""
        xp = namespace(like)
        return {"age": xp.zeros_like(like) + NEVER, "gain": xp.zeros_like(like)}

    def pay(self, memory: Memory, weights: Array, crowning: Crowning, days: float) -> Paid:
        """A first crown counts with the gain that was measured then."""
        xp = namespace(weights)
        first = crowning.crowned & seat(crowning.king, weights) & (memory["age"] == NEVER)
        age = xp.where(first, 0.0, memory["age"])
        gain = xp.where(first, crowning.gain, memory["gain"])
        new = xp.where(age < here(self.values["window_days"], weights), gain, 0.0)
        best = xp.argmax(new, axis=0)
        part = xp.where(xp.any(new > 0, axis=0), here(self.values["share"], weights), 0.0)
        paid = weights * (1.0 - part) + xp.where(seat(best, weights), part * total(weights), 0.0)
        return Paid(paid, xp.zeros_like(weights[0, :]), {"age": age + days, "gain": gain})
