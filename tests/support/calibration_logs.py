"""The validators' logs beside the checkout, and evaluations made by hand."""

import numpy as np
import pytest
from places import BESIDE

from experiments.verification.calibration.logs import Evaluations

LOGS = BESIDE / "traces" / "sn9_validator"

logged = pytest.mark.skipif(not LOGS.is_dir(), reason="the validators' logs are not beside the checkout")


def seen(*models, steps=400, seed=0):
    """Evaluations of models given by their mean, and the sd of their own part; all share a level of sd 0.1."""
    numbers = np.random.default_rng(seed)
    level = numbers.normal(0, 0.1, steps)
    loss = np.stack([mean + level + numbers.normal(0, sd, steps) for mean, sd in models], axis=-1)
    return Evaluations(tuple(str(uid) for uid in range(len(models))), loss, np.zeros_like(loss))
