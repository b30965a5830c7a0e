"""From the weights of several validators to what is paid: clipping at the weight that half of the stake supports."""

from collections.abc import Sequence

from policies.arrays import Array, namespace
from sim.mechanism.sums import ordered_sum


def agreed(weights: Sequence[Array]) -> Array:
    """Shares of emission from the weights of validators with equal stakes, `[miners, columns]` each.

    Of each miner, a validator's weight counts up to the largest one that at least half of the stake gives (Yuma
    consensus with kappa 0.5); what is left is normalised. One validator is paid out as it is.
    """
    if len(weights) == 1:
        return weights[0]
    xp = namespace(weights[0])
    every = xp.stack(list(weights))
    ranked = -xp.sort(-every, axis=0)
    supported = ranked[-(-len(weights) // 2) - 1, ...]
    total = xp.sum(xp.where(every < supported, every, supported), axis=0)
    share = ordered_sum(total)
    return total / xp.where(share > 0, share, 1.0)
