"""Evaluation noise: paired over models, common to all of a step, and decided by names alone."""

from dataclasses import replace

import numpy as np
import pytest
from small_race import QUIET, small_race

from sim.race.noise import CHUNK, Noise, RaceNoise
from sim.race.race import NoiseLevel, Observed
from sim.streams import stream

TWO = small_race((0, "ann", 2.45), (10, "bob", 2.40))
WORLDS = tuple(range(24))
STEPS = 2 * CHUNK


def drawn(race, level, worlds=WORLDS, steps=STEPS, seed=3):
    """All measurements, `[steps, submissions, worlds]`."""
    noise = Noise(race, level, seed, worlds)
    return np.array([measured(race, noise.window(step)) for step in range(steps)])


def measured(race, window):
    """What a validator measures in a step, `[submissions, worlds]`."""
    return ((race.loss + window.own[:, :-1]) * window.scale[:, None]).T


def z_of_sd(sample, sd):
    """By how many standard errors the sd of a normal sample misses the expected one."""
    return (sample.std() / sd - 1) * np.sqrt(2 * sample.size)


def test_paired_difference_has_the_level_that_was_set():
    """Two models of equal loss differ by sd `paired` times their loss, the common shift notwithstanding."""
    race = small_race((0, "ann", 2.45), (10, "bob", 2.45))
    found = drawn(race, NoiseLevel(paired=0.0005, common=0.014))
    difference = found[:, 0] - found[:, 1]
    assert abs(z_of_sd(difference, 0.0005 * 2.45)) < 4
    assert abs(difference.mean()) < 4 * 0.0005 * 2.45 / np.sqrt(difference.size)


def test_unequal_models_share_the_variance():
    """The noise of each model is in proportion to its loss: sd paired * sqrt((a^2 + b^2) / 2) of the difference."""
    race = small_race((0, "ann", 3.0), (10, "bob", 1.0))
    found = drawn(race, NoiseLevel(paired=0.01, common=0.0))
    assert abs(z_of_sd(found[:, 0] - found[:, 1] - 2.0, 0.01 * np.sqrt(5))) < 4


def test_the_common_shift_cancels_in_ratios():
    """Without own noise every ratio of losses is the true one in every step, while the level moves by sd `common`."""
    found = drawn(TWO, NoiseLevel(paired=0.0, common=0.014))
    np.testing.assert_allclose(found[:, 0] / found[:, 1], 2.45 / 2.40, rtol=1e-12)
    assert abs(z_of_sd(found[:, 0] / 2.45 - 1, 0.014)) < 4


def test_each_submission_may_state_its_own_sd():
    """A row's sd is used in its unit; rows without one have the level of the scenario."""
    race = small_race((0, "ann", 2.0), (1, "bob", 2.0), (2, "cid", 2.0), sd=[0.3, 0.01, np.nan])
    found = drawn(race, NoiseLevel(paired=0.05, common=0.0))
    for i, sd in enumerate((0.3, 0.01, 0.1)):
        assert abs(z_of_sd(found[:, i] - 2.0, sd / np.sqrt(2))) < 4
    assert abs(z_of_sd(found[:, 0] - found[:, 1], np.sqrt((0.3**2 + 0.01**2) / 2))) < 4


def test_models_steps_and_worlds_are_independent():
    """No correlation between two models, two neighbouring steps or two worlds beyond 4 standard errors."""
    own = drawn(TWO, NoiseLevel(paired=0.001, common=0.0)) - TWO.loss[:, None]
    pairs = [(own[:, 0], own[:, 1]), (own[:-1, 0], own[1:, 0]), (own[:, 0, :-1], own[:, 0, 1:])]
    for one, two in pairs:
        assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 4 / np.sqrt(one.size)


