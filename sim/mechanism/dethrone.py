"""Three meanings of "king". A result must say which one it used (theory, section 0).

`king`          a challenger is compared with the reigning king alone (delta-exceedance records)
`running-best`  a king must beat every earlier model by the margin (delta-records)
`pool`          the real thing: filter, win rates, softmax and moving average; the king is whoever weighs most
"""

from policies.arrays import Array, namespace


def against_king(beaten: Array, block: Array, present: Array, reigning: Array) -> Array:
    """The king after every newer model of the pool has challenged in the order of its block.

    Only models committed after the king challenge him: an older one that would beat him by its own advantage has had
    its turn. (Without this the crown would go round in the cycles of the pair rule, pitfall P1.)

    Args:
        beaten: who beats whom, bool `[models, models, *lanes]`, from `pair.beats`.
        block: commit blocks `[models, *lanes]`.
        present: bool `[models, *lanes]`: which slots hold a model.
        reigning: the reigning king's position `[*lanes]`, -1 where there is none in the pool; then the oldest model is.

    Returns:
        The king's position `[*lanes]`, -1 where the pool is empty.
    """
    xp = namespace(block)
    order = xp.argsort(block, axis=0, stable=True)
    king = reigning
    for place in range(block.shape[0]):
        challenger = order[place : place + 1, ...]
        against = xp.take_along_axis(beaten, xp.broadcast_to(challenger[None, ...], (1, *block.shape)), axis=0)[0, ...]
        seat = xp.where(king < 0, 0, king)[None, ...]
        newer = xp.take_along_axis(block, challenger, axis=0) > xp.take_along_axis(block, seat, axis=0)
        succeeds = (newer & xp.take_along_axis(against, seat, axis=0))[0, ...]
        there = xp.take_along_axis(present, challenger, axis=0)[0, ...]
        king = xp.where(there & ((king < 0) | succeeds), challenger[0, ...], king)
    return king


def running_best(beaten: Array, block: Array, present: Array) -> Array:
    """The newest model that beats all that came before it or with it; -1 where there is none.

    Args and returns as in `against_king`.
    """
    xp = namespace(block)
    before = (block[None, ...] <= block[:, None, ...]) & present[None, ...]
    others = ~xp.eye(block.shape[0], dtype=xp.bool, device=block.device)
    before &= xp.reshape(others, (*others.shape, *(1,) * (block.ndim - 1)))
    record = present & ~xp.any(before & ~beaten, axis=1)
    newest = xp.argmax(xp.where(record, block, -xp.inf), axis=0)
    return xp.where(xp.any(record, axis=0), newest, -1)


def heaviest(weights: Array, reigning: Array) -> Array:
    """The uid with the most weight; the reigning one stays on a tie.

    Args:
        weights: weights for the chain `[uids, *lanes]`.
        reigning: the reigning uid `[*lanes]`, -1 where there is none.

    Returns:
        uid `[*lanes]`, -1 where nothing has weight.
    """
    xp = namespace(weights)
    best = xp.max(weights, axis=0)
    own = xp.take_along_axis(weights, xp.where(reigning < 0, 0, reigning)[None, ...], axis=0)[0, ...]
    king = xp.where((reigning < 0) | (own < best), xp.argmax(weights, axis=0), reigning)
    return xp.where(best > 0, king, reigning)
