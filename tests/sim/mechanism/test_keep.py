"""The keep-set (A8) against Python's own sort."""

import numpy as np
import pytest
from generators import Models, floors, pools
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanism.judge import judge
from sim.mechanism.keep import keep_order, priority

AVERAGES = st.sampled_from([0.0, 0.0009, 0.001, 0.25, 0.75])


def by_hand(average: list[float], rate: list[float], competitive: list[bool], score: list[float]) -> list[int]:
    """Competitive models by falling priority, then the whole pool by rising loss, without those that are in already."""
    members = [i for i, among in enumerate(competitive) if among]
    first = sorted(members, key=lambda i: -(1 + average[i] if average[i] >= 0.001 else rate[i]))
    return first + [i for i in sorted(range(len(score)), key=lambda i: score[i]) if i not in first]


@given(pool=pools(strange=True, least=1), floor=floors(), data=st.data())
def test_the_order_is_pythons(pool: Models, floor: float, data: st.DataObject) -> None:
    """The order to keep is the one that A8's two stable sorts give, NaN losses included."""
    found = judge(*pool, floor)
    average = data.draw(st.lists(AVERAGES, min_size=pool.size, max_size=pool.size))
    rank = priority(np.array(average, dtype=np.float32), found.rate)
    order = keep_order(rank, found.competitive, pool.score)
    shares = np.array(average, dtype=np.float32).astype(float).tolist()
    assert order.tolist() == by_hand(shares, found.rate.tolist(), found.competitive.tolist(), pool.score.tolist())


@given(pool=pools(lanes=3, strange=True, least=1), data=st.data())
def test_each_lane_is_alone_and_empty_slots_come_last(pool: Models, data: st.DataObject) -> None:
    """A lane gives what it gives alone; slots without a model follow all others, whatever stands in them."""
    present = np.array(data.draw(st.lists(st.booleans(), min_size=3 * pool.size, max_size=3 * pool.size)))
    present = present.reshape(pool.size, 3)
    found = judge(*pool, 0.0005, present=present)
    rank = priority(np.zeros((pool.size, 3), dtype=np.float32), found.rate)
    together = keep_order(rank, found.competitive, pool.score, present)
    for lane in range(3):
        own = np.flatnonzero(present[:, lane])
        alone = judge(*pool.lane(lane).at(own), 0.0005)
        order = keep_order(alone.rate, alone.competitive, pool.score[own, lane])
        assert together[: len(own), lane].tolist() == own[order].tolist()


@pytest.mark.parametrize(("average", "kept"), [(0.001, [1, 0]), (0.00099, [0, 1])])
def test_a_noticed_average_goes_before_any_win_rate(average: float, kept: list[int]) -> None:
    """A model with an average of at least 0.001 goes before a newcomer that won everything; below that it does not."""
    rank = priority(np.array([0.0, average], dtype=np.float32), np.array([1.0, 0.0]))
    assert keep_order(rank, np.array([True, True]), np.array([2.0, 2.1])).tolist() == kept


def test_five_are_kept_and_near_misses_fill_up() -> None:
    """With fewer than 5 competitive models the lowest losses of the pool fill up, so near misses stay."""
    score = np.array([3.0, 2.0, 2.5, 2.9, 2.7, 2.6, np.inf])
    competitive = np.array([True, True, False, False, False, False, False])
    order = keep_order(np.array([0.0, 1.0, 0, 0, 0, 0, 0]), competitive, score)
    assert order[:5].tolist() == [1, 0, 2, 5, 4]


def test_ties_keep_the_order_of_the_pool() -> None:
    """Equal priorities and equal losses keep the order in which the models came."""
    order = keep_order(np.zeros(4), np.array([False, True, False, True]), np.full(4, 2.0))
    assert order.tolist() == [1, 3, 0, 2]


def test_torch_gives_the_same() -> None:
    """In torch the order is the same."""
    torch = pytest.importorskip("torch")
    score = np.array([[3.0, 2.0], [2.0, np.inf], [2.5, 2.0], [2.5, 1.0]])
    competitive = np.array([[True, False], [True, False], [False, True], [False, True]])
    rate = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.5], [0.0, 0.5]])
    found = keep_order(*(torch.asarray(array) for array in (rate, competitive, score)))
    assert found.tolist() == keep_order(rate, competitive, score).tolist()
