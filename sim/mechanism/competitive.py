"""The competitive filter: a model stays only if it beats every earlier one after that one's full decay."""

from policies.arrays import Array, namespace


def competitive(score: Array, block: Array, floor: Array, present: Array | None = None) -> Array:
    """Which models are competitive (SN9 since v4.5.3, 2024-10-15).

    Args:
        score: losses `[models, *lanes]`.
        block: commit blocks `[models, *lanes]`; the same block counts as earlier, in both directions.
        floor: epsilon after full decay, a number, `[*lanes]` or `[models, *lanes]`; or `[models, models, *lanes]`, that
            of the first against the second.
        present: bool `[models, *lanes]`, False for slots that hold no model; all True when left out.

    Returns:
        bool `[models, *lanes]`. A NaN loss removes every later model; two models of one block can remove each other.
    """
    xp = namespace(score)
    if getattr(floor, "ndim", 0) > score.ndim:
        bar = (1 - xp.permute_dims(floor, (1, 0, *range(2, floor.ndim)))) * score[None, :, ...]
    else:
        bar = ((1 - floor) * score)[None, :, ...]
    blocked = (block[None, :, ...] <= block[:, None, ...]) & ~(score[:, None, ...] < bar)
    others = ~xp.eye(score.shape[0], dtype=xp.bool, device=score.device)
    blocked &= xp.reshape(others, (*others.shape, *(1,) * (score.ndim - 1)))
    if present is None:
        return ~xp.any(blocked, axis=1)
    return present & ~xp.any(blocked & present[None, :, ...], axis=1)
