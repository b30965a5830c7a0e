"""Wins per sample, as in 2023-24 (SN9 until v4.5, README of the vectors), against plain loops."""

import numpy as np
import pytest
from generators import Models, pools
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanism.pair import beats
from sim.mechanism.per_sample import blend, sample_wins


@given(batches=st.lists(pools(strange=True, least=4, most=4), max_size=4), empty=st.booleans())
def test_every_pair_on_every_batch(batches: list[Models], empty: bool) -> None:
    """A model's wins are those over every other model on every batch; the rate is their share, 0 without a match."""
    pool = Models(np.zeros(4), np.array([3.0, 1.0, 2.0, 1.0]), np.array([0.005, 0.0, 0.5, 0.0005]))
    present = np.array([True, not empty, True, not empty])
    losses = np.array([batch.score for batch in batches]).reshape(-1, 4)
    won, rate = sample_wins(losses, pool.block, pool.epsilon, present)
    expected = [
        sum(bool(beats(batch, pool.block, pool.epsilon)[i, j]) for batch in losses for j in range(4) if present[j])
        if present[i]
        else 0
        for i in range(4)
    ]
    matches = len(losses) * (int(present.sum()) - 1)
    assert won.tolist() == expected
    assert rate.tolist() == [wins / matches if matches else 0.0 for wins in expected]


def test_a_single_model_has_no_match() -> None:
    """A model that is alone has the win rate 0, not 1 as it has today."""
    won, rate = sample_wins(np.array([[2.0], [3.0]]), np.zeros(1), np.zeros(1))
    assert (won.tolist(), rate.tolist()) == ([0], [0.0])


@given(pools(lanes=2, strange=True, least=1))
def test_each_lane_is_alone(pool: Models) -> None:
    """A lane gives what it gives alone."""
    losses = np.stack([pool.score, pool.score[::-1]])
    won, rate = sample_wins(losses, pool.block, pool.epsilon)
    for lane in range(2):
        alone = sample_wins(losses[..., lane], pool.block[:, lane], pool.epsilon[:, lane])
        assert won[:, lane].tolist() == alone[0].tolist()
        assert rate[:, lane].tolist() == alone[1].tolist()


def test_the_blend_sums_to_one() -> None:
    """The 7B* blend shares one step's weight between two softmaxes, 87.7 to 12.3."""
    found = blend(np.array([1.0, 0.5, 0.0]), np.array([0.0, 1.0, 0.5]))
    assert found.dtype == np.float32
    assert found == pytest.approx([0.877, 0.123, 0], rel=1e-6, abs=1e-20)


def test_torch_gives_the_same() -> None:
    """In torch wins and rates are the same."""
    torch = pytest.importorskip("torch")
    losses = np.array([[2.0, 1.99, 1.98], [2.0, 2.0, 2.1], [1.0, np.nan, np.inf]])
    block, epsilon = np.array([0.0, 1.0, 1.0]), np.full(3, 0.005)
    won, rate = sample_wins(*(torch.asarray(array) for array in (losses, block, epsilon)))
    expected = sample_wins(losses, block, epsilon)
    assert won.tolist() == expected[0].tolist()
    assert rate.tolist() == expected[1].tolist()