def test_a_world_does_not_depend_on_its_company():
    """World 7 alone, among others, and in another order: the same bits."""
    alone = drawn(TWO, NoiseLevel(), (7,))[:, :, 0]
    np.testing.assert_array_equal(drawn(TWO, NoiseLevel(), (0, 7, 3))[:, :, 1], alone)
    np.testing.assert_array_equal(drawn(TWO, NoiseLevel(), (3, 0, 7))[:, :, 2], alone)
    assert not (drawn(TWO, NoiseLevel(), (8,))[:, :, 0] == alone).any()


def test_a_submission_does_not_depend_on_later_ones():
    """A race that goes on has the same noise on what was there."""
    longer = small_race((0, "ann", 2.45), (10, "bob", 2.40), (20, "cid", 2.3))
    np.testing.assert_array_equal(drawn(longer, NoiseLevel())[:, :2], drawn(TWO, NoiseLevel()))


OTHER = small_race((0, "ann", 2.45), (10, "bob", 2.40), name="other")


@pytest.mark.parametrize("change", [{"seed": 4}, {"race": OTHER}])
def test_seed_and_race_name_the_numbers(change):
    """Another seed or another race has other noise."""
    given = {"race": TWO, "seed": 3, **change}
    assert not (drawn(given["race"], NoiseLevel(), seed=given["seed"]) == drawn(TWO, NoiseLevel())).any()


def test_step_numbers_count_across_chunks():
    """The k-th number of a stream belongs to the k-th step, also around the boundary of a chunk."""
    found = drawn(TWO, NoiseLevel(paired=0.01, common=0.0), (5,))
    numbers = stream(3, "small", "world", 5, "evaluation", 1).standard_normal(STEPS)
    expected = 2.40 + numbers * (0.01 * 2.40 / np.sqrt(2))
    np.testing.assert_array_equal(found[:, 1, 0], expected)
    late = Noise(TWO, NoiseLevel(paired=0.01, common=0.0), 3, (5,))
    for step in (CHUNK - 1, CHUNK, CHUNK + 1):
        np.testing.assert_array_equal(measured(TWO, late.window(step))[1, 0], expected[step])


def test_silence_is_exact():
    """Noise off measures the true losses to the last bit."""
    assert (drawn(TWO, QUIET) == TWO.loss[:, None]).all()


def test_samples_average_to_the_loss():
    """The mean over a step's samples is what the step measures, and asking for samples changes nothing."""
    level = NoiseLevel(samples=20)
    plain, asked = Noise(TWO, level, 3, (0, 1)), Noise(TWO, level, 3, (0, 1))
    for step in (0, 1, 5, CHUNK):
        samples = asked.window(step, sampled=True)
        assert samples.own_samples.shape == (20, 2, 3)
        assert np.abs(samples.own_samples.mean(axis=0)).max() < 1e-9
        assert not samples.family_samples.any()
        np.testing.assert_array_equal(asked.window(step).own, plain.window(step).own)


def test_samples_spread_by_the_root_of_their_number():
    """One sample's paired difference has sqrt(n) times the sd of the mean over n; its own mean costs a degree."""
    noise = Noise(TWO, NoiseLevel(paired=0.001, common=0.014, samples=40), 3, tuple(range(10)))
    spread = np.array([noise.window(step, sampled=True).own_samples for step in range(40)])
    expected = 0.001 * np.sqrt((2.45**2 + 2.40**2) / 2) * np.sqrt(40) * np.sqrt(39 / 40)
    assert abs(z_of_sd(spread[..., 0] - spread[..., 1], expected)) < 4


def test_a_log_is_looked_up_by_block():
    """A validator's own measurements of a block, the same in every world; no samples and no noise are added."""
    log = Observed(np.array([5, 9]), np.array([[3.0, np.inf], [3.1, 2.9]]))
    draws = RaceNoise(replace(TWO, observed=log), NoiseLevel()).draws(2, 3, (0, 1))
    assert [draws.window(block).observed.tolist() for block in (5, 9)] == [[3.0, np.inf], [3.1, 2.9]]
    assert draws.window(5, sampled=True).own_samples.size == 0
