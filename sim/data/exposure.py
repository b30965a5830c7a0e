"""What a model has learnt from, as shares of its training, and what a mixture makes of it. Pure; any array library."""

import numpy as np

from policies.arrays import Array, namespace
from sim.data.gaps import EXPONENT, HEIGHT

PAST = 0.4
"""Memory as a share of the tokens in a model's past. Two models of 49k parameters that learnt prose for 300 and 900
steps, then code for 400, follow `mixed` and `penalty_of` with 0.58 and 0.35, within 0.014 and 0.019 nats (rmse)."""

MEMORY = PAST * 5e11
"""Tokens: that share of the past of a public model as the subnet's were, 3B parameters and 0.5T tokens."""


def wholly(target: Array, sets: int) -> Array:
    """Shares of models that were trained on one set only.

    Args:
        target: index of the set, int `[...]`, e.g. `[miners, columns]`.
        sets: how many there are.

    Returns:
        float `[sets, ...]`, 1 or 0.
    """
    xp = namespace(target)
    return xp.stack([xp.astype(target == place, xp.float64) for place in range(sets)])


def mixed(shares: Array, target: Array, tokens: Array, memory: Array = MEMORY) -> Array:
    """Shares after training on: what was learnt before keeps `exp(-tokens / memory)` of the whole.

    Many short stretches come out as one long one: nobody gains by looking more often.

    Args:
        shares: float `[sets, ...]`, of each model 1 together.
        target: index of the set that is trained on, int `[...]`.
        tokens: how many; a number, or broadcasts to `[...]`.
        memory: tokens after which 1 / e of the old is left; a number, or broadcasts to `[...]`.
    """
    xp = namespace(shares)
    spent = xp.zeros_like(shares[0]) + tokens / memory
    kept, new = xp.exp(-spent), -xp.expm1(-spent)
    return xp.stack([shares[place] * kept + new * (target == place) for place in range(shares.shape[0])])


def penalty_of(shares: Array, lens: np.ndarray) -> Array:
    """Nats by which scores are above the law: `HEIGHT * (sum over judges of weight * worth ** -EXPONENT - 1)`.

    To a judge, a model's training is worth the sum over sets of share times worth of the set's tokens; so a few per
    cent of code take most of web text's gap on code away.

    Args:
        shares: float `[sets, ...]`.
        lens: of the phase, `Judging.lenses[phase]`; numpy's, wherever the shares are.

    Returns:
        `[...]`; for models trained wholly on one set, its `Judging.penalty`.
    """
    total = 0.0
    for judge in lens.tolist():  # sums in a fixed order: a matrix product's last bits depend on how many columns it has
        worth = 0.0
        for place, token in enumerate(judge):
            worth = worth + token * shares[place]
        total = total + worth**-EXPONENT
    return HEIGHT * (total - 1.0)


def judged(loss: Array, shares: Array | None, lens: np.ndarray | None) -> Array:
    """Scores from reference losses: with what the diet adds in the eyes of a mixture, where data matter at all.

    Args:
        loss: reference losses `[...]`.
        shares: as in `penalty_of`; None where data do not matter.
        lens: the same.
    """
    return loss if lens is None else loss + penalty_of(shares, lens)
