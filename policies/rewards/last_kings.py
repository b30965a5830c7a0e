"""R5, top-k softening: the last kings share, the newest most."""

import numpy as np

from policies.arrays import Array, namespace
from policies.parameter import Parameter
from policies.rewards.base import Crowning, Paid, Reward, here, seat, total
from policies.seen import Memory


class LastKings(Reward):
    """A geometric split over the last kings, each counted once; a softer temperature is one of the lane's rules."""

    kings = Parameter("kings who share", "miners", 1, 16, 3.0, (1.0, 10.0), "integer")
    ratio = Parameter("share of a king over that of the one after him", "1", 0.0, 1.0, 0.5, (0.1, 1.0))

    formula = "q^j / (sum of q^j) to the j-th last king, j = 0 ... k - 1"
    source = "theory R5; SN3 teutonic (.75/.19/.06, then 5 x .2, 2026); BitMind (.85/.10/.05)"
    fails = "pays also-rans; hotkeys of one owner take several places"

    def begin(self, like: Array) -> Memory:
        """No kings yet: the newest first, int `[kings, lanes]`, -1 for nobody."""
        xp, shape = namespace(like), (int(np.max(self.values["kings"])), like.shape[1])
        return {"kings": xp.full(shape, -1, dtype=xp.int64, device=like.device)}

    def pay(self, memory: Memory, weights: Array, crowning: Crowning, days: float) -> Paid:
        """A king who returns moves to the front; the others keep their order."""
        xp, before = namespace(weights), memory["kings"]
        place = xp.arange(before.shape[0], device=weights.device)[:, None]
        known = before == crowning.king[None, :]
        gap = xp.where(xp.any(known, axis=0), xp.argmax(xp.astype(known, xp.int64), axis=0), before.shape[0] - 1)
        moved = xp.concat([crowning.king[None, :], before[:-1, :]], axis=0)
        kings = xp.where(crowning.crowned & (place <= gap), moved, before)
        share = xp.where(kings >= 0, here(self._split(before.shape[0]), weights), 0.0)
        whole = total(share)
        shared = whole > 0
        share = total(weights) * share / xp.where(shared, whole, 1.0)
        paid = xp.zeros_like(weights)
        for king, part in zip(kings, share, strict=True):
            paid = paid + xp.where(seat(king, weights), part, 0.0)
        return Paid(paid, xp.where(shared, 0.0, total(weights)), {"kings": kings})

    def _split(self, places: int) -> np.ndarray:
        """Shares before they are made to sum to 1, `[places, lanes]`."""
        place = np.arange(places)[:, None]
        return np.where(place < self.values["kings"], self.values["ratio"] ** place, 0.0)
