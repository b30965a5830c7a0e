"""What a model has learnt from, as shares of its training, and the loss that it has on a mixture for it."""

from math import exp, expm1

import numpy as np

from sim.compiler import compiled, inner
from sim.data.sets import EXPONENT, HEIGHT

NO_DATA_WEIGHTS = np.zeros((0, 0))
"""The data weights where data do not matter."""


@inner
def train_on(training_mix: np.ndarray, target: int, tokens: float, memory: float) -> None:
    """Train a model on set number `target`: what it learnt before keeps `exp(-tokens / memory)` of its training mix.

    The mix has the shares of the sets, `[sets]`, 1 together, and is changed in place. Many short stretches come out as
    one long one: looking more often gains nothing.
    """
    spent = tokens / memory
    kept, new = exp(-spent), -expm1(-spent)
    for place in range(len(training_mix)):
        training_mix[place] *= kept
    training_mix[target] += new


@compiled
def penalty_of(training_mix: np.ndarray, data_weights: np.ndarray) -> float:
    """Nats by which a score is above the law: `HEIGHT * (sum over judges of weight * worth ** -EXPONENT - 1)`.

    To a judge, a model's training is worth the sum over sets of share times worth of the set's tokens; so a few per
    cent of code take most of web text's gap on code away.

    Args:
        training_mix: shares of the sets, `[sets]`.
        data_weights: of the mixture that is judged, `Judging.data_weights[phase]`, `[judges, sets]`.

    Returns:
        For a model trained wholly on one set, its `Judging.penalty`.
    """
    total = 0.0
    for judge in range(data_weights.shape[0]):
        worth = 0.0
        for place in range(data_weights.shape[1]):
            worth += data_weights[judge, place] * training_mix[place]
        total += worth**-EXPONENT
    return HEIGHT * (total - 1.0)


@compiled
def judged(loss: float, training_mix: np.ndarray, data_weights: np.ndarray) -> float:
    """The score: the law's loss, plus the penalty of the training mix unless data do not matter (`NO_DATA_WEIGHTS`)."""
    return loss + penalty_of(training_mix, data_weights) if data_weights.shape[0] > 0 else loss
