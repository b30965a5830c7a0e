"""Top-k softening: the last kings share, the newest most."""

import math

from policies.base import Parameter
from policies.numbers import power
from policies.rewards.base import Crowning, Ledger, Reward, Shares, total
from policies.seen import Memory


class LastKings(Reward):
    """A geometric split over the last kings, each counted once."""

    kings = Parameter("kings that share", "miners", 1, 16, 3.0, (1.0, 10.0), "integer")
    ratio = Parameter("share of a king over that of the one after it", "1", 0.0, 1.0, 0.5, (0.1, 1.0))

    formula = "q^j / (sum of q^j) to the j-th last king, j = 0 ... k - 1"
    source = "SN3 teutonic (.75/.19/.06, then 5 x .2, 2026); BitMind (.85/.10/.05)"
    fails = "pays also-rans; hotkeys of one owner take several places"
    remembers = (("crowns", 0.0), ("whole", 0.0))  # whole: the sum of all parts
    ledger = (("last", 0.0), ("part", 0.0))  # last: number of a miner's last crown, counted from 1; 0: none

    def pay(
        self, memory: Memory, ledger: Ledger, weights: Shares, crowning: Crowning, days: float, paid: Shares
    ) -> float:
        """Only a crown changes the parts: a king that returns moves to the front, the others keep their order."""
        if crowning.crowned:
            memory.crowns = memory.crowns + 1.0
            ledger.last[crowning.king] = memory.crowns
            memory.whole = split(ledger.last, ledger.part, self.kings, self.ratio)
        emitted = total(weights)
        if memory.whole == 0.0:
            for miner in range(len(weights)):
                paid[miner] = 0.0
            return emitted
        for miner in range(len(weights)):
            paid[miner] = emitted * ledger.part[miner] / memory.whole
        return 0.0


def split(last: Shares, part: Shares, kings: float, ratio: float) -> float:
    """Set the part of each of the last `kings` kings, 0 for others; returns the sum of the parts."""
    for miner in range(len(part)):
        part[miner] = 0.0
    whole, after = 0.0, math.inf
    for place in range(int(kings)):
        king, newest = -1, 0.0  # the king whose last crown is the newest before the one found just now
        for miner in range(len(last)):
            if newest < last[miner] < after:
                king, newest = miner, last[miner]
        if king >= 0:
            part[king] = power(ratio, float(place))
            whole += part[king]
            after = newest
    return whole
