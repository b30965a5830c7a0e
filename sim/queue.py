"""What waits for a validator: commitments not yet old enough or without a place, and dropped models worth a retry."""

from math import nan
from typing import NamedTuple

import numpy as np

from sim.compiler import compiled, inner
from sim.history import History, advantage, kinship
from sim.mechanism.keep import order_models, worth_retrying
from sim.models import Models

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


def empty_queue(miners: int, width: int) -> Queue:
    """A queue in which nothing waits."""
    lists, counts = (width, miners), (width,)
    return Queue(
        np.zeros(lists, np.int32),
        np.zeros(counts, np.int64),
        np.zeros(lists, np.int32),
        np.zeros(counts, np.int64),
        np.zeros(lists, DROPPED),
        np.zeros(counts, np.int64),
        np.zeros(counts, np.int64),
    )


@inner
def remove(places: np.ndarray, count: int, miner: int) -> int:
    """Take a miner out of the first `count` places of a list, if it is there; how many are left."""
    left = 0
    for place in range(count):
        if places[place] != miner:
            places[left] = places[place]
            left += 1
    return left


@inner
def enqueue(queue: Queue, c: int, miner: int, committed: Models) -> None:
    """Take notice of a miner's new commitment; one that waits already is forgotten. Order: by block, then by miner."""
    line, count = queue.waiting[c], remove(queue.waiting[c], queue.waits[c], miner)
    block, at = committed.facts[c, miner].block, count
    while at > 0:
        before = committed.facts[c, line[at - 1]].block
        if before < block or (before == block and line[at - 1] < miner):
            break
        line[at] = line[at - 1]
        at -= 1
    line[at] = miner
    queue.waits[c] = count + 1


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
    line, kept, held = queue.waiting[c], queue.kept[c], queue.keeps[c]
    new, again, left = 0, 0, 0
    for place in range(queue.waits[c]):
        miner = line[place]
        due = committed.facts[c, miner].block <= oldest
        seated = False
        if due:
            for seat in range(held):
                seated = seated or kept[seat] == miner
        if due and (seated or held + new < limit):
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


@compiled
def enqueue_all(queue: Queue, committed: Models, new: np.ndarray, count: int) -> None:
    """Take notice of the first `count` commitments among `new`, (miner, column) each."""
    for place in range(count):
        enqueue(queue, new[place, 1], new[place, 0], committed)


@compiled
def held(queue: Queue, remembers: bool, out: np.ndarray) -> None:
    """Models that the validator has to hold, into `out`, int `[columns]`.

    Args:
        queue: of the validator.
        remembers: whether those count that were dropped and that the decay may still bring back.
        out: gets the numbers.
    """
    for c in range(len(out)):
        out[c] = queue.keeps[c] + (queue.hopes[c] if remembers else 0)
