"""The queue of a validator: what is let in when, what is kept, and what is tried again."""

import numpy as np
from engine_loops import reachable
from steady_world import lane

from sim.lanes import Columns
from sim.mechanism.pool import pool_of
from sim.models import no_miners, no_models
from sim.validators import queue as room
from sim.validators.queue import enqueue
from sim.validators.validator import new_history, new_validator

MINERS = 6
ADMIT, GIVE_UP, RETRY, SETTLE = (reachable(getattr(room, name)) for name in ("admit", "give_up", "retry", "settle"))


class Waiting:
    """A queue of two lanes, and the commitments that miners make at it: column 0 delays 250 blocks, column 1 none."""

    def __init__(self, limit: int = 25, keep: int = 2, policy: object = "linear") -> None:
        lanes = [lane(policy, name=f"delay {delay}", delay=delay, keep=keep) for delay in (250, 0)]
        self.columns, self.limit, self.keep = Columns(lanes, 1), limit, keep
        self.committed, history = no_models(MINERS, 2), new_history(MINERS, 2, 0.0, 0.0)
        miners, effort = no_miners((2, MINERS)), np.ones(MINERS)
        self.validator = new_validator(self.columns, miners, self.committed, history, effort)

    def commit(self, *pairs: tuple[int, int], column: int = 0) -> None:
        """Commitments `(miner, block)` in a column, all told at once."""
        for miner, block in pairs:
            self.committed.facts["block"][column, miner] = block
        new = np.array([(miner, column) for miner, _ in pairs])
        enqueue(self.validator, self.committed, new, len(new))

    def admit(self, now: int, column: int = 0) -> list[int]:
        """The miners that are let in."""
        return self.admitted(now, column)[0]

    def admitted(self, now: int, column: int = 0) -> tuple[list[int], int]:
        """The same, and how many of them take a new place."""
        found, oldest = np.empty(MINERS, np.int64), float(now - self.columns.delay[column])
        count, new = ADMIT(self.validator, column, oldest, self.limit, self.committed, found)
        return found[:count].tolist(), new

    def again(self, now: int, column: int = 0) -> list[int]:
        """The miners whose models are tried again."""
        found = np.empty(MINERS, np.int64)
        count = RETRY(self.validator, column, now, self.columns.table, found)
        return found[:count].tolist()

    def settle(self, uids: list[int], score: list[float], lost: bool = False) -> list[int]:
        """A step with these miners in both columns, the first of them its winner of block 0; what column 0 keeps."""
        self.validator.average[:] = 0.0
        self.validator.average[:, uids] = np.linspace(1.0, 0.5, len(uids))
        for column in (0, 1):
            pool = pool_of(score, [0.0] * len(uids))
            pool["uid"], pool["competitive"], pool["rate"][0] = uids, True, 1.0
            least = self.columns.table["least"][column]
            SETTLE(self.validator, column, pool, lost, self.keep, least)
        return self.kept()

    def kept(self, column: int = 0) -> list[int]:
        """The miners whose models are evaluated again."""
        return self.validator.kept[column, : self.validator.state["keeps"][column]].tolist()


def test_delay() -> None:
    """A commitment of block 100 is old enough at 350 with a delay of 250, and at once without."""
    waiting = Waiting()
    waiting.commit((3, 100))
    waiting.commit((3, 100), column=1)
    assert [waiting.admit(100, column) for column in (0, 1)] == [[], [3]]
    assert waiting.admit(349) == []
    assert waiting.admit(350) == [3]
    assert waiting.admit(500) == []


def test_everybody_at_once() -> None:
    """Newcomers come first, then those who have a place already, both by block, also where it is just all of them."""
    waiting = Waiting(keep=MINERS)
    waiting.commit(*((miner, 0) for miner in range(1, MINERS)))
    waiting.settle(waiting.admit(250), [2.5] * (MINERS - 1))
    waiting.commit(*((miner, 1000 - miner) for miner in range(MINERS)))
    assert waiting.admitted(2000) == ([0, 5, 4, 3, 2, 1], 1)


def test_order_is_that_of_blocks() -> None:
    """The earliest commitment is let in first, whatever its miner's number; of the same block the lower number."""
    waiting = Waiting(limit=1)
    waiting.commit((0, 130), (4, 120), (2, 140))
    assert [waiting.admit(now) for now in (500, 501, 502)] == [[4], [0], [2]]
    late = Waiting()
    late.commit((5, 150), (3, 130))
    late.commit((1, 150), (0, 130))
    assert late.admit(500) == [0, 3, 1, 5]


