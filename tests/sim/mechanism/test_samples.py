"""Wins per sample, as in 2023-24 (SN9 until v4.5), and SN29's champion per sample, against plain loops."""

import numpy as np
import pytest
from generators import Models, flags, pairs, pools
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanism.judge import beats, softmax
from sim.mechanism.pool import EACH_HAS_ONE, pool_of
from sim.mechanism.rules import Rules
from sim.mechanism.samples import judge_samples, points, sample_champions, sample_wins


def sampled(losses: np.ndarray, pool: np.ndarray, among: object = True, rules: object = None) -> np.ndarray:
    """The pool judged sample by sample, of those that are `among` the competitive."""
    pool["competitive"] = among
    judge_samples(pool, losses, EACH_HAS_ONE, False, (rules or Rules(wins="per-sample")).record())
    return pool


@given(batches=st.lists(pools(strange=True, least=4, most=4), max_size=4), empty=st.booleans(), data=st.data())
def test_every_pair_on_every_batch(batches: list[Models], empty: bool, data: st.DataObject) -> None:
    """A model's wins are those over every other model on every batch; the rate is their share, 0 without a match."""
    block = [3.0, 1.0, 2.0, 1.0]
    against = data.draw(pairs(4))
    among = np.array([True, not empty, True, not empty])
    losses = np.array([batch.score for batch in batches]).reshape(-1, 4)
    pool = pool_of(np.zeros(4), block)
    pool["competitive"] = among
    sample_wins(pool, losses, against, True)
    expected = [
        sum(
            beats(batch[i], block[i], against[i, j], batch[j], block[j], against[j, i])
            for batch in losses.tolist()
            for j in range(4)
            if among[j] and among[i]
        )
        for i in range(4)
    ]
    matches = len(losses) * (int(among.sum()) - 1)
    assert pool["wins"].tolist() == expected
    assert pool["rate"].tolist() == [wins / matches if matches else 0.0 for wins in expected]


@given(pools(strange=True, least=1))
def test_weights_are_the_softmax_of_the_rates(pool: Models) -> None:
    """Every model's own advantage counts, and the step's weights are the softmax of what comes of it."""
    losses = np.stack([pool.score, pool.score[::-1]])
    found, expected = sampled(losses, pool.seats()), pool.seats()
    expected["competitive"] = True
    sample_wins(expected, losses, np.repeat(pool.epsilon[:, None], pool.size, axis=1), True)
    softmax(expected, 0.01)
    for name in ("wins", "rate", "weight"):
        assert found[name].tobytes() == expected[name].tobytes()


@given(pools(strange=True, least=1))
def test_other_rules_are_left_alone(pool: Models) -> None:
    """Where average losses are compared samples change nothing."""
    before = pool.seats()
    before["wins"], before["rate"], before["weight"] = 3, 0.5, 0.25
    after = sampled(pool.score[None, :], before.copy(), False, Rules())
    for name in ("wins", "rate", "weight"):
        assert after[name].tolist() == before[name].tolist()


def test_a_single_model_has_no_match() -> None:
    """A model that is alone has the win rate 0, not 1 as it has today."""
    found = sampled(np.array([[2.0], [3.0]]), pool_of([2.5], [0.0]))
    assert (found["wins"].tolist(), found["rate"].tolist()) == ([0], [0.0])


def champion(losses: list[float], pool: Models) -> int:
    """The winner of one sample: from the oldest on, a newer one takes over if its loss undercuts the bar."""
    oldest_first = sorted(range(pool.size), key=pool.block.tolist().__getitem__)
    best = oldest_first[0]
    for model in oldest_first[1:]:
        if losses[model] < losses[best] * (1 - float(pool.epsilon[best])):
            best = model
    return best


@given(pool=pools(strange=True, least=1), data=st.data())
def test_a_point_per_sample(pool: Models, data: st.DataObject) -> None:
    """Each sample is one point for its champion; the rate is the share of samples, weights its power, normalised."""
    size, found = pool.size, pool.seats()
    samples = [s.score for s in data.draw(st.lists(pools(strange=True, least=size, most=size), min_size=1, max_size=5))]
    sample_champions(found, np.array(samples), 2.0)
    winners = [champion(losses.tolist(), pool) for losses in samples]
    expected = [winners.count(model) for model in range(size)]
    assert found["wins"].tolist() == expected
    assert found["rate"].tolist() == [won / len(samples) for won in expected]
    squares = [won**2 for won in expected]
    assert found["weight"] == pytest.approx([square / sum(squares) for square in squares], rel=1e-6)


@given(pool=pools(strange=True, least=1), data=st.data())
def test_without_an_advantage_nan_is_lowest(pool: Models, data: st.DataObject) -> None:
    """Where no bar is lowered a sample goes to the oldest of those with the lowest loss, and NaN is lower than all."""
    losses = np.where(np.isnan(pool.score), -np.inf, pool.score)
    first = np.lexsort((pool.block, losses))[0]
    assert points(pool.seats(), pool.score[None, :], False).tolist() == np.eye(pool.size, dtype=int)[first].tolist()


@given(pool=pools(strange=True, least=1), data=st.data())
def test_empty_seats_are_not_there(pool: Models, data: st.DataObject) -> None:
    """A seat that holds no model takes no point, and whatever stands in it disturbs nobody."""
    present = data.draw(flags(pool.size))
    own, losses = np.flatnonzero(present), np.stack([pool.score, pool.score[::-1]])
    found = points(pool.seats(present=present), losses, True)
    assert found[own].tolist() == points(pool.at(own).seats(), losses[:, own], True).tolist()
    assert not found[~present].any()


def test_an_oldest_model_with_nan_wins_the_sample() -> None:
    """The oldest model's NaN cannot be undercut, because comparisons with NaN are false; a newer NaN never wins."""
    losses = np.array([[np.nan, 2.0, 1.0], [2.0, np.nan, 1.9], [np.nan, np.nan, np.nan]])
    assert points(pool_of(losses[0], [0.0, 1.0, 2.0]), losses, True).tolist() == [2, 0, 1]


def test_order_is_by_block_and_not_by_place() -> None:
    """The walk goes from the oldest to the newest, wherever they stand in the pool."""
    losses = np.array([[1.999, 2.0]])
    assert points(pool_of(losses[0], [5.0, 3.0], 0.004), losses, True).tolist() == [0, 1]
    assert points(pool_of(losses[0], [3.0, 5.0], 0.004), losses, True).tolist() == [1, 0]
