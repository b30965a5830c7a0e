"""SN29's champion per sample, against plain loops."""

from math import log

import numpy as np
import pytest
from generators import NOW, Models, flags, pools
from hypothesis import given
from hypothesis import strategies as st

from experiments.verification.oracle.competitions import advantage
from policies import build
from sim.mechanism.pool import pool_of
from sim.mechanism.samples import points, sample_champions


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


@given(st.integers(0, 500_000))
def test_advantage_is_a_half_life(age: int) -> None:
    """0.004 * 0.995^(age / 361) is the policy half-life with 361 ln 2 / -ln 0.995 blocks and no floor."""
    half_life = 361 * log(2) / -log(0.995)
    policy = build({"half-life": {"start": 0.004, "end": 0.0, "half_life_blocks": half_life}})
    assert advantage(NOW, NOW - age) == pytest.approx(float(policy.epsilon(float(age))), rel=1e-11)


def test_a_model_from_the_future_has_no_advantage() -> None:
    """A model newer than the current block is not protected at all."""
    found = [advantage(NOW, block) for block in (NOW - 361.0, NOW, NOW + 1)]
    assert found == pytest.approx([0.004 * 0.995, 0.004, 0])


def test_an_oldest_model_with_nan_wins_the_sample() -> None:
    """The oldest model's NaN cannot be undercut, because comparisons with NaN are false; a newer NaN never wins."""
    losses = np.array([[np.nan, 2.0, 1.0], [2.0, np.nan, 1.9], [np.nan, np.nan, np.nan]])
    assert points(pool_of(losses[0], [0.0, 1.0, 2.0]), losses, True).tolist() == [2, 0, 1]


def test_order_is_by_block_and_not_by_place() -> None:
    """The walk goes from the oldest to the newest, wherever they stand in the pool."""
    losses = np.array([[1.999, 2.0]])
    assert points(pool_of(losses[0], [5.0, 3.0], 0.004), losses, True).tolist() == [0, 1]
    assert points(pool_of(losses[0], [3.0, 5.0], 0.004), losses, True).tolist() == [1, 0]
