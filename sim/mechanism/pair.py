"""The pair rule: of two models the strictly earlier one has its loss multiplied by `1 - epsilon` of its own age."""

from policies.arrays import Array, namespace


def beats(score: Array, block: Array, epsilon: Array) -> Array:
    """Who beats whom.

    Args:
        score: losses `[models, *lanes]`, float64, lower is better; inf where a model could not be evaluated.
        block: commit blocks `[models, *lanes]`; inf where a model is not available.
        epsilon: advantage of each model at its own age, `[models, *lanes]`; or `[models, models, *lanes]`, that of the
            first against the second.

    Returns:
        bool `[models, models, *lanes]`: model i beats model j. Equal adjusted losses and NaN beat nobody; models of the
        same block compare raw losses. SN9: `iswin`, pretrain/validation.py at 42328de.
    """
    xp = namespace(score)
    older = block[:, None, ...] < block[None, :, ...]
    own = epsilon if epsilon.ndim > score.ndim else epsilon[:, None, ...]
    mine = xp.where(older, (1 - own) * score[:, None, ...], score[:, None, ...])
    theirs = xp.permute_dims(mine, (1, 0, *range(2, mine.ndim)))
    return mine < theirs
