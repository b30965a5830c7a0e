"""The keep-set of all columns, and what is remembered of the models that fell out of it (A3, A8)."""

from collections.abc import Callable

import numpy as np

from policies.arrays import Array
from sim.backend import Backend
from sim.evaluation import Bench
from sim.lanes import Columns
from sim.mechanism.judge import Verdict
from sim.mechanism.keep import keep_order, priority
from sim.mechanism.retry import worth_retrying

Epsilon = Callable[[int, Array, Array, Array], Array]
"""The advantage of winners: of (block now, ages `[some, columns]`, which models, and who challenges each, likewise)."""


class KeepSet:
    """Slots hold models by number; `size` is an empty slot.

    Args:
        place: where arrays live.
        columns: the lanes times worlds.
        size: how many models there can be.

    Attributes:
        kept: who is evaluated again in the next step, int `[slots, columns]`.
        retries: evaluations of dropped models, int `[columns]`.
    """

    def __init__(self, place: Backend, columns: Columns, size: int) -> None:
        self._place, self._columns, self.size = place, columns, size
        shape = (size + 1, columns.width)
        self.kept = place.full((0, columns.width), size, "int64")
        self.retries = place.full((columns.width,), 0, "int64")
        self._hopeful = place.full(shape, False, "bool")
        self._score, self._winner_score, self._winner_block = (place.full(shape, 0.0) for _ in range(3))
        self._winner = place.full(shape, size, "int64")

    def again(self, now: int, ready: Array, epsilon: Epsilon) -> Array:
        """Dropped models that would now beat the winner of their own last evaluation (A3, pitfall P8), as slots."""
        xp = self._place.xp
        rows = np.flatnonzero(self._place.numpy(xp.any(self._hopeful, axis=1)))
        if not len(rows):
            return self.kept[:0, :]
        rows = self._place.array(rows)
        bar = epsilon(now, now - self._winner_block[rows, :], self._winner[rows, :], rows[:, None])
        found = worth_retrying(self._score[rows, :], self._winner_score[rows, :], bar)
        found = found & self._hopeful[rows, :] & ready
        if not xp.any(found):
            return self.kept[:0, :]
        self._hopeful[rows, :] = self._hopeful[rows, :] & ~found
        self.retries = self.retries + xp.sum(found, axis=0, dtype=xp.int64)
        slots = xp.where(found, rows[:, None], self.size)
        height = int(xp.max(xp.sum(found, axis=0, dtype=xp.int64)))
        return xp.sort(slots, axis=0)[:height, :]  # empty slots sort last

    def forget(self, rows: Array, columns: Array) -> None:
        """What is known of these dropped models counts no more."""
        self._hopeful[rows, columns] = False

    def close(self, slots: Array, bench: Bench, found: Verdict, average: Array, idle: Array) -> None:
        """A step is over: order its models, keep the first, remember the others.

        Args:
            slots: the models that were evaluated, `[slots, columns]`.
            bench, found: what was seen, and the verdict.
            average: the moving average of each model's owner.
            idle: columns whose step was lost, or that had none, bool `[columns]`.
        """
        xp = self._place.xp
        order = keep_order(priority(average, found.rate), found.competitive, bench.score, slots < self.size)
        best = xp.argmax(xp.where(found.competitive, found.rate, -1.0), axis=0)
        at = best, xp.arange(best.shape[0], device=best.device)
        self.settle(slots, order, idle, bench.score, (bench.score[at], bench.block[at], slots[at]))

    def settle(self, slots: Array, order: Array, idle: Array, score: Array, winner: tuple[Array, Array, Array]) -> None:
        """Keep the first of `order`; remember of the others what the retry rule needs. A lost step keeps everything.

        Args:
            slots: the models that were evaluated, `[slots, columns]`.
            order: places from the first to keep to the last.
            idle: columns whose step was lost, or that had none.
            score: measured losses.
            winner: the winner's loss, block and number, `[columns]` each.
        """
        xp = self._place.xp
        ranked = xp.take_along_axis(slots, order, axis=0)
        size = xp.where(idle, len(slots), self._columns.keep)
        inside = xp.arange(len(slots), device=slots.device)[:, None] < size
        kept = xp.where(inside, ranked, self.size)
        height = int(xp.max(xp.sum(kept < self.size, axis=0, dtype=xp.int64)))  # empty slots are ordered last
        self.kept = kept[:height, :]
        out = ~inside & (ranked < self.size)
        if not xp.any(out):
            return
        at, column = xp.nonzero(out)
        model, own = ranked[at, column], score[order[at, column], column]
        loss, block, number = (value[column] for value in winner)
        self._score[model, column], self._winner_score[model, column] = own, loss
        self._winner_block[model, column], self._winner[model, column] = block, number
        # Beyond the fully decayed bar no age will ever help, so such a model need not be looked at again.
        self._hopeful[model, column] = ~(own > loss) & (own < loss * (1 - self._columns.least[column]))
