"""The queue of a validator: who is let in when, who is kept, and who is tried again."""

import numpy as np
from steady_world import QUIET, lane

from sim.backend import backend
from sim.history import History
from sim.lanes import Columns
from sim.models import Models
from sim.queue import Queue

PLACE = backend()
MINERS = 6
YES = np.array([True, True])


class Desk:
    """A queue of two lanes, and the commitments that miners make at it: column 0 delays 250 blocks, column 1 none."""

    def __init__(self, limit: int = 25, keep: int = 2, policy: object = "linear") -> None:
        lanes = [lane(policy, name=f"delay {delay}", delay=delay, keep=keep) for delay in (250, 0)]
        self.columns = Columns(lanes, 1)
        self.queue = Queue(PLACE, self.columns, MINERS, limit)
        self.committed = Models(PLACE, MINERS, 2)
        self.history = History(PLACE, self.columns, self.committed, np.zeros((MINERS + 1, 2)), QUIET)

    def commit(self, *pairs: tuple[int, int], column: int = 0) -> None:
        """Commitments `(miner, block)` in a column, all told at once."""
        rows, block = np.array(pairs).T
        columns = np.full(len(rows), column)
        self.committed.block[rows, columns] = block
        self.queue.commit(rows, columns, block)

    def admit(self, now: int, ready: np.ndarray = YES) -> list[tuple[int, int]]:
        """Who is let in, as `(miner, column)`."""
        rows, columns, _ = self.queue.admit(now, self.committed, ready)
        return list(zip(rows.tolist(), columns.tolist(), strict=True))

    def again(self, now: int, ready: np.ndarray = YES) -> list[list[int]]:
        """Slots of the models that are tried again."""
        return self.queue.again(now, ready, self.history.epsilon_against).tolist()

    def settle(self, slots: list[int], score: list[float], lost: bool = False) -> list[int]:
        """A step with these miners in both columns, the first of them its winner of block 0; returns whom it keeps."""
        held = np.repeat(np.array(slots)[:, None], 2, axis=1)
        scores = np.repeat(np.array(score)[:, None], 2, axis=1)
        order = np.repeat(np.arange(len(slots))[:, None], 2, axis=1)
        self.queue.settle(held, order, np.array([lost, lost]), scores, (scores[0], np.zeros(2), held[0]))
        return self.queue.kept[:, 0].tolist()


def test_delay() -> None:
    """A commitment of block 100 is old enough at 350 with a delay of 250, and at once without."""
    desk = Desk()
    desk.commit((3, 100))
    desk.commit((3, 100), column=1)
    assert desk.admit(100) == [(3, 1)]
    assert desk.admit(349) == []
    assert desk.admit(350) == [(3, 0)]
    assert desk.admit(500) == []


def test_order_is_that_of_blocks() -> None:
    """The earliest commitment is let in first, whatever its miner's number and whoever else waits."""
    desk = Desk(limit=1)
    desk.commit((0, 130), (4, 120), (2, 140))
    assert [desk.admit(now) for now in (500, 501, 502)] == [[(4, 0)], [(0, 0)], [(2, 0)]]
    late = Desk(limit=1)
    late.commit((5, 150), column=1)
    late.commit((0, 130), (4, 120))
    assert late.admit(500) == [(4, 0), (5, 1)]


def test_limit() -> None:
    """Kept models and newcomers together are no more than the limit; the others wait for a place."""
    desk = Desk(limit=3)
    desk.settle([0, 1], [2.4, 2.5])
    desk.commit((2, 10), (3, 20), (4, 30))
    assert desk.admit(400) == [(2, 0)]
    desk.settle([0], [2.4])  # two places now
    assert desk.admit(550) == [(3, 0), (4, 0)]


def test_who_is_under_evaluation_needs_no_place() -> None:
    """A miner's new model takes the slot of his old one, even in a full queue; no slot is added."""
    desk = Desk(limit=2)
    desk.settle([0, 1], [2.4, 2.5])
    desk.commit((5, 10), (1, 20))
    rows, _, slots = desk.queue.admit(400, desk.committed, YES)
    assert rows.tolist() == [1]
    assert slots.shape[0] == 0


def test_a_replaced_commitment_is_forgotten() -> None:
    """Only the newest commitment of a miner counts, and it waits from its own block on."""
    desk = Desk()
    desk.commit((1, 100))
    desk.commit((1, 200))
    assert desk.admit(350) == []
    assert desk.admit(450) == [(1, 0)]
    assert desk.admit(999) == []


def test_a_busy_lane_waits_alone() -> None:
    """Nothing is let in where the validator is busy, and the other lane does not notice."""
    desk = Desk()
    desk.commit((1, 100))
    desk.commit((1, 100), column=1)
    assert desk.admit(400, np.array([True, False])) == [(1, 0)]
    assert desk.admit(550, np.array([True, True])) == [(1, 1)]


def test_slots_of_newcomers() -> None:
    """One row of slots per newcomer and column; `miners` is an empty slot."""
    desk = Desk()
    desk.commit((3, 100), (1, 110))
    desk.commit((2, 100), column=1)
    _, _, slots = desk.queue.admit(400, desk.committed, YES)
    assert slots.tolist() == [[3, 2], [1, MINERS]]


def test_the_first_are_kept() -> None:
    """As many as `keep` in the given order; a lost step keeps everything."""
    assert Desk(keep=2).settle([4, 1, 3], [2.4, 2.5, 2.45]) == [4, 1]
    assert Desk(keep=2).settle([4, 1, 3], [2.4, 2.5, 2.45], lost=True) == [4, 1, 3]


def test_retry_when_the_decay_makes_it_worth_while() -> None:
    """Dropped 0.2 % below the winner, a model is tried once the winner's epsilon is below that, and once only.

    Linear from 0.005 to 0.0001 in 14,400 blocks: below 0.002 from block 8,817 on.
    """
    desk = Desk(keep=1)
    desk.settle([0, 1], [2.5, 2.5 * 0.998])
    assert desk.queue.kept.tolist() == [[0, 0]]
    assert desk.again(8_815) == []
    assert desk.again(8_818, np.array([True, False])) == [[1, MINERS]]
    assert desk.again(8_820) == [[MINERS, 1]]  # the busy lane now, and the other not again
    assert desk.again(9_000) == []
    assert desk.queue.retries.tolist() == [1, 1]


def test_hopeless_models_are_not_tried() -> None:
    """Neither a worse model nor one below the fully decayed bar ever is, and a replaced one is forgotten."""
    desk = Desk(keep=1)
    desk.settle([0, 1, 2, 3], [2.5, 2.6, 2.5 * 0.99995, 2.5 * 0.998])
    desk.queue.forget(np.array([3]), np.array([0]))
    assert desk.again(10**6) == [[MINERS, 3]]


def test_nothing_is_tried_again_under_a_fixed_bar() -> None:
    """Without a decay a near miss stays a near miss."""
    desk = Desk(keep=1, policy="fixed")
    desk.settle([0, 1], [2.5, 2.5 * 0.996])
    assert desk.again(10**6) == []
