"""SN29's champion per sample (C4), against plain loops."""

from math import log

import numpy as np
import pytest
from generators import NOW, Models, pools
from hypothesis import given
from hypothesis import strategies as st

from policies import build
from policies.contract import same
from sim.mechanism.sn29 import advantage, sample_champions


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
    size = pool.size
    samples = [s.score for s in data.draw(st.lists(pools(strange=True, least=size, most=size), min_size=1, max_size=5))]
    found = sample_champions(np.array(samples), pool.block, pool.epsilon, 2.0)
    winners = [champion(losses.tolist(), pool) for losses in samples]
    expected = [winners.count(model) for model in range(size)]
    assert found.wins.tolist() == expected
    assert found.rate.tolist() == [points / len(samples) for points in expected]
    squares = [points**2 for points in expected]
    assert found.weights == pytest.approx([square / sum(squares) for square in squares], rel=1e-12)


@given(pools(lanes=3, strange=True, least=1))
def test_each_lane_is_alone(pool: Models) -> None:
    """A lane gives, bit for bit, what it gives alone, with its own skew."""
    losses, skew = np.stack([pool.score, pool.score[::-1], pool.score * 1.1]), np.array([2.0, 0.5, 1.2])
    together = sample_champions(losses, pool.block, pool.epsilon, skew)
    for lane in range(3):
        where = slice(lane, lane + 1)
        alone = sample_champions(losses[..., where], pool.block[:, where], pool.epsilon[:, where], skew[where])
        for name in ("wins", "rate", "plain_rate", "factor", "weights"):
            assert same(getattr(together, name)[:, where], getattr(alone, name)), name


def test_a_lane_does_not_notice_its_neighbours_skew() -> None:
    """Weights of a lane are the same to the last bit beside another skew, for every share of 1 to 8 out of 36."""
    losses = np.ones((36, 8, 1))
    losses[np.arange(36), np.repeat(np.arange(8), np.arange(1, 9))] = 0.5
    block, epsilon = np.arange(8.0)[:, None], np.zeros((8, 1))
    for skew in (0.5, 2.0):
        alone = sample_champions(losses, block, epsilon, np.array([skew]))
        both = sample_champions(*(np.repeat(a, 2, axis=-1) for a in (losses, block, epsilon)), np.array([skew, 1.2]))
        assert alone.wins[:, 0].tolist() == list(range(1, 9))
        assert same(both.weights[:, :1], alone.weights)


@given(st.integers(0, 500_000))
def test_advantage_is_a_half_life(age: int) -> None:
    """0.004 * 0.995^(age / 361) is the policy half-life with 361 ln 2 / -ln 0.995 blocks and no floor."""
    half_life = 361 * log(2) / -log(0.995)
    policy = build({"half-life": {"start": 0.004, "end": 0.0, "half_life_blocks": half_life}})
    found = advantage(NOW, np.array([NOW - age]))
    assert found == pytest.approx(policy.epsilon(np.array([age])), rel=1e-11)


def test_a_model_from_the_future_has_no_advantage() -> None:
    """A model newer than the current block is not protected at all."""
    assert advantage(NOW, np.array([NOW - 361.0, NOW, NOW + 1])) == pytest.approx([0.004 * 0.995, 0.004, 0])


def test_p19_an_oldest_model_with_nan_wins_the_sample() -> None:
    """The oldest model's NaN cannot be undercut, because comparisons with NaN are false; a newer NaN never wins."""
    losses = np.array([[np.nan, 2.0, 1.0], [2.0, np.nan, 1.9], [np.nan, np.nan, np.nan]])
    found = sample_champions(losses, np.array([0.0, 1.0, 2.0]), np.zeros(3))
    assert found.wins.tolist() == [2, 0, 1]


def test_order_is_by_block_and_not_by_place() -> None:
    """The walk goes from the oldest to the newest, wherever they stand in the pool."""
    losses, block = np.array([[1.999, 2.0]]), np.array([5.0, 3.0])
    assert sample_champions(losses, block, np.full(2, 0.004)).wins.tolist() == [0, 1]
    assert sample_champions(losses, block[::-1].copy(), np.full(2, 0.004)).wins.tolist() == [1, 0]
