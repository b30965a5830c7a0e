"""What a validator measures, with noise and without."""

import numpy as np
import pytest
from steady_world import AT_ONCE, SEED, ended, lane, steady

from sim.validators.noise import Noise, NoiseLevel
from sim.world import World

STEP = 1.0 / 48
"""A step, in days."""
NEVER = {"entrant": {"reserve": 1e6}}


def test_losses_without_noise_are_true() -> None:
    """Quiet evaluations measure the true loss, and epsilon at the age of each model."""
    world = ended(steady(0.0, 0.0, 0.0, days=1.0, validation=AT_ONCE), lane("linear"))
    found = world.validators[0]
    assert found.pool(0)["score"].tolist() == [2.5]
    assert found.pool(0)["epsilon"][0] == pytest.approx(0.005 - 0.0049 * 7050 / 14_400)
    assert found.history.measured[0, 2] == 2.5
    assert np.isnan(found.history.measured[0, :2]).all()


def test_what_models_share() -> None:
    """Exact copies measure alike to the last bit, relatives share their family's part, and a window is hard for all."""
    scenario = steady(0.0, 0.0, 0.0, 0.0, days=STEP, founded=False, noise=NoiseLevel())
    world = World(scenario, [lane("linear", *[NEVER] * 4)], SEED, [0])
    validator, window = world.validators[0], Noise(NoiseLevel(), 4, SEED, [0]).window(0)
    facts, kept = validator.models.facts[0], validator.kept[0]
    facts["loss"][:4], facts["block"][:4] = 2.5, 0.0
    facts["twin"][:4], facts["family"][:4] = [0, 0, 2, 3], [4, 4, 4, 3]
    kept[:4], validator.state["keeps"][0] = [0, 1, 2, 3], 4
    world.run()
    plain, pool = validator.history.measured[0], validator.pool(0)
    own, family, common = window.own[0], window.family[0], window.common[0]
    assert pool["uid"].tolist() == [0, 1, 2, 3]
    assert plain[0] == plain[1]
    np.testing.assert_allclose(plain[[0, 2]], 2.5 + own[[0, 2]], rtol=1e-15)  # the public model's family has none
    assert plain[3] == pytest.approx(2.5 + own[3] + family[3], rel=1e-15)
    np.testing.assert_allclose(pool["score"], plain[:4] + common, rtol=1e-15)
