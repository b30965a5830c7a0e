"""The retry rule: when is a known model worth another evaluation (A3)."""

from policies.arrays import Array, namespace

ATTEMPTS = 2
"""Evaluations that a model gets which has never had a finite loss."""


def worth_retrying(score: Array, winner_score: Array, epsilon: Array) -> Array:
    """Whether a dropped model would now beat the winner of its own last evaluation, not today's winner (pitfall P8).

    Args:
        score: the model's own last loss that was not inf, any shape.
        winner_score: the loss of that evaluation's winner.
        epsilon: the winner's advantage at its age now.

    Returns:
        bool: the model was no worse, and the decayed advantage no longer saves the winner.
    """
    return ~(score > winner_score) & (score < winner_score * (1 - epsilon))


def retry(attempts: Array, score: Array, winner_score: Array, epsilon: Array) -> Array:
    """The whole rule, elementwise: a model that only failed is tried again while it has failed fewer than twice.

    Args:
        attempts: evaluations that the history holds.
        score, winner_score, epsilon: as in `worth_retrying`; `score` is inf where no evaluation gave a finite loss.
    """
    xp = namespace(score)
    return xp.where(score == xp.inf, attempts < ATTEMPTS, worth_retrying(score, winner_score, epsilon))
