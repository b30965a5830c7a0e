"""Which models wait for the next evaluation: the keep-set, new arrivals, and dropped models worth a retry."""

import numpy as np

from sim.backend import backend
from sim.evaluation import NOBODY
from sim.keep_set import KeepSet
from sim.lanes import Columns
from sim.replay.race import Race


class Pool(KeepSet):
    """The pools of all columns as slots: model indices `[slots, columns]`; an index of `len(race)` is an empty slot.

    Args:
        race: who submits when.
        columns: the lanes times worlds.
        one_model_per_miner: a miner's new commitment takes the place of the old one (one hotkey each); otherwise every
            submission comes from a hotkey of its own.
    """

    def __init__(self, race: Race, columns: Columns, one_model_per_miner: bool) -> None:
        super().__init__(backend(), columns, len(race))
        self._ready = np.ones(columns.width, dtype=bool)
        self._block = race.block
        self.uid, self._replaces = _hotkeys(race, one_model_per_miner)
        self.uids = int(self.uid[:-1].max()) + 1
        delay = (
            columns.delay if race.observed is None else np.zeros_like(columns.delay)
        )  # a log begins at the evaluation
        self._delays = [(int(d), delay == d) for d in np.unique(delay)]
        self._arrived = [0] * len(self._delays)

    def gather(self, now: int) -> np.ndarray:
        """The models to evaluate at block `now`, `[slots, columns]`: kept ones first, then arrivals, then retries."""
        arrivals = self._arrivals(now)  # first: an arrival may take the slot of its miner's old model
        again = self.again(now, self._ready, lambda now, age, *_: self._columns.panel.epsilon(age))
        slots = np.vstack([self.kept, *arrivals, again])
        filled = (slots < self.size).any(axis=1)
        return slots if filled.all() else slots[filled]

    def _arrivals(self, now: int) -> list[np.ndarray]:
        """One row per model that has become old enough for evaluation in some column."""
        rows: list[np.ndarray] = []
        for i, (delay, where) in enumerate(self._delays):
            first, last = self._arrived[i], int(np.searchsorted(self._block, now - delay, side="right"))
            self._arrived[i] = last
            for model in range(first, last):
                old = self._replaces[model]
                if old != NOBODY:
                    self._replace(old, where)
                    for row in rows:
                        row[(row == old) & where] = self.size
                rows.append(np.where(where, model, self.size))
        return rows

    def _replace(self, model: int, where: np.ndarray) -> None:
        self.kept = np.where((self.kept == model) & where, self.size, self.kept)
        self.forget(model, where)


def _hotkeys(race: Race, one_model_per_miner: bool) -> tuple[np.ndarray, np.ndarray]:
    """uid of each submission and which earlier one it replaces, `[submissions + 1]`; the last row is the empty slot."""
    n = len(race)
    if not one_model_per_miner:
        return np.arange(n + 1), np.full(n + 1, NOBODY)
    uids: dict[str, int] = {}
    latest: dict[str, int] = {}
    uid, replaces = np.empty(n + 1, dtype=np.int64), np.full(n + 1, NOBODY)
    for i, miner in enumerate(race.miner):
        uid[i] = uids.setdefault(miner, len(uids))
        replaces[i] = latest.get(miner, NOBODY)
        latest[miner] = i
    uid[n] = len(uids)
    return uid, replaces
