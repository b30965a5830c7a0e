"""The competition tracker: a moving average of step weights, and what it pays.

Averages are float32 `[uids]` of one lane. They are summed in float64 strictly from first to last.
"""

import math

import numpy as np

from sim.compiler import compiled


@compiled
def divide(weights: np.ndarray) -> None:
    """Divides by the sum, in place; all become NaN where that is 0."""
    total = 0.0
    for uid in range(len(weights)):
        total += np.float64(weights[uid])
    for uid in range(len(weights)):
        weights[uid] = weights[uid] / np.float32(total)


@compiled
def normalise(weights: np.ndarray) -> None:
    """Divides by the sum, in place, and makes what is NaN then 0."""
    divide(weights)
    for uid in range(len(weights)):
        if math.isnan(weights[uid]):
            weights[uid] = 0


@compiled
def record_step(average: np.ndarray, begun: bool, weights: np.ndarray, alpha: float) -> None:
    """Take the weights of one step, normalised in place, into an average, in place; `alpha` is the weight of the old.

    The first step is taken as it is; `begun` says whether the average holds one already.
    """
    normalise(weights)
    old, new = np.float32(alpha), np.float32(1 - alpha)
    for uid in range(len(weights)):
        average[uid] = old * average[uid] + new * weights[uid] if begun else weights[uid]


@compiled
def paid(average: np.ndarray, threshold: float, out: np.ndarray) -> None:
    """Fills `out` with what an average pays: itself, or with a threshold, normalised without the entries below it.

    With a threshold the original also normalises **the stored average in place**, so that one without entries becomes
    NaN and stays so.
    """
    least = np.float32(threshold)
    if least > 0:
        divide(average)
    for uid in range(len(average)):
        out[uid] = average[uid] if average[uid] >= least or not least > 0 else 0
    if least > 0:
        normalise(out)


@compiled
def chain_weights(average: np.ndarray, threshold: float, out: np.ndarray) -> None:
    """Fills `out` with the weights for the chain where one competition has all of the reward; see `paid`."""
    paid(average, threshold, out)
    normalise(out)
