"""How a model becomes king, by the three meanings of the word, against plain loops."""

import math

import numpy as np
import pytest
from generators import Models, flags, pairs, pools
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanism.dethrone import against_king, crown_by_pair, heaviest, running_best
from sim.mechanism.judge import wins_pair
from sim.mechanism.pool import EACH_HAS_ONE, pool_of


def those_who_count(pool: np.ndarray) -> list[int]:
    """Places with a model that has a finite loss, oldest first."""
    places = [i for i in range(len(pool)) if pool["present"][i] and math.isfinite(pool["score"][i])]
    return sorted(places, key=lambda i: float(pool["block"][i]))


@given(pool=pools(strange=True), data=st.data())
def test_only_newer_models_challenge_the_king(pool: Models, data: st.DataObject) -> None:
    """From the oldest on, each model that is newer than the king of then and beats it reigns; else it stays."""
    against, seats = data.draw(pairs(pool.size)), pool.seats(present=data.draw(flags(pool.size)))
    order = those_who_count(seats)
    reigning = data.draw(st.sampled_from([-1, *order]))
    king = reigning
    for place in order:
        newer = king >= 0 and seats["block"][place] > seats["block"][king]
        if king < 0 or (newer and wins_pair(seats, against, True, place, king)):
            king = place
    assert against_king(seats, against, True, reigning) == king


@given(pool=pools(strange=True), data=st.data())
def test_a_running_best_beats_all_before_it(pool: Models, data: st.DataObject) -> None:
    """The king is the newest model that beats every other of its block or earlier; the first in the pool of several."""
    against, seats = data.draw(pairs(pool.size)), pool.seats(present=data.draw(flags(pool.size)))
    order, block = those_who_count(seats), seats["block"]
    records = [
        i for i in order if all(wins_pair(seats, against, True, i, j) for j in order if j != i and block[j] <= block[i])
    ]
    expected = next((i for i in sorted(records) if block[i] == max(block[records])), -1)
    assert running_best(seats, against, True) == expected


@given(pool=pools(strange=True), by_record=st.booleans(), data=st.data())
def test_a_king_by_pair_takes_everything(pool: Models, by_record: bool, data: st.DataObject) -> None:
    """The new king alone is competitive and has all weight; wins count over all that have a finite loss."""
    seats = pool.seats(present=data.draw(flags(pool.size)))
    seats["competitive"], seats["wins"], seats["rate"], seats["weight"] = True, 7, 0.5, 0.5
    order, uid = those_who_count(seats), data.draw(st.integers(-1, 8))
    king = crown_by_pair(seats, EACH_HAS_ONE, False, uid, by_record)
    reigning = uid if uid in order else -1
    pair = (seats, EACH_HAS_ONE, False)
    assert king == (running_best(*pair) if by_record else against_king(*pair, reigning))
    for name in ("competitive", "rate", "weight"):
        assert seats[name].tolist() == [i == king for i in range(pool.size)]
    won = [sum(wins_pair(*pair, i, j) for j in order) if i in order else 0 for i in range(pool.size)]
    assert seats["wins"].tolist() == won


def test_an_older_model_has_had_its_turn() -> None:
    """A model older than the king does not take the crown back when its own advantage would let it win the pair."""
    pool = pool_of([1.0, 0.997], [0.0, 100.0], 0.005)
    assert wins_pair(pool, EACH_HAS_ONE, False, 0, 1)
    assert against_king(pool, EACH_HAS_ONE, False, 1) == 1


def test_a_king_by_pair_need_not_be_a_running_best() -> None:
    """A model that beats the king but not a near miss before it is king by pair, and no running best."""
    pool = pool_of([1.0, 0.997, 0.9945], [0.0, 100.0, 200.0], 0.005)
    assert crown_by_pair(pool, EACH_HAS_ONE, False, 0, False) == 2
    assert crown_by_pair(pool, EACH_HAS_ONE, False, 0, True) == 0


@pytest.mark.parametrize(
    ("weights", "reigning", "king"),
    [
        ([0.0, 0.25, 0.75], -1, 2),
        ([0.0, 0.5, 0.5], -1, 1),
        ([0.0, 0.5, 0.5], 2, 2),
        ([0.5, 0.25, 0.25], 2, 0),
        ([0.0, 0.0, 0.0], -1, -1),
        ([0.0, 0.0, 0.0], 1, 1),
        ([np.nan, 1.0, 0.0], 2, 2),
        ([], 2, 2),
    ],
)
def test_the_king_weighs_most(weights: list[float], reigning: int, king: int) -> None:
    """The heaviest uid is king; of several the reigning one, else the first; nothing changes where nothing weighs."""
    assert heaviest(np.array(weights, dtype=np.float32), reigning) == king
