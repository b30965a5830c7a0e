"""The board: what everybody can see of the contest."""

from dataclasses import dataclass

import numpy as np

from policies.arrays import Array
from sim.history import History
from sim.models import Models


@dataclass(frozen=True)
class Board:
    """Public facts, arrays over the trailing columns axis.

    Attributes:
        king: the reigning miner, int `[columns]`, -1 before the first.
        crowned: block of his crowning, `[columns]`.
        descent: log loss per day by which the king's loss has been falling, `[columns]`.
        weights: shares of emission, `[miners, columns]`.
        models: the models that validators evaluate.
        measured: their losses as measured last, without what all models of a step share, `[miners + 1, columns]`.
        history: crowns and measurements as policies may see them.
        lens: how the present mixture of data looks at what a model was trained on; None where data do not matter.
    """

    king: Array
    crowned: Array
    descent: Array
    weights: Array
    models: Models
    measured: Array
    history: History
    lens: np.ndarray | None = None
