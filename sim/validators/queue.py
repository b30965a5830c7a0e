"""What waits for a validator: commitments not yet old enough or without a place, and dropped models worth a retry."""

from math import nan
from typing import NamedTuple

import numpy as np

from sim.compiler import compiled, inner
from sim.mechanism.keep import order_models, worth_retrying
from sim.models import Models
from sim.validators.history import History, advantage, kinship

DROPPED = np.dtype(
    [("hopeful", "b1"), ("winner", "i8"), ("score", "f8"), ("winner_score", "f8"), ("winner_block", "f8")], align=True
)
"""What is remembered of a miner's model that fell out of the keep-set: whether it may win one day, its measured loss,
and the winner of its last evaluation: miner, measured loss and commit block."""


class Work(NamedTuple):
    """Work space of loops over models, `[miners]` each."""

    plain: np.ndarray
    key: np.ndarray
    order: np.ndarray
    by_loss: np.ndarray
    found: np.ndarray
    means: np.ndarray
    step: np.ndarray
    weights: np.ndarray


def work_space(miners: int) -> Work:
    """Work space for so many models."""
    kinds = (np.float64, np.float64, np.int64, np.int64, np.int64, np.float32, np.float32, np.float32)
    return Work(*(np.zeros(miners, kind) for kind in kinds))


class Queue(NamedTuple):
    """The lists of one validator, miners by number, in all columns.

    Attributes:
        kept: models that are evaluated again in the next step, int `[columns, miners]`; `keeps[column]` of them count.
        keeps: how many there are, `[columns]`.
        waiting: miners whose commitment waits, by block, likewise; `waits[column]` of them count.
        waits: how many there are, `[columns]`.
        dropped: records of `DROPPED`, `[columns, miners]`.
        hopes: how many of them are hopeful, int `[columns]`.
        retries: evaluations of dropped models so far, int `[columns]`.
    """

    kept: np.ndarray
    keeps: np.ndarray
    waiting: np.ndarray
    waits: np.ndarray
    dropped: np.ndarray
    hopes: np.ndarray
    retries: np.ndarray

    def stored(self, remembers: bool) -> np.ndarray:
        """How many models the validator has to store, int `[columns]`.

        Args:
            remembers: whether those count that were dropped and that the decay may still bring back.
        """
        return np.asarray(self.keeps + self.hopes if remembers else self.keeps)


def empty_queue(miners: int, width: int) -> Queue:
    """A queue in which nothing waits."""
    kept, waiting = np.zeros((2, width, miners), np.int32)
    keeps, waits, hopes, retries = np.zeros((4, width), np.int64)
    return Queue(kept, keeps, waiting, waits, np.zeros((width, miners), DROPPED), hopes, retries)


@compiled
def enqueue(queue: Queue, committed: Models, new: np.ndarray, count: int) -> None:
    """Let the first `count` commitments among `new`, (miner, column) each, wait: by block, then by miner.

    A miner's commitment that waits already is replaced.
    """
    for number in range(count):
        miner, c = new[number, 0], new[number, 1]
        line, block, left = queue.waiting[c], committed.facts[c, miner].block, 0
        for place in range(queue.waits[c]):
            if line[place] != miner:
                line[left] = line[place]
                left += 1
        queue.waits[c] = left + 1
        while left > 0:
            before = committed.facts[c, line[left - 1]].block
            if before < block or (before == block and line[left - 1] < miner):
                break
            line[left] = line[left - 1]
            left -= 1
        line[left] = miner


@inner
def admit(queue: Queue, c: int, oldest: float, limit: int, committed: Models, admitted: np.ndarray) -> tuple[int, int]:
    """Let in what is old enough and finds a place, in the order of blocks.

    Args:
        queue: of the validator.
        c: the column.
        oldest: commitments of this block or earlier are old enough.
        limit: models that may be pending or under evaluation at once.
        committed: the newest commitments.
        admitted: gets the miners that were let in: first those that take a new place, then those whose place is there
            already, because their old model is in the keep-set.

    Returns:
        How many were let in, and how many of them take a new place.
    """
    line, kept, keeps = queue.waiting[c], queue.kept[c], queue.keeps[c]
    new, again, left = 0, 0, 0
    for place in range(queue.waits[c]):
        miner = line[place]
        due = committed.facts[c, miner].block <= oldest
        seated = False
        if due:
            for seat in range(keeps):
                seated = seated or kept[seat] == miner
        if due and (seated or keeps + new < limit):
            if seated:
                again += 1
                admitted[len(admitted) - again] = miner
            else:
                admitted[new] = miner
                new += 1
        else:
            line[left] = miner
            left += 1
    queue.waits[c] = left
    for place in range(again):
        admitted[new + place] = admitted[len(admitted) - 1 - place]
    return new + again, new


@inner
def give_up(queue: Queue, c: int, miner: int) -> None:
    """What is known of a dropped model counts no more."""
    if queue.dropped[c, miner].hopeful:
        queue.dropped[c, miner].hopeful = False
        queue.hopes[c] -= 1


@inner
def retry(
    queue: Queue, c: int, now: int, lanes: np.ndarray, history: History, models: Models, found: np.ndarray
) -> int:
    """Dropped models that would now beat the winner of their own last evaluation, not today's, in the order of miners.

    Args:
        queue: of the validator.
        c, now: column and block.
        lanes, history, models: as in `advantage`.
        found: gets the miners.

    Returns:
        How many there are.
    """
    count = 0
    if queue.hopes[c] == 0:
        return count
    for miner in range(queue.dropped.shape[1]):
        past = queue.dropped[c, miner]
        if past.hopeful:
            alike = kinship(models, c, past.winner, miner) if lanes[c].pairs else nan
            age = now - past.winner_block
            bar = advantage(lanes, history, models, c, past.winner, float(now), age, alike)
            if worth_retrying(past.score, past.winner_score, bar):
                past.hopeful = False
                queue.hopes[c] -= 1
                found[count] = miner
                count += 1
    queue.retries[c] += count
    return count


@inner
def settle(
    queue: Queue, c: int, pool: np.ndarray, average: np.ndarray, idle: bool, keep: int, least: float, work: Work
) -> None:
    """A step is over: keep the first models, and remember of the others what the retry rule needs.

    Args:
        queue: of the validator.
        c: the column.
        pool: the judged models.
        average: the moving averages of all miners, float32 `[miners]`.
        idle: the step was lost, and everything is kept.
        keep: how many are kept otherwise.
        least: the lowest advantage that there can ever be.
        work: work space.
    """
    size, order, means = len(pool), work.order, work.means
    best, winner = -1.0, 0
    for seat in range(size):
        means[seat] = average[pool[seat].uid]
        if pool[seat].competitive and pool[seat].rate > best:
            best, winner = pool[seat].rate, seat
    order_models(pool, means, order, work.key, work.by_loss)
    keeps = size if idle else min(keep, size)
    for place in range(size):
        seat = order[place]
        if place < keeps:
            queue.kept[c, place] = pool[seat].uid
            continue
        score, bar = pool[seat].score, pool[winner].score
        past = queue.dropped[c, pool[seat].uid]
        # beyond the fully decayed bar no age will ever help, so such a model need not be looked at again
        hopeful = not score > bar and score < bar * (1 - least)
        queue.hopes[c] += int(hopeful) - int(past.hopeful)
        past.hopeful, past.score, past.winner_score = hopeful, score, bar
        past.winner_block, past.winner = pool[winner].block, pool[winner].uid
    queue.keeps[c] = keeps
