"""The retry rule: when is a known model worth another evaluation."""

from policies.arrays import Array, namespace


def worth_retrying(score: Array, winner_score: Array, epsilon: Array) -> Array:
    """Whether a dropped model would now beat the winner of its own last evaluation, not today's winner (P8).

    Args:
        score: the model's own last finite loss, any shape.
        winner_score: the loss of that evaluation's winner.
        epsilon: the winner's advantage at its age now.

    Returns:
        bool: the model was no worse, and the decayed advantage no longer saves the winner.
    """
    return ~(score > winner_score) & (score < winner_score * (1 - epsilon))


def attempts_left(history: list[float]) -> bool:
    """For a model that never had a finite loss: true while it has failed fewer than twice (`history`: its losses)."""
    return len(history) < 2


def last_finite(scores: Array) -> int | None:
    """Index of the last loss that is not inf, `None` if there is none; NaN counts as finite, as in the original."""
    xp = namespace(scores)
    finite = [i for i in range(len(scores)) if scores[i] != xp.inf]
    return finite[-1] if finite else None
