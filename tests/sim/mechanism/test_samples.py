"""Wins per sample, as in 2023-24 (SN9 until v4.5), against plain loops."""

import numpy as np
import pytest
from generators import Models, pairs, pools
from hypothesis import given
from hypothesis import strategies as st
from judged import rated

from experiments.verification.oracle.competitions import blend
from sim.mechanism.judge import beats, softmax
from sim.mechanism.pool import EACH_HAS_ONE, pool_of
from sim.mechanism.rules import Rules
from sim.mechanism.samples import judge_samples, sample_wins


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


def test_the_blend_sums_to_one() -> None:
    """The 7B* blend shares one step's weight between two softmaxes, 87.7 to 12.3."""
    main, experiment = rated([1.0, 0.5, 0.0]), rated([0.0, 1.0, 0.5])
    softmax(main, 0.01)
    softmax(experiment, 0.01)
    found = blend(main, experiment)
    assert found.dtype == np.float32
    assert found == pytest.approx([0.877, 0.123, 0], rel=1e-6, abs=1e-20)
