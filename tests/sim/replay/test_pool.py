"""The pool: who is evaluated next."""

import numpy as np
from small_race import lane, small_race

from sim.lanes import Columns
from sim.replay.pool import Pool

LINEAR = {"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 50_400}}
RACE = small_race((0, "ann", 3.0), (500, "bob", 2.9), (500, "cid", 2.8), (900, "ann", 2.7))


def pool_of(*rules, race=RACE, one_model_per_miner=False):
    """A pool with one lane per set of rules."""
    columns = Columns([lane(LINEAR, str(i), **given) for i, given in enumerate(rules)], 1)
    return Pool(race, columns, one_model_per_miner)


def models(slots, column=0, size=4):
    """The models in a column's slots, in order."""
    return [m for m in slots[:, column].tolist() if m < size]


def settle(pool, slots, scores, *, lost=False, order=None):
    """Settle a one-column pool: lowest loss first unless an order is given; the best of `scores` is the winner."""
    score = np.array(scores, dtype=float)[:, None]
    order = np.argsort(score, axis=0, kind="stable") if order is None else np.array(order)[:, None]
    best = int(np.argmin(score[:, 0]))
    block = float(RACE.block[slots[best, 0]])
    pool.settle(slots, order, np.array([lost]), score, (score[best], np.array([block]), slots[best]))


def test_a_model_waits_for_the_delay():
    """It is evaluated in the first step at which it is at least `delay` blocks old (A3: 250), and only once new."""
    pool = pool_of({"delay": 250})
    assert [models(pool.gather(now)) for now in (0, 249)] == [[], []]
    assert models(pool.gather(250)) == [0]
    assert models(pool.gather(749)) == []
    assert models(pool.gather(750)) == [1, 2]


def test_lanes_have_delays_of_their_own():
    """What one lane evaluates at once another evaluates later; an empty slot stands in between."""
    pool = pool_of({"delay": 0}, {"delay": 250})
    slots = pool.gather(0)
    assert (models(slots, 0), models(slots, 1)) == ([0], [])
    slots = pool.gather(250)
    assert (models(slots, 0), models(slots, 1)) == ([], [0])


def test_the_best_are_kept():
    """The first `keep` of the order stay for the next step, before the arrivals."""
    pool = pool_of({"delay": 0, "keep": 2})
    slots = pool.gather(500)
    assert models(slots) == [0, 1, 2]
    settle(pool, slots, [3.0, 2.9, 2.8])
    assert models(pool.gather(900)) == [2, 1, 3]


def test_a_lost_step_keeps_everything():
    """Where nobody was competitive the validator has raised before it could forget anyone (P2)."""
    pool = pool_of({"delay": 0, "keep": 1})
    slots = pool.gather(500)
    settle(pool, slots, [3.0, 2.9, 2.8], lost=True, order=[0, 1, 2])
    assert models(pool.gather(600)) == [0, 1, 2]


def test_a_dropped_better_model_comes_back_when_the_bar_has_fallen():
    """Retry iff s < W (1 - eps(age of W)): 2.7 against 2.706 of block 0 once eps < 0.006 / 2.706 (A3)."""
    race = small_race((0, "ann", 2.706), (0, "bob", 2.7))
    pool = pool_of({"delay": 0, "keep": 1}, race=race)
    slots = pool.gather(0)
    order, none = np.array([[0], [1]]), np.array([False])
    pool.settle(slots, order, none, np.array([[2.706], [2.7]]), (np.array([2.706]), np.array([0.0]), slots[0]))
    due = (0.005 - 0.006 / 2.706) / 0.0045 * 50_400
    assert models(pool.gather(int(due)), size=2) == [0]
    assert models(pool.gather(int(due) + 1), size=2) == [0, 1]


def test_what_is_never_retried():
    """A model that is worse than the winner, a former winner (s = W, P8), and one within the floor stay out."""
    for own, winner in ((2.71, 2.706), (2.706, 2.706), (2.706 * 0.9996, 2.706)):
        pool = pool_of({"delay": 0, "keep": 1}, race=small_race((0, "ann", winner), (0, "bob", own)))
        slots = pool.gather(0)
        pool.settle(
            slots,
            np.array([[0], [1]]),
            np.array([False]),
            np.array([[winner], [own]]),
            (np.array([winner]), np.array([0.0]), slots[0]),
        )
        assert models(pool.gather(10**7), size=2) == [0]


def test_a_retried_model_is_evaluated_once():
    """Dropped again, it is judged by its newest evaluation."""
    race = small_race((0, "ann", 2.706), (0, "bob", 2.7))
    pool = pool_of({"delay": 0, "keep": 1}, race=race)
    for now in (0, 50_400):
        slots = pool.gather(now)
        assert models(slots, size=2) == [0, 1]
        pool.settle(
            slots,
            np.array([[0], [1]]),
            np.array([False]),
            np.array([[2.706], [2.7]]),
            (np.array([2.706]), np.array([float(now)]), slots[0]),
        )
    assert models(pool.gather(50_550), size=2) == [0]


def test_one_hotkey_per_miner():
    """A miner's newer model has the same uid, and takes the old one's place when it is old enough to be evaluated."""
    pool = pool_of({"delay": 100}, one_model_per_miner=True)
    assert (pool.uids, pool.uid.tolist()) == (3, [0, 1, 2, 0, 3])
    slots = pool.gather(600)
    settle(pool, slots, [3.0, 2.9, 2.8])
    assert sorted(models(pool.gather(999))) == [0, 1, 2]
    assert sorted(models(pool.gather(1000))) == [1, 2, 3]


def test_two_models_of_a_miner_arrive_together():
    """Of two that become due in one step only the newer one is evaluated."""
    pool = pool_of({"delay": 0}, one_model_per_miner=True)
    assert models(pool.gather(900)) == [1, 2, 3]


def test_a_hotkey_for_every_submission():
    """Without that rule everyone stays, under a uid of its own."""
    pool = pool_of({"delay": 0})
    assert (pool.uids, pool.uid.tolist()) == (4, [0, 1, 2, 3, 4])
    assert models(pool.gather(900)) == [0, 1, 2, 3]


def test_a_dropped_model_is_forgotten_when_its_miner_submits():
    """What waits for a retry goes with the commitment that it belonged to."""
    race = small_race((0, "ann", 2.706), (0, "bob", 2.7), (50_400, "bob", 2.75))
    pool = pool_of({"delay": 0, "keep": 1}, race=race, one_model_per_miner=True)
    slots = pool.gather(0)
    pool.settle(
        slots,
        np.array([[0], [1]]),
        np.array([False]),
        np.array([[2.706], [2.7]]),
        (np.array([2.706]), np.array([0.0]), slots[0]),
    )
    assert models(pool.gather(50_400), size=3) == [0, 2]
