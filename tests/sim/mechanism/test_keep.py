"""The keep-set against Python's own sort; and the retry rule: when a dropped model is worth another evaluation."""

import sys

import numpy as np
import pytest
from generators import Models, flags, floors, policies, pools
from hypothesis import given
from hypothesis import strategies as st
from judged import judged

from policies import Policy, build
from sim.mechanism.keep import keep_order, sort, worth_retrying

AVERAGES = st.sampled_from([0.0, 0.0009, 0.001, 0.25, 0.75, np.nan])

classic = pytest.mark.skipif(sys.version_info >= (3, 13), reason="sorted compares others first since CPython 3.13")


def by_hand(average: list[float], rate: list[float], competitive: list[bool], score: list[float]) -> list[int]:
    """Competitive models by falling priority, then the whole pool by rising loss, without those that are in already."""
    members = [i for i, among in enumerate(competitive) if among]
    first = sorted(members, key=lambda i: -(1 + average[i] if average[i] >= 0.001 else rate[i]))
    return first + [i for i in sorted(range(len(score)), key=lambda i: score[i]) if i not in first]


def kept(pool: np.ndarray, average: object = 0.0) -> list[int]:
    """The order to keep of a judged pool."""
    order = np.empty(len(pool), dtype=np.int64)
    keep_order(pool, np.zeros(len(pool), dtype=np.float32) + np.asarray(average, dtype=np.float32), order)
    found: list[int] = order.tolist()
    return found


def verdict(score: list[float], competitive: list[bool], rate: object = 0.0) -> np.ndarray:
    """A pool with these losses that has been judged so."""
    pool = Models(np.array(score), np.zeros(len(score)), np.zeros(len(score))).seats()
    pool["competitive"], pool["rate"] = competitive, rate
    return pool


@classic
@given(pool=pools(strange=True), floor=floors(), data=st.data())
def test_the_order_is_pythons(pool: Models, floor: float, data: st.DataObject) -> None:
    """The order to keep is the one that two calls of `sorted` give, NaN losses and averages included."""
    found, _ = judged(pool.seats(floor))
    average = np.array(data.draw(st.lists(AVERAGES, min_size=pool.size, max_size=pool.size)), dtype=np.float32)
    columns = (found[name].tolist() for name in ("rate", "competitive", "score"))
    assert kept(found, average) == by_hand(average.tolist(), *columns)


@classic
@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0, np.inf, np.nan]), max_size=63))
def test_fewer_than_64_losses_are_sorted_as_python_does(keys: list[float]) -> None:
    """Below 64 entries places come in the order in which `sorted` puts them, NaN or not."""
    places = np.arange(len(keys))
    sort(places, np.array(keys))
    assert places.tolist() == sorted(range(len(keys)), key=keys.__getitem__)


@given(st.lists(st.integers(0, 9).map(float), min_size=64, max_size=200))
def test_many_losses_are_sorted_as_python_does_without_nan(keys: list[float]) -> None:
    """From 64 entries on that holds wherever no loss is NaN."""
    places = np.arange(len(keys))
    sort(places, np.array(keys))
    assert places.tolist() == sorted(range(len(keys)), key=keys.__getitem__)


@given(pool=pools(strange=True, least=1), data=st.data())
def test_empty_seats_come_last(pool: Models, data: st.DataObject) -> None:
    """Seats without a model follow all others, whatever stands in them, and change nothing among those."""
    present = data.draw(flags(pool.size))
    own, empty = np.flatnonzero(present), np.flatnonzero(~present)
    alone, _ = judged(pool.at(own).seats(0.0005))
    found, _ = judged(pool.seats(0.0005, present))
    assert kept(found) == own[kept(alone)].tolist() + empty.tolist()


@pytest.mark.parametrize(("average", "first"), [(0.001, [1, 0]), (0.00099, [0, 1])])
def test_a_noticed_average_goes_before_any_win_rate(average: float, first: list[int]) -> None:
    """A model with an average of at least 0.001 goes before a newcomer that won everything; below that it does not."""
    assert kept(verdict([2.0, 2.1], [True, True], [1.0, 0.0]), [0.0, average]) == first


def test_five_are_kept_and_near_misses_fill_up() -> None:
    """With fewer than 5 competitive models the lowest losses of the pool fill up, so near misses stay."""
    rate = [0.0, 1.0, 0, 0, 0, 0, 0]
    found = kept(verdict([3.0, 2.0, 2.5, 2.9, 2.7, 2.6, np.inf], [True, True] + [False] * 5, rate))
    assert found[:5] == [1, 0, 2, 5, 4]


def test_ties_keep_the_order_of_the_pool() -> None:
    """Equal priorities and equal losses keep the order in which the models came."""
    assert kept(verdict([2.0] * 4, [False, True, False, True])) == [1, 3, 0, 2]


LOSSES = st.sampled_from([2.0, 2.0 * 0.9999, 2.0 * 0.995, 1.9, 2.1, np.nan, np.inf])


@given(score=LOSSES, winner=LOSSES, epsilon=st.sampled_from([0.0, 0.0001, 0.005]))
def test_the_rule_of_retries(score: float, winner: float, epsilon: float) -> None:
    """No if the model was worse than the winner; else yes if and only if it is below the winner's bar of today."""
    expected = False if score > winner else score < winner * (1 - epsilon)
    assert worth_retrying(score, winner, epsilon) == expected


@given(policy=policies(), ages=st.lists(st.integers(0, 200_000), min_size=2, max_size=2).map(sorted))
def test_decay_never_takes_a_retry_back(policy: Policy, ages: list[int]) -> None:
    """Under an advantage that only falls, a model worth a retry today is worth one tomorrow."""
    today, tomorrow = policy.epsilon(np.array(ages, dtype=float)).tolist()
    assert worth_retrying(1.99, 2.0, tomorrow) or not worth_retrying(1.99, 2.0, today) or tomorrow > today


def test_a_near_miss_is_retried_when_the_bar_has_come_down() -> None:
    """A model 0.25 % better waits until a bar of 0.5 % to 0 % over 10,000 blocks has fallen below that, at 5,000."""
    policy = build({"linear": {"start": 0.005, "end": 0.0, "decay_blocks": 10_000}})
    bars = policy.epsilon(np.array([0.0, 4_900.0, 5_100.0, 10_000.0])).tolist()
    assert [worth_retrying(2.0 * 0.9975, 2.0, bar) for bar in bars] == [False, False, True, True]


@pytest.mark.parametrize("epsilon", [0.0, 0.0001, 0.5])
def test_a_dropped_winner_is_never_retried(epsilon: float) -> None:
    """The rule holds a model against the winner of its own last evaluation; the winner itself had that loss."""
    assert not worth_retrying(2.0, 2.0, epsilon)