def test_limit() -> None:
    """DiskCache models and newcomers together are no more than the limit; the others wait for a place."""
    waiting = Waiting(limit=3)
    waiting.settle([0, 1], [2.4, 2.5])
    waiting.commit((2, 10), (3, 20), (4, 30))
    assert waiting.admit(400) == [2]
    waiting.settle([0], [2.4])  # two places now
    assert waiting.admit(550) == [3, 4]


def test_what_is_under_evaluation_needs_no_place() -> None:
    """A miner's new model takes the place of its old one, even in a full queue."""
    waiting = Waiting(limit=2)
    waiting.settle([0, 1], [2.4, 2.5])
    waiting.commit((5, 10), (1, 20))
    assert waiting.admitted(400) == ([1], 0)


def test_newcomers_come_first() -> None:
    """Those that take a new place are before those whose place is there already, each in the order of blocks."""
    waiting = Waiting()
    waiting.settle([0, 1], [2.4, 2.5])
    waiting.commit((1, 10), (5, 20), (0, 30), (3, 40))
    assert waiting.admitted(400) == ([5, 3, 1, 0], 2)


def test_a_replaced_commitment_is_forgotten() -> None:
    """Only the newest commitment of a miner counts, and it waits from its own block on."""
    waiting = Waiting()
    waiting.commit((1, 100))
    waiting.commit((1, 200))
    assert waiting.admit(350) == []
    assert waiting.admit(450) == [1]
    assert waiting.admit(999) == []


def test_lanes_wait_each_on_its_own() -> None:
    """What is let in in one lane still waits in the other."""
    waiting = Waiting()
    waiting.commit((1, 100))
    waiting.commit((1, 100), column=1)
    assert waiting.admit(400, 0) == [1]
    assert waiting.admit(550, 1) == [1]


def test_the_first_are_kept() -> None:
    """As many as `keep` in the given order; a lost step keeps everything."""
    assert Waiting(keep=2).settle([4, 1, 3], [2.4, 2.5, 2.45]) == [4, 1]
    assert Waiting(keep=2).settle([4, 1, 3], [2.4, 2.5, 2.45], lost=True) == [4, 1, 3]


def test_retry_when_the_decay_makes_it_worth_while() -> None:
    """Dropped 0.2 % below the winner, a model is tried once the winner's epsilon is below that, and once only.

    Linear from 0.005 to 0.0001 in 14,400 blocks: below 0.002 from block 8,817 on.
    """
    waiting = Waiting(keep=1)
    waiting.settle([0, 1], [2.5, 2.5 * 0.998])
    assert [waiting.kept(column) for column in (0, 1)] == [[0], [0]]
    assert waiting.again(8_815) == []
    assert waiting.again(8_818) == [1]
    assert [waiting.again(8_820, column) for column in (0, 1)] == [[], [1]]  # not again, and the other lane now
    assert waiting.again(9_000) == waiting.again(9_000, 1) == []
    assert waiting.validator.state["retries"].tolist() == [1, 1]


def test_hopeless_models_are_not_tried() -> None:
    """Neither a worse model nor one below the fully decayed bar ever is, and a replaced one is forgotten."""
    waiting = Waiting(keep=1)
    waiting.settle([0, 1, 2, 3], [2.5, 2.6, 2.5 * 0.99995, 2.5 * 0.998])
    GIVE_UP(waiting.validator, 0, 3)
    assert [waiting.again(10**6, column) for column in (0, 1)] == [[], [3]]


def test_nothing_is_tried_again_under_a_fixed_bar() -> None:
    """Without a decay a near miss stays a near miss."""
    waiting = Waiting(keep=1, policy="fixed")
    waiting.settle([0, 1], [2.5, 2.5 * 0.996])
    assert waiting.again(10**6) == []


def test_stored_models() -> None:
    """The kept models, and those that may be tried again where there are retries; each of these once."""
    waiting = Waiting(keep=1)
    waiting.settle([0, 1, 2], [2.5, 2.5 * 0.998, 2.6])
    waiting.settle([0, 1, 2], [2.5, 2.5 * 0.997, 2.6])
    assert waiting.validator.stored(True).tolist() == [2, 2]
    assert waiting.validator.stored(False).tolist() == [1, 1]
    waiting.again(10**6)
    assert waiting.validator.stored(True).tolist() == [1, 2]
