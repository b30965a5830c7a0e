"""The subnet's own payment."""

from policies.arrays import Array, namespace
from policies.rewards.base import Crowning, Paid, Reward
from policies.seen import Memory


class Subnet(Reward):
    """Everybody is paid his weight."""

    formula = "share_i = weight_i"
    source = "SN9, macrocosm-os/pretraining: softmax of win rates, moving average"
    fails = "pays for the crown, not for the descent: a lead of any size earns the same"

    def pay(self, memory: Memory, weights: Array, crowning: Crowning, days: float) -> Paid:
        """The weights."""
        return Paid(weights, namespace(weights).zeros_like(weights[0, :]), memory)
