"""The subnet's own payment."""

from policies.rewards.base import Crowning, Ledger, Reward, Shares
from policies.seen import Memory


class Subnet(Reward):
    """Every miner is paid its weight."""

    formula = "share_i = weight_i"
    source = "SN9, macrocosm-os/pretraining: softmax of win rates, moving average"
    fails = "pays for the crown, not for the descent: a lead of any size earns the same"

    def pay(
        self, memory: Memory, ledger: Ledger, weights: Shares, crowning: Crowning, days: float, paid: Shares
    ) -> float:
        """The weights."""
        for miner in range(len(weights)):
            paid[miner] = weights[miner]
        return 0.0
