"""Which models wait for the next evaluation: the keep-set, new arrivals, and dropped models worth a retry."""

import numpy as np

from sim.lanes import Columns
from sim.mechanism.retry import worth_retrying
from sim.replay.race import Race

NOBODY = -1


class Pool:
    """The pools of all columns as slots: model indices `[slots, columns]`; an index of `len(race)` is an empty slot.

    Args:
        race: who submits when.
        columns: the lanes times worlds.
        one_model_per_miner: a miner's new commitment takes the place of the old one (one hotkey each); otherwise every
            submission comes from a hotkey of its own.
    """

    def __init__(self, race: Race, columns: Columns, one_model_per_miner: bool) -> None:
        self.size = len(race)
        self._columns = columns
        self._block = race.block
        self.uid, self._replaces = _hotkeys(race, one_model_per_miner)
        self.uids = int(self.uid[:-1].max()) + 1
        self.slots = np.empty((0, columns.width), dtype=np.int64)
        delay = (
            columns.delay if race.observed is None else np.zeros_like(columns.delay)
        )  # a log begins at the evaluation
        self._delays = [(int(d), delay == d) for d in np.unique(delay)]
        self._arrived = [0] * len(self._delays)
        shape = (self.size + 1, columns.width)
        self._hopeful = np.zeros(shape, dtype=bool)
        self._score, self._winner_score, self._winner_block = (np.zeros(shape) for _ in range(3))

    def gather(self, now: int) -> np.ndarray:
        """The models to evaluate at block `now`, `[slots, columns]`: kept ones first, then arrivals, then retries."""
        arrivals = self._arrivals(now)  # first: an arrival may take the slot of its miner's old model
        rows = [self.slots, *arrivals]
        if self._hopeful.any():
            rows.extend(self._retries(now))
        slots = np.vstack(rows) if len(rows) > 1 else self.slots
        filled = (slots < self.size).any(axis=1)
        return slots if filled.all() else slots[filled]

    def settle(
        self,
        slots: np.ndarray,
        order: np.ndarray,
        lost: np.ndarray,
        score: np.ndarray,
        winner_score: np.ndarray,
        winner_block: np.ndarray,
    ) -> None:
        """Keep the first of `order`; remember of the others what the retry rule needs. A lost step keeps everything."""
        ranked = np.take_along_axis(slots, order, axis=0)
        size = np.where(lost, len(slots), self._columns.keep)
        kept = np.where(np.arange(len(slots))[:, None] < size, ranked, self.size)
        height = min(len(slots), int(size.max()))
        self.slots = kept[:height]
        out = (np.arange(len(slots))[:, None] >= size) & (ranked < self.size)
        if out.any():
            place, column = np.nonzero(out)
            model = ranked[place, column]
            own = score[order[place, column], column]
            self._score[model, column] = own
            self._winner_score[model, column] = winner_score[column]
            self._winner_block[model, column] = winner_block[column]
            # Beyond the fully decayed bar no age will ever help, so such a model need not be looked at again.
            within_reach = own < winner_score[column] * (1 - self._columns.floor[column])
            self._hopeful[model, column] = ~(own > winner_score[column]) & within_reach

    def _arrivals(self, now: int) -> list[np.ndarray]:
        """One row per model that has become old enough for evaluation in some column."""
        rows: list[np.ndarray] = []
        for i, (delay, where) in enumerate(self._delays):
            first, last = self._arrived[i], int(np.searchsorted(self._block, now - delay, side="right"))
            self._arrived[i] = last
            for model in range(first, last):
                old = self._replaces[model]
                if old != NOBODY:
                    self._forget(old, where)
                    for row in rows:
                        row[(row == old) & where] = self.size
                rows.append(np.where(where, model, self.size))
        return rows

    def _forget(self, model: int, where: np.ndarray) -> None:
        self.slots = np.where((self.slots == model) & where, self.size, self.slots)
        self._hopeful[model, where] = False

    def _retries(self, now: int) -> list[np.ndarray]:
        """Dropped models that would now beat the winner of their own last evaluation (A3, pitfall P8)."""
        models = np.flatnonzero(self._hopeful.any(axis=1))
        epsilon = self._columns.panel.epsilon(now - self._winner_block[models])
        again = self._hopeful[models] & worth_retrying(self._score[models], self._winner_score[models], epsilon)
        if not again.any():
            return []
        self._hopeful[models] &= ~again
        return [np.where(row, model, self.size) for row, model in zip(again, models, strict=True) if row.any()]


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
