"""The simulated field."""

from math import sqrt

import numpy as np
import pytest

from experiments.verification.calibration import statistics as st
from experiments.verification.calibration.simulated import Field, simulate
from sim.validators.noise import SENSITIVE, NoiseLevel


def test_the_simulated_field_is_measured_as_it_is():
    """Copies are equal to the bit and the first one is credited; families and strangers differ by the level's sds.

    These are over worlds, in each of which two models are differently sensitive.
    """
    level = NoiseLevel(samples=20, pages=2, kin_sd=0.02, stranger_sd=0.1)
    models = Field(
        ("a", "b", "c", "d"), np.array([3.8, 3.81, 3.9, 3.8]), np.array([0, 0, 2, 0]), np.array([0, 1, 2, 0])
    )
    worlds = simulate(models, level, worlds=60, windows=200, sampled=20)
    loss, best = np.concatenate([world.loss for world in worlds]), np.concatenate([world.best for world in worlds])
    np.testing.assert_array_equal(loss[:, 0], loss[:, 3])
    assert not best[:, 3].any()
    np.testing.assert_allclose(best.sum(axis=1), 1.0)
    assert (len(loss), len(best)) == (60 * 200, 60 * 20)
    for other, sd in ((1, level.kin), (2, level.stranger)):
        error = sqrt(SENSITIVE**2 / (2 * 60) + 1 / (2 * len(loss)))
        assert st.spread(loss[:, [other]] - loss[:, [0]]) == pytest.approx(sd, rel=4 * error)
