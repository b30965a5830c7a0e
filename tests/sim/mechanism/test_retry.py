"""The retry rule: when a dropped model is worth another evaluation."""

import numpy as np
import pytest
from generators import policies
from hypothesis import given
from hypothesis import strategies as st

from experiments.verification.oracle.competitions import retry
from policies import Policy, build
from sim.mechanism.keep import worth_retrying

LOSSES = st.sampled_from([2.0, 2.0 * 0.9999, 2.0 * 0.995, 1.9, 2.1, np.nan, np.inf])


@given(score=LOSSES, winner=LOSSES, epsilon=st.sampled_from([0.0, 0.0001, 0.005]))
def test_the_rule(score: float, winner: float, epsilon: float) -> None:
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


def test_a_model_without_a_loss_has_two_attempts() -> None:
    """A model that only ever failed is tried again until it has failed twice; one never evaluated is tried."""
    assert [retry(attempts, np.inf, np.inf, 0.0) for attempts in range(4)] == [True, True, False, False]


@given(attempts=st.integers(1, 5), score=LOSSES, winner=LOSSES, epsilon=st.sampled_from([0.0, 0.005]))
def test_with_a_loss_attempts_do_not_count(attempts: int, score: float, winner: float, epsilon: float) -> None:
    """Once there is a loss, NaN included, only that loss decides."""
    expected = attempts < 2 if score == np.inf else worth_retrying(score, winner, epsilon)
    assert retry(attempts, score, winner, epsilon) == expected
