"""The retry rule (A3): when a dropped model is worth another evaluation."""

import numpy as np
import pytest
from generators import policies
from hypothesis import given
from hypothesis import strategies as st

from policies import Policy, build
from sim.mechanism.retry import retry, worth_retrying

LOSSES = st.sampled_from([2.0, 2.0 * 0.9999, 2.0 * 0.995, 1.9, 2.1, np.nan, np.inf])


@given(score=LOSSES, winner=LOSSES, epsilon=st.sampled_from([0.0, 0.0001, 0.005]))
def test_the_rule(score: float, winner: float, epsilon: float) -> None:
    """No if the model was worse than the winner; else yes if and only if it is below the winner's bar of today."""
    expected = False if score > winner else score < winner * (1 - epsilon)
    assert bool(worth_retrying(np.float64(score), np.float64(winner), np.float64(epsilon))) == expected


@given(st.lists(st.tuples(LOSSES, LOSSES, st.sampled_from([0.0, 0.005])), min_size=1, max_size=5))
def test_arrays_are_their_entries(rows: list[tuple[float, float, float]]) -> None:
    """The rule holds entry by entry."""
    columns = np.array(rows).T
    assert worth_retrying(*columns).tolist() == [bool(worth_retrying(*map(np.float64, row))) for row in rows]


@given(policy=policies(), ages=st.lists(st.integers(0, 200_000), min_size=2, max_size=2).map(sorted))
def test_decay_never_takes_a_retry_back(policy: Policy, ages: list[int]) -> None:
    """Under an advantage that only falls, a model worth a retry today is worth one tomorrow."""
    epsilon = policy.epsilon(np.array(ages))
    today, tomorrow = worth_retrying(np.full(2, 1.99), np.full(2, 2.0), epsilon)
    assert tomorrow or not today or epsilon[1] > epsilon[0]


def test_a_near_miss_is_retried_when_the_bar_has_come_down() -> None:
    """A model 0.25 % better waits until a bar of 0.5 % to 0 % over 10,000 blocks has fallen below that, at 5,000."""
    policy = build({"linear": {"start": 0.005, "end": 0.0, "decay_blocks": 10_000}})
    ages = np.array([0, 4_900, 5_100, 10_000])
    found = worth_retrying(np.full(4, 2.0 * 0.9975), np.full(4, 2.0), policy.epsilon(ages))
    assert found.tolist() == [False, False, True, True]


@pytest.mark.parametrize("epsilon", [0.0, 0.0001, 0.5])
def test_a_dropped_winner_is_never_retried(epsilon: float) -> None:
    """P8: the rule holds a model against the winner of its own last evaluation; the winner itself had that loss."""
    assert not worth_retrying(np.float64(2.0), np.float64(2.0), np.float64(epsilon))


def test_a_model_without_a_loss_has_two_attempts() -> None:
    """A model that only ever failed is tried again until it has failed twice; one never evaluated is tried."""
    never = np.full(4, np.inf)
    assert retry(np.arange(4), never, never, np.zeros(4)).tolist() == [True, True, False, False]


@given(attempts=st.integers(1, 5), score=LOSSES, winner=LOSSES, epsilon=st.sampled_from([0.0, 0.005]))
def test_with_a_loss_attempts_do_not_count(attempts: int, score: float, winner: float, epsilon: float) -> None:
    """Once there is a loss, NaN included, only that loss decides."""
    row = [np.array([value]) for value in (score, winner, epsilon)]
    expected = attempts < 2 if score == np.inf else bool(worth_retrying(*row)[0])
    assert retry(np.array([attempts]), *row).tolist() == [expected]
