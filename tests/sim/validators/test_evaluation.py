"""What a validator measures, with noise and without."""

from dataclasses import replace

import numpy as np
import pytest
from steady_world import AT_ONCE, SEED, ended, kings, lane, steady

from sim.miners.progress.ideas import IdeasProgress
from sim.scenario import Scenario
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


def test_more_samples_make_less_noise() -> None:
    """Under common draws the error of a measurement is `1 / sqrt(factor)` times that of the scenario's samples."""
    factors = 0.25, 1.0, 4.0, 9.0
    scenario = steady(0.0, 0.0, 0.0, 0.0, days=1.0, noise=NoiseLevel())
    world = ended(scenario, *(lane("linear", *[NEVER] * 4, sample_factor=each) for each in factors))
    errors = world.validators[0].history.measured[:, 3] - 2.5
    shared = np.array([world.validators[0].pool(column)["score"][0] for column in range(4)]) - 2.5 - errors
    for found in (errors, shared):
        assert found[1] != 0.0
        np.testing.assert_allclose(found / found[1], 1.0 / np.sqrt(factors), rtol=1e-9)


def test_a_factor_of_samples_is_a_scenario_with_as_many() -> None:
    """Four times the samples in a lane are the scenario with four times as many, bit for bit, in all that miners see.

    But for the shift that all models of a step share, which a scenario's pages have a part in, and for the noise of
    copies, which is the scenario's own key.
    """
    level, crowd = NoiseLevel(samples=100, sample_sd=0.0, page_sd=0.0), ("copycat", "sniper", "withholder")
    scenario = Scenario(days=6.0, miners=12, noise=level, progress=((IdeasProgress(per_day=2.0), 1.0),))
    more = replace(scenario, noise=replace(level, samples=400), copies=replace(scenario.copies, noise=0.005 / 2.0))
    for policy in ("linear", "noise-floor"):
        usual = ended(scenario, lane(policy, *crowd))
        four, many = ended(scenario, lane(policy, *crowd, sample_factor=4.0)), ended(more, lane(policy, *crowd))
        assert kings(four) == kings(many)
        assert four.miners.people.miners.tobytes() == many.miners.people.miners.tobytes()
        assert four.miners.people.miners.tobytes() != usual.miners.people.miners.tobytes()
