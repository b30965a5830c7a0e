"""The retry rule: when is a known model worth another evaluation."""

import math

from sim.compiler import compiled

ATTEMPTS = 2
"""Evaluations that a model gets which has never had a finite loss."""


@compiled
def worth_retrying(score: float, winner_score: float, epsilon: float) -> bool:
    """Whether a dropped model would now beat the winner of its own last evaluation, not today's winner.

    Args:
        score: the model's own last loss that was not inf.
        winner_score: the loss of that evaluation's winner.
        epsilon: the winner's advantage at its age now.

    Returns:
        Whether the model was no worse, and the decayed advantage no longer saves the winner.
    """
    return not score > winner_score and score < winner_score * (1 - epsilon)


@compiled
def retry(attempts: int, score: float, winner_score: float, epsilon: float) -> bool:
    """The whole rule: a model that only failed is tried again while it has failed fewer than twice.

    Args:
        attempts: evaluations that the history holds.
        score, winner_score, epsilon: as in `worth_retrying`; `score` is inf where no evaluation gave a finite loss.
    """
    if score == math.inf:
        return attempts < ATTEMPTS
    return bool(worth_retrying(score, winner_score, epsilon))
