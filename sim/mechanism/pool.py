"""A pool: the models of one lane that one step evaluates, a seat each, in the order of the validator's list."""

from collections.abc import Sequence

import numpy as np

SEAT = np.dtype(
    [
        ("uid", "i8"),
        ("block", "f8"),
        ("score", "f8"),
        ("epsilon", "f8"),
        ("floor", "f8"),
        ("present", "b1"),
        ("competitive", "b1"),
        ("wins", "i8"),
        ("rate", "f8"),
        ("weight", "f4"),
    ],
    align=True,
)
"""One model in a pool, with its verdict. A pool is an array `[models]` of these.

What is known before the step:

- `uid`: whose it is.
- `block`, `score`: commit block and measured loss (lower is better), inf where the model cannot be evaluated.
- `epsilon`, `floor`: its advantage over any newer model now, and after full decay.
- `present`: False for a seat that holds no model; it takes no part.

What the step computes (`judge`, and by other rules `judge_samples` and `crown_by_pair`):

- `competitive`: it took part in the comparison of pairs.
- `wins`, `rate`: wins among those that did, and as a share of matches; 0 outside.
- `weight`: of this step, float32.
"""

EACH_HAS_ONE = np.zeros((0, 0))
"""What stands for `against` and `floors` where every model has one advantage against all; nothing reads it."""


def pool_of(
    score: Sequence[float] | np.ndarray,
    block: Sequence[float] | np.ndarray,
    epsilon: Sequence[float] | np.ndarray | float = 0.0,
    floor: Sequence[float] | np.ndarray | float = 0.0,
    present: Sequence[bool] | np.ndarray | bool = True,
) -> np.ndarray:
    """A pool of models given by their losses, commit blocks and advantages; uids count from 0."""
    pool = np.zeros(len(score), dtype=SEAT)
    pool["uid"] = np.arange(len(score))
    pool["score"], pool["block"], pool["epsilon"], pool["floor"] = score, block, epsilon, floor
    pool["present"] = present
    return pool
