"""What waits for a validator: commitments not yet old enough or without a place, and what a step evaluates."""

import numpy as np

from policies.arrays import Array
from sim.backend import Backend
from sim.history import History
from sim.lanes import Columns
from sim.mechanism.retry import worth_retrying
from sim.models import Models


class Queue:
    """The queue of one validator in all columns (A3, A8). Slots hold miners; `miners` is an empty slot.

    Args:
        place: where arrays live.
        columns: the lanes times worlds.
        miners: how many there are.
        limit: models that may be pending or under evaluation at once.

    Attributes:
        kept: the keep-set, int `[slots, columns]`.
        retries: evaluations of dropped models, int `[columns]`.
    """

    def __init__(self, place: Backend, columns: Columns, miners: int, limit: int) -> None:
        self._place, self._columns, self._miners, self._limit = place, columns, miners, limit
        self._delay = place.numpy(columns.delay)
        self.kept = place.full((0, columns.width), miners, "int64")
        self._waiting = _Waiting.none()
        shape = (miners + 1, columns.width)
        self._hopeful = place.full(shape, False, "bool")
        self._score, self._winner_score, self._winner_block = (place.full(shape, 0.0) for _ in range(3))
        self._winner = place.full(shape, miners, "int64")
        self.retries = place.full((columns.width,), 0, "int64")

    def commit(self, rows: np.ndarray, columns: np.ndarray, block: np.ndarray) -> None:
        """Take notice of commitments, `[some]` each."""
        new = _Waiting(rows, columns, block)
        self._waiting = self._waiting.and_(new.of(np.argsort(block, kind="stable")))

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
        held = (kept < self._miners).sum(axis=0)
        rank = _ranks(due.columns, ~again)
        fits = again | (rank < (self._limit - held)[due.columns])
        self._waiting = self._waiting.and_(due.of(~fits))
        due, rank, again = due.of(fits), rank[fits], again[fits]
        height = int(rank[~again].max(initial=-1)) + 1
        slots = np.full((height, self._columns.width), self._miners, dtype=np.int64)
        slots[rank[~again], due.columns[~again]] = due.rows[~again]
        return due.rows, due.columns, slots

    def again(self, now: int, ready: Array, history: History) -> Array:
        """Dropped models that would now beat the winner of their own last evaluation (A3, pitfall P8), as slots."""
        xp = self._place.xp
        rows = np.flatnonzero(self._place.numpy(xp.any(self._hopeful, axis=1)))
        if not len(rows):
            return self.kept[:0, :]
        rows = self._place.array(rows)
        epsilon = history.epsilon(now, now - self._winner_block[rows, :], self._winner[rows, :])
        found = worth_retrying(self._score[rows, :], self._winner_score[rows, :], epsilon)
        found = found & self._hopeful[rows, :] & ready
        if not xp.any(found):
            return self.kept[:0, :]
        self._hopeful[rows, :] = self._hopeful[rows, :] & ~found
        self.retries = self.retries + xp.sum(found, axis=0, dtype=xp.int64)
        slots = xp.where(found, rows[:, None], self._miners)
        height = int(xp.max(xp.sum(found, axis=0, dtype=xp.int64)))
        return xp.sort(slots, axis=0)[:height, :]  # empty slots sort last

    def forget(self, rows: Array, columns: Array) -> None:
        """A new model of these miners has come: what is known of the old one counts no more."""
        self._hopeful[rows, columns] = False

    def settle(self, slots: Array, order: Array, lost: Array, score: Array, winner: tuple[Array, Array, Array]) -> None:
        """Keep the first of `order`; remember of the others what the retry rule needs. A lost step keeps everything.

        Args:
            slots: the miners that were evaluated, `[slots, columns]`.
            order: places from the first to keep to the last.
            lost: columns whose step was lost, or that had none.
            score: measured losses.
            winner: the winner's loss, block and name, `[columns]` each.
        """
        xp = self._place.xp
        ranked = xp.take_along_axis(slots, order, axis=0)
        size = xp.where(lost, len(slots), self._columns.keep)
        inside = xp.arange(len(slots), device=slots.device)[:, None] < size
        kept = xp.where(inside, ranked, self._miners)
        height = int(xp.max(xp.sum(kept < self._miners, axis=0, dtype=xp.int64)))  # empty slots are ordered last
        self.kept = kept[:height, :]
        out = ~inside & (ranked < self._miners)
        if not xp.any(out):
            return
        at, column = xp.nonzero(out)
        model, own = ranked[at, column], score[order[at, column], column]
        loss, block, name = (value[column] for value in winner)
        self._score[model, column], self._winner_score[model, column] = own, loss
        self._winner_block[model, column], self._winner[model, column] = block, name
        # Beyond the fully decayed bar no age will ever help, so such a model need not be looked at again.
        self._hopeful[model, column] = ~(own > loss) & (own < loss * (1 - self._columns.least[column]))


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
