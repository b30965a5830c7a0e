"""The moving averages of all columns, the weights that follow from them, and whom they make king (A7)."""

from policies.arrays import Array
from sim.backend import Backend
from sim.evaluation import NOBODY
from sim.lanes import Columns
from sim.mechanism.dethrone import heaviest
from sim.mechanism.judge import Verdict
from sim.mechanism.tracker import Tracker

ONLY = 0
"""The competition that is simulated."""


class Averages:
    """One validator's moving averages.

    Args:
        place: where arrays live.
        columns: the lanes times worlds.
        uids: how many are paid.

    Attributes:
        weights: for the chain, float32 `[uids, columns]`.
        king: uid of the king, int `[columns]`, -1 before the first; where rules crown by pairs, whoever set it last.
    """

    def __init__(self, place: Backend, columns: Columns, uids: int) -> None:
        self._place, self._columns, self._uids = place, columns, uids
        self._tracker = Tracker(uids, columns.alpha)
        self._all = place.xp.arange(columns.width, device=columns.floor.device)[None, :]
        self._pooled = place.full((columns.width,), True, "bool")
        self._pooled[columns.by_king] = False
        self._pooled[columns.by_record] = False
        self._holds = bool(place.xp.any(columns.holds))
        self.weights = place.full((uids, columns.width), 0.0, "float32")
        self.king = place.full((columns.width,), NOBODY, "int64")

    def record(self, uid: Array, found: Verdict, updated: Array) -> None:
        """Take in a step.

        Args:
            uid: whose the evaluated models are, `[slots, columns]`; `uids` in empty slots.
            found: the verdict on them.
            updated: columns whose averages move, bool `[columns]`.
        """
        xp = self._place.xp
        scattered = self._place.full((self._uids + 1, self._columns.width), 0.0, "float32")
        if self._holds:
            scattered[:-1, :] = xp.where(self._columns.holds, self.weights, scattered[:-1, :])
        scattered[uid, self._all] = found.weights
        self._tracker.record(ONLY, scattered[:-1, :], updated=updated)
        self.weights = self._tracker.subnet([(ONLY, 1.0)], self._columns.threshold)
        self.king = xp.where(self._pooled, heaviest(self.weights, self.king), self.king)

    def begin(self, uid: Array) -> None:
        """Give all weight to these, one per column."""
        self.weights = self._place.full((self._uids, self._columns.width), 0.0, "float32")
        self.weights[uid, self._all[0, :]] = 1.0
        self._tracker.record(ONLY, self.weights)
        self.king = uid

    def of(self, uid: Array) -> Array:
        """The averages of some, `[slots, columns]`; empty slots have somebody's."""
        return self._tracker.average[ONLY][self._place.xp.where(uid < self._uids, uid, 0), self._all]
