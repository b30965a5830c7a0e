"""The attack on a leaderboard and the Ladder."""

from itertools import product

import numpy as np
import pytest

from experiments.verification.theory import attack
from experiments.verification.theory.worlds.attack import attack as simulated_attack
from experiments.verification.theory.worlds.attack import majority


@pytest.mark.parametrize(("submissions", "error"), [(50, 0.4749), (100, 0.4645), (200, 0.4498), (400, 0.4292)])
def test_plain_board_is_near_the_normal_approximation(submissions, error):
    """1 - Phi(sqrt(k / (pi n))) for a holdout of 4,000, published, is a little too low."""
    assert 0.0 < attack.attacked(submissions, 4000) - error < 6e-4


@pytest.mark.parametrize(("submissions", "samples"), [(1, 2), (2, 3), (3, 4), (4, 3)])
def test_plain_board_by_counting(submissions, samples):
    """The mean over all submissions that there can be; half of the tied votes are wrong."""
    errors = []
    for bits in product((0, 1), repeat=submissions * samples):
        submitted = np.array(bits).reshape(submissions, samples)
        taken = submitted[submitted.mean(axis=1) <= 0.5]
        errors.append(np.mean((np.sign(taken.sum(axis=0) - len(taken) / 2.0) + 1.0) / 2.0))
    assert attack.attacked(submissions, samples) == pytest.approx(np.mean(errors), abs=1e-12)


def test_the_ladder_takes_what_is_better_by_a_standard_error():
    """0.5 of paired sd on 100 samples is 0.05: .44 is taken over .5, and .45 is not, for equal is not better."""
    assert attack.takes(0.44, 0.5, 0.5, 100)
    assert not attack.takes(0.4501, 0.5, 0.5, 100)


def test_five_repeats():
    """Three times 0.5 / sqrt(4000 * 5)."""
    assert attack.published_error(4000) == pytest.approx(0.010607, abs=1e-6)


def test_margin_and_ladder_agree():
    """With one standard error `standard-errors` decides as the Ladder does in every comparison, and beats no margin."""
    found = simulated_attack(50, range(8))
    assert found["board same submissions=50"].values.tolist() == [1.0]
    assert found["board ladder submissions=50"].values.mean() > found["board plain submissions=50"].values.mean()
    assert abs(found["board fresh submissions=50"].values.mean() - 0.5) < 3.5 * 0.5 / np.sqrt(8 * 4000)


def test_a_tied_vote_is_tossed():
    """A lead of 1 is an error, one of -1 is none, and a tie is what the coin says."""
    votes = majority(np.array([1.0, -1.0, 0.0, 0.0]), np.array([False, True, True, False]))
    assert votes.tolist() == [1.0, 0.0, 1.0, 0.0]
