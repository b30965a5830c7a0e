"""What waits for a validator: commitments not yet old enough or without a place, and what a step evaluates."""

import numpy as np

from policies.arrays import Array
from sim.backend import Backend
from sim.keep_set import KeepSet
from sim.lanes import Columns
from sim.models import Models


class Queue(KeepSet):
    """The queue of one validator in all columns (A3). Slots hold miners; `miners` is an empty slot.

    Args:
        place: where arrays live.
        columns: the lanes times worlds.
        miners: how many there are.
        limit: models that may be pending or under evaluation at once.
    """

    def __init__(self, place: Backend, columns: Columns, miners: int, limit: int) -> None:
        super().__init__(place, columns, miners)
        self._limit, self._delay = limit, place.numpy(columns.delay)
        self._waiting = _Waiting.none()

    def commit(self, rows: np.ndarray, columns: np.ndarray, block: np.ndarray) -> None:
        """Take notice of commitments, `[some]` each."""
        new = _Waiting(rows, columns, block)
        self._waiting = self._waiting.and_(new.of(np.argsort(block, kind="stable")))

    def held(self, remembers: bool) -> Array:
        """Models that the validator has to hold, int `[columns]`.

        Args:
            remembers: whether those count that were dropped and that the decay may still bring back.
        """
        xp = self._place.xp
        kept = xp.sum(self.kept < self.size, axis=0, dtype=xp.int64)
        return kept + xp.sum(self._hopeful, axis=0, dtype=xp.int64) if remembers else kept

    def admit(self, now: int, committed: Models, ready: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Let in what is old enough and finds a place, in the order of blocks.

        Args:
            now: the current block.
            committed: the newest commitments; one that was replaced since is forgotten.
            ready: columns whose validator is not busy, bool `[columns]`.

        Returns:
            The miners and columns that were let in, and one row of slots per newcomer and column, `[slots, columns]`.
        """
        due, self._waiting = self._waiting.split(now - self._delay, ready)
        if not len(due):
            return due.rows, due.columns, np.empty((0, self._columns.width), dtype=np.int64)
        newest = self._place.numpy(committed.block[self._place.array(due.rows), self._place.array(due.columns)])
        due = due.of(newest == due.block)
        kept = self._place.numpy(self.kept)
        again = (kept[:, due.columns] == due.rows).any(axis=0)  # his slot is there: the model in it is exchanged
        held = (kept < self.size).sum(axis=0)
        rank = _ranks(due.columns, ~again)
        fits = again | (rank < (self._limit - held)[due.columns])
        self._waiting = self._waiting.and_(due.of(~fits))
        due, rank, again = due.of(fits), rank[fits], again[fits]
        height = int(rank[~again].max(initial=-1)) + 1
        slots = np.full((height, self._columns.width), self.size, dtype=np.int64)
        slots[rank[~again], due.columns[~again]] = due.rows[~again]
        return due.rows, due.columns, slots


class _Waiting:
    """Commitments by (miner, column, block), `[some]` each, in the order of blocks."""

    def __init__(self, rows: np.ndarray, columns: np.ndarray, block: np.ndarray) -> None:
        self.rows, self.columns, self.block = rows, columns, block

    @classmethod
    def none(cls) -> "_Waiting":
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, where: np.ndarray) -> "_Waiting":
        return _Waiting(self.rows[where], self.columns[where], self.block[where])

    def and_(self, other: "_Waiting") -> "_Waiting":
        if not len(self) or not len(other):
            return other if len(other) else self
        pairs = zip((self.rows, self.columns, self.block), (other.rows, other.columns, other.block), strict=True)
        both = _Waiting(*(np.concatenate(pair) for pair in pairs))
        return both.of(np.argsort(both.block, kind="stable"))

    def split(self, oldest: np.ndarray, ready: np.ndarray) -> "tuple[_Waiting, _Waiting]":
        """Those committed at or before `oldest[column]` where the column is ready, and the rest."""
        if not len(self):
            return self, self
        due = (self.block <= oldest[self.columns]) & ready[self.columns]
        return self.of(due), self.of(~due)


def _ranks(columns: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """How many counted ones of the same column come before each, int `[some]`."""
    order = np.argsort(columns, kind="stable")
    running = np.cumsum(counted[order])
    first = np.searchsorted(columns[order], columns[order], side="left")
    before = np.concatenate([[0], running])[first]
    rank = np.empty(len(columns), dtype=np.int64)
    rank[order] = running - counted[order] - before
    return rank
