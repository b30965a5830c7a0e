"""What a model has learnt from, as shares of its training, and what a mixture makes of it."""

from math import exp, expm1

import numpy as np

from sim.compiler import compiled, inner
from sim.data.gaps import EXPONENT, HEIGHT

NO_LENS = np.zeros((0, 0))
"""How validators look at what models were trained on where data do not matter."""


@inner
def train_on(diet: np.ndarray, target: int, tokens: float, memory: float) -> None:
    """Train a model: what was learnt before keeps `exp(-tokens / memory)` of the whole.

    Many short stretches come out as one long one: looking more often gains nothing.

    Args:
        diet: shares of the sets, `[sets]`, 1 together; changed in place.
        target: index of the set that is trained on.
        tokens: how many.
        memory: tokens after which 1 / e of the old is left.
    """
    spent = tokens / memory
    kept, new = exp(-spent), -expm1(-spent)
    for place in range(len(diet)):
        diet[place] *= kept
    diet[target] += new


@compiled
def penalty_of(diet: np.ndarray, lens: np.ndarray) -> float:
    """Nats by which a score is above the law: `HEIGHT * (sum over judges of weight * worth ** -EXPONENT - 1)`.

    To a judge, a model's training is worth the sum over sets of share times worth of the set's tokens; so a few per
    cent of code take most of web text's gap on code away.

    Args:
        diet: shares of the sets, `[sets]`.
        lens: of the phase, `Judging.lenses[phase]`, `[judges, sets]`.

    Returns:
        For a model trained wholly on one set, its `Judging.penalty`.
    """
    total = 0.0
    for judge in range(lens.shape[0]):
        worth = 0.0
        for place in range(lens.shape[1]):
            worth += lens[judge, place] * diet[place]
        total += worth**-EXPONENT
    return HEIGHT * (total - 1.0)


@compiled
def judged(loss: float, diet: np.ndarray, lens: np.ndarray) -> float:
    """The score from a reference loss: with what the diet adds in the eyes of a mixture, where data matter at all.

    Args:
        loss: reference loss.
        diet: as in `penalty_of`; no sets where data do not matter.
        lens: the same; `NO_LENS` where data do not matter.
    """
    return loss + penalty_of(diet, lens) if lens.shape[0] > 0 else loss
