"""Copies, near relatives and strangers."""

import numpy as np
from calibration_logs import seen

from experiments.verification.calibration.pairs import NEAR, distinct, lineage, pairs


def test_pairs_are_told_by_what_they_do():
    """Equal in every step: copies; a paired sd below the limit: near; else unrelated. The better one comes first."""
    made = seen((3.9, NEAR / 10), (3.8, NEAR / 10), (3.85, 4 * NEAR))
    loss = np.concatenate([made.loss, made.loss[:, 1:2]], axis=1)
    kinds = {(pair.better, pair.worse): pair.kind for pair in pairs(loss)}
    assert kinds[1, 0] == "near"
    assert kinds[1, 3] == "copy"
    assert kinds[1, 2] == kinds[3, 2] == kinds[2, 0] == "unrelated"
    assert distinct(loss) == [0, 1, 2]
    root, trained = lineage(loss)
    assert (root.tolist(), trained.tolist()) == ([0, 0, 2, 0], [0, 1, 2, 1])
