"""Rules of validators that simulated contests lack."""

from math import log

import numpy as np
import pytest
from generators import NOW
from hypothesis import given
from hypothesis import strategies as st
from judged import one_hot, rated

from experiments.verification.oracle.competitions import Tracker, advantage, blend, retry
from policies import build
from sim.mechanism.judge import softmax
from sim.mechanism.keep import worth_retrying

LOSSES = st.sampled_from([2.0, 2.0 * 0.9999, 2.0 * 0.995, 1.9, 2.1, np.nan, np.inf])


def test_competitions_are_mixed_by_reward() -> None:
    """Competitions share by reward; one without an average is skipped, and the rest is normalised to 1."""
    tracker = Tracker(3, 0.5)
    tracker.record(2, one_hot(0))
    tracker.record(4, one_hot(1))
    assert tracker.subnet([(2, 0.25), (4, 0.75)]).tolist() == [0.25, 0.75, 0]
    assert tracker.subnet([(2, 0.25), (4, 0.25), (9, 0.5)]).tolist() == [0.5, 0.5, 0]
    assert tracker.subnet([(9, 1.0)]).tolist() == [0, 0, 0]


def test_a_competition_that_left_the_schedule_is_forgotten() -> None:
    """Reset keeps the averages of the competitions that still run and deletes the others."""
    tracker = Tracker(3, 0.5)
    tracker.record(2, one_hot(0))
    tracker.record(4, one_hot(1))
    tracker.reset([4])
    assert sorted(tracker.average) == [4]
    assert tracker.subnet([(2, 0.5), (4, 0.5)]).tolist() == [0, 1, 0]


def test_only_a_competitions_own_steps_move_its_average() -> None:
    """An average decays only when its own competition is evaluated."""
    tracker = Tracker(3, 0.5)
    tracker.record(2, one_hot(0))
    for _ in range(5):
        tracker.record(4, one_hot(1))
    assert tracker.average[2].tolist() == [1, 0, 0]


def test_growth_adds_zeros_and_shrinking_is_refused() -> None:
    """More uids extend every average with zeros; fewer are an error that changes nothing."""
    tracker = Tracker(2, 0.5)
    tracker.record(2, one_hot(0, 2))
    tracker.record(4, one_hot(3, 4))
    assert tracker.average[2].tolist() == [1, 0, 0, 0]
    before = {key: value.copy() for key, value in tracker.average.items()}
    with pytest.raises(ValueError, match="3 neurons were recorded, but there were 4 before"):
        tracker.record(2, one_hot(0))
    assert {key: value.tolist() for key, value in tracker.average.items()} == {
        key: value.tolist() for key, value in before.items()
    }


def test_a_model_without_a_loss_has_two_attempts() -> None:
    """A model that only ever failed is tried again until it has failed twice; one never evaluated is tried."""
    assert [retry(attempts, np.inf, np.inf, 0.0) for attempts in range(4)] == [True, True, False, False]


@given(attempts=st.integers(1, 5), score=LOSSES, winner=LOSSES, epsilon=st.sampled_from([0.0, 0.005]))
def test_with_a_loss_attempts_do_not_count(attempts: int, score: float, winner: float, epsilon: float) -> None:
    """Once there is a loss, NaN included, only that loss decides."""
    expected = attempts < 2 if score == np.inf else worth_retrying(score, winner, epsilon)
    assert retry(attempts, score, winner, epsilon) == expected


def test_the_blend_sums_to_one() -> None:
    """The 7B* blend shares one step's weight between two softmaxes, 87.7 to 12.3."""
    main, experiment = rated([1.0, 0.5, 0.0]), rated([0.0, 1.0, 0.5])
    softmax(main, 0.01)
    softmax(experiment, 0.01)
    found = blend(main, experiment)
    assert found.dtype == np.float32
    assert found == pytest.approx([0.877, 0.123, 0], rel=1e-6, abs=1e-20)


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
