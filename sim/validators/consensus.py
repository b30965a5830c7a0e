"""From the weights of several validators to what is paid: clipping at the weight that half of the stake supports."""

import numpy as np

from sim.compiler import allocating
from sim.mechanism.dethrone import heaviest


@allocating
def agree(every: np.ndarray, weights: np.ndarray, kings: np.ndarray) -> None:
    """Shares of emission from the weights of validators with equal stakes, and the king by them.

    Of each miner, a validator's weight counts up to the largest one that at least half of the stake gives (Yuma
    consensus with kappa 0.5); what is left is normalised.

    Args:
        every: float32 `[validators, columns, miners]`.
        weights: gets the shares, float32 `[columns, miners]`.
        kings: gets the kings, int `[columns]`; a reigning one stays on a tie.
    """
    count = every.shape[0]
    ranked = np.empty(count, np.float32)
    for c in range(weights.shape[0]):
        whole = 0.0
        for m in range(weights.shape[1]):
            for v in range(count):
                ranked[v] = every[v, c, m]
            ranked.sort()
            supported = ranked[count // 2]
            weights[c, m] = 0.0
            for v in range(count):
                weights[c, m] += min(every[v, c, m], supported)
            whole += weights[c, m]
        if whole > 0.0:
            for m in range(weights.shape[1]):
                weights[c, m] = weights[c, m] / np.float32(whole)
        kings[c] = heaviest(weights[c], kings[c])
