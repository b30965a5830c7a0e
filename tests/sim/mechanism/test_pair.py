"""The pair rule against plain floats."""

import numpy as np
from generators import Models, pairs, pools
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanism.judge import beats, competitive, wins_pair
from sim.mechanism.pool import EACH_HAS_ONE, pool_of


def by_hand(pool: Models, i: int, j: int, epsilon_i: float, epsilon_j: float) -> bool:
    """Whether i beats j: the strictly earlier one's loss counts (1 - its epsilon) times; only less wins."""
    mine, theirs = float(pool.score[i]), float(pool.score[j])
    if pool.block[i] < pool.block[j]:
        mine = (1 - epsilon_i) * mine
    elif pool.block[j] < pool.block[i]:
        theirs = (1 - epsilon_j) * theirs
    return mine < theirs


def beaten(pool: Models) -> np.ndarray:
    """Who beats whom, bool `[models, models]`."""
    rows = list(zip(*(array.tolist() for array in pool), strict=True))
    found = np.array([[beats(*one, *other) for other in rows] for one in rows], dtype=bool)
    return found.reshape(pool.size, pool.size)


@given(pools(strange=True))
def test_every_pair_is_the_rules(pool: Models) -> None:
    """Who beats whom is what the rule says: ties, exact bars, same blocks, inf and NaN included."""
    each = range(pool.size)
    own = pool.epsilon.tolist()
    assert beaten(pool).tolist() == [[by_hand(pool, i, j, own[i], own[j]) for j in each] for i in each]


@given(pool=pools(strange=True), data=st.data())
def test_an_advantage_may_depend_on_the_challenger(pool: Models, data: st.DataObject) -> None:
    """Where pairs have advantages of their own those count, and the seats' do not; else the seats' do."""
    against, seats = data.draw(pairs(pool.size)), pool.seats()
    for i in range(pool.size):
        for j in range(pool.size):
            expected = by_hand(pool, i, j, float(against[i, j]), float(against[j, i]))
            assert wins_pair(seats, against, True, i, j) == expected
            alone = by_hand(pool, i, j, float(pool.epsilon[i]), float(pool.epsilon[j]))
            assert wins_pair(seats, EACH_HAS_ONE, False, i, j) == alone


@given(pools(strange=True))
def test_nobody_wins_a_pair_twice(pool: Models) -> None:
    """Of a pair at most one wins, and nobody beats itself."""
    found = beaten(pool)
    assert not np.any(found & found.T)


@given(pools(least=1))
def test_a_later_copy_never_wins(pool: Models) -> None:
    """An exact copy in a later block loses to its original, and draws where the advantage is 0."""
    copies = Models(pool.score, pool.block + 1, pool.epsilon)
    found = beaten(Models(*(np.concatenate(arrays) for arrays in zip(pool, copies, strict=True))))
    for original in range(pool.size):
        copy = original + pool.size
        assert not found[copy, original]
        assert found[original, copy] == (pool.epsilon[original] > 0)


def test_only_who_is_like_the_king_has_a_higher_bar() -> None:
    """Of two challengers better by 0.6 %, a bar of 0.5 % lets both pass, one of 1 % for the relative only the other."""
    pool, against = pool_of([3.0, 3.0 * 0.994, 3.0 * 0.994], [0.0, 1.0, 1.0]), np.full((3, 3), 0.005)
    assert [wins_pair(pool, against, True, i, 0) for i in (1, 2)] == [True, True]
    against[0, 1] = 0.01
    assert [wins_pair(pool, against, True, i, 0) for i in (1, 2)] == [False, True]
    competitive(pool, against, True, True)
    assert pool["competitive"].tolist() == [True, False, False]
