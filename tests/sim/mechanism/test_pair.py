"""The pair rule (A5) against a double loop in plain floats."""

import numpy as np
from generators import Models, pools
from hypothesis import given

from sim.mechanism.pair import beats


def by_hand(pool: Models, i: int, j: int) -> bool:
    """Whether i beats j: the strictly earlier one's loss counts (1 - its epsilon) times; only less wins."""
    mine, theirs = float(pool.score[i]), float(pool.score[j])
    if pool.block[i] < pool.block[j]:
        mine = (1 - float(pool.epsilon[i])) * mine
    elif pool.block[j] < pool.block[i]:
        theirs = (1 - float(pool.epsilon[j])) * theirs
    return mine < theirs


@given(pools(strange=True))
def test_every_pair_is_the_double_loops(pool: Models) -> None:
    """Who beats whom is what two loops over A5 say: ties, exact bars, same blocks, inf and NaN included."""
    expected = [[by_hand(pool, i, j) for j in range(pool.size)] for i in range(pool.size)]
    assert beats(*pool).tolist() == expected


@given(pools(lanes=3, strange=True))
def test_each_lane_is_alone(pool: Models) -> None:
    """A lane gives what its pool alone gives."""
    together = beats(*pool)
    for lane in range(3):
        assert together[..., lane].tolist() == beats(*pool.lane(lane)).tolist()


@given(pools(strange=True))
def test_nobody_wins_a_pair_twice(pool: Models) -> None:
    """Of a pair at most one wins, and nobody beats itself."""
    beaten = beats(*pool)
    assert not np.any(beaten & beaten.T)


@given(pools(least=1))
def test_a_later_copy_never_wins(pool: Models) -> None:
    """An exact copy in a later block loses to its original, and draws where the advantage is 0."""
    copies = Models(pool.score, pool.block + 1, pool.epsilon)
    both = Models(*(np.concatenate(arrays) for arrays in zip(pool, copies, strict=True)))
    beaten = beats(*both)
    for original in range(pool.size):
        copy = original + pool.size
        assert not beaten[copy, original]
        assert beaten[original, copy] == (pool.epsilon[original] > 0)
