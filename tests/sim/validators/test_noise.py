"""The noise of evaluations: its sizes in closed form, and numbers that belong to names, not to the order of asking."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from steady_world import lane, steady

from sim.validators.noise import (
    CHUNK,
    KIN_WITHIN,
    NOVEMBER_2023,
    SENSITIVE,
    SKEW,
    STRANGER_WITHIN,
    TAIL,
    Noise,
    NoiseLevel,
)
from sim.world import World

LEVEL = NoiseLevel(samples=50, pages=4, sample_sd=0.3, page_sd=0.1, kin_sd=0.01, stranger_sd=0.04)
PARTS = ("common", "own", "family")
MINERS, WORLDS = 6, range(40)
WINDOWS = 2 * CHUNK


def drawn(level=LEVEL, worlds=WORLDS, windows=range(WINDOWS), seed=3, **more):
    """The three parts of many windows: common `[windows, worlds]`, own and family `[windows, miners, worlds]`."""
    noise = Noise(level, MINERS, seed, worlds, **more)
    seen = [noise.window(number) for number in windows]
    common, own, family = (np.array([getattr(window, part) for window in seen]) for part in PARTS)
    return [common, *(part[..., :-1].swapaxes(1, 2) for part in (own, family))]


def far(values, expected):
    """By how many standard errors the mean differs from the expected one; the worlds (last) are independent."""
    world = values.reshape(-1, values.shape[-1]).mean(axis=0)
    return abs(world.mean() - expected) / (world.std(ddof=1) / sqrt(len(world)))


def off(values, sd):
    """By how many standard errors the mean square of numbers around 0 misses that of an sd."""
    return far(values**2, sd**2)


def residual(part, common):
    """A part `[windows, miners, worlds]` without its regression on the common part, and the slopes."""
    slope = (part * common[:, None]).sum(axis=0) / (common**2).sum(axis=0)
    return part - slope * common[:, None], slope


def test_levels_by_pencil():
    """Pages and samples average out by their numbers; a difference has two own parts, between families two more."""
    assert LEVEL.common == pytest.approx(sqrt(0.1**2 / 4 + 0.3**2 / 50))
    assert LEVEL.kin == pytest.approx(0.01 / sqrt(50))
    assert LEVEL.stranger == pytest.approx(0.04 / sqrt(50))
    assert 2 * LEVEL.own**2 == pytest.approx(LEVEL.kin**2)
    assert 2 * LEVEL.own**2 + 2 * LEVEL.family**2 == pytest.approx(LEVEL.stranger**2)
    assert 2 * LEVEL.own_sample**2 == pytest.approx((0.01 * KIN_WITHIN) ** 2)
    assert 2 * LEVEL.own_sample**2 + 2 * LEVEL.family_sample**2 == pytest.approx((0.04 * STRANGER_WITHIN) ** 2)


def test_strangers_are_never_nearer_than_relatives():
    """A stranger sd below that of relatives counts as theirs: families then share nothing."""
    level = NoiseLevel(kin_sd=0.04, stranger_sd=0.01)
    assert (level.family, level.family_sample) == (0, 0)


@pytest.mark.parametrize("level", [LEVEL, NOVEMBER_2023, NoiseLevel()])
def test_parts_have_their_size(level):
    """Over windows and worlds each part has mean 0 and the sd of its level, within 4 standard errors."""
    for part, values in zip(PARTS, drawn(level), strict=True):
        assert off(values, getattr(level, part)) < 4, part
        assert far(values, 0) < 4, part
        assert sqrt((values**2).mean()) == pytest.approx(getattr(level, part), rel=0.05), part


def test_differences_have_their_size():
    """Relatives differ by sd `kin`, strangers by sd `stranger`, and what is common to a window cancels."""
    common, own, family = drawn()
    loss = common[:, None, :] + own + family[:, [0, 0, 2, 3, 4, 5]]
    assert off(loss[:, 0] - loss[:, 1], LEVEL.kin) < 4
    assert off(loss[:, 0] - loss[:, 2], LEVEL.stranger) < 4


@pytest.mark.parametrize("pages", [1, 4, 20])
def test_the_common_part_is_skewed(pages):
    """A gamma whose shape grows with the pages has skewness 2 / sqrt(shape): hard windows are the rarer ones."""
    level = replace(LEVEL, pages=pages)
    assert far((drawn(level)[0] / level.common) ** 3, 2 / sqrt(SKEW * pages)) < 4


@pytest.mark.parametrize("pages", [1, 4, 20])
def test_deviations_have_tails(pages):
    """What chance sets apart has the fourth moment of a normal number with some of its cube, less with more pages."""
    level, cube = replace(LEVEL, pages=pages), TAIL / pages
    fourth = 3 + 60 * cube + 630 * cube**2 + 3780 * cube**3 + 10395 * cube**4
    expected = fourth / (1 + 6 * cube + 15 * cube**2) ** 2
    assert expected > 3
    common, *parts = drawn(level, windows=range(2 * WINDOWS))
    for part, sd in zip(parts, (level.own, level.family), strict=True):
        by_chance = residual(part, common)[0] / (sd * sqrt(1 - SENSITIVE))
        assert far(by_chance**4, expected) < 4


def test_a_model_is_as_sensitive_in_every_window():
    """The slope over the common part explains its share of the variance; halves and validators agree about it."""
    common, *parts = drawn()
    other, *seen = drawn(validator=1)
    half = len(common) // 2
    for name, part, again in zip(PARTS[1:], parts, seen, strict=True):
        left, slope = residual(part, common)
        assert off(left, getattr(LEVEL, name) * sqrt(1 - SENSITIVE)) < 4
        one, two = (residual(part[some], common[some])[1] for some in (slice(half), slice(half, None)))
        assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.9
        assert np.corrcoef(slope.ravel(), residual(again, other)[1].ravel())[0, 1] > 0.9


def test_parts_windows_miners_and_worlds_are_independent():
    """No correlation between two parts, neighbouring windows, two miners or two worlds beyond 4 standard errors."""
    common, own, family = drawn()
    pairs = [
        (own, family),
        (common, own[:, 0]),
        (own[1:], own[:-1]),
        (family[1:], family[:-1]),
        (common[1:], common[:-1]),
        (own[:, 1:], own[:, :-1]),
        (common[:, 1:], common[:, :-1]),
        (own[CHUNK:], own[:CHUNK]),
    ]
    for one, two in pairs:
        assert far(one * two, 0) < 4


def test_a_world_does_not_depend_on_its_company():
    """World 7 alone, among others and in another order has the same bits, window by window and sample by sample."""
    alone, among, turned = (drawn(worlds=worlds, windows=(0, CHUNK)) for worlds in ((7,), (0, 7, 3), (7, 3)))
    for one, some, other in zip(alone, among, turned, strict=True):
        np.testing.assert_array_equal(one[..., 0], some[..., 1])
        np.testing.assert_array_equal(one[..., 0], other[..., 0])
    single, several = (Noise(LEVEL, MINERS, 3, worlds).window(5, sampled=True) for worlds in ((7,), (0, 7, 3)))
    np.testing.assert_array_equal(single.own_samples[:, 0], several.own_samples[:, 1])
    np.testing.assert_array_equal(single.family_samples[:, 0], several.family_samples[:, 1])


def test_the_order_of_asking_does_not_matter():
    """Windows of a chunk may be asked in any order and again, a chunk may be skipped, samples may come in between."""
    rising = drawn()
    order = (17, 3, 17, 255, 0)
    for asked, parts in ((order, drawn(windows=order)), ((CHUNK + 2,), drawn(windows=(CHUNK + 2,)))):
        for part, full in zip(parts, rising, strict=True):
            np.testing.assert_array_equal(part, full[list(asked)])
    noise = Noise(LEVEL, MINERS, 3, WORLDS)
    first = noise.window(4, sampled=True)
    np.testing.assert_array_equal(noise.window(4).own[:, :-1].T, rising[1][4])
    np.testing.assert_array_equal(noise.window(4, sampled=True).own_samples, first.own_samples)
    np.testing.assert_array_equal(noise.window(4, sampled=True).family_samples, first.family_samples)


def test_nobody_has_no_noise():
    """The last place, of nobody and of the public model, is 0 in windows and in samples."""
    noise = Noise(LEVEL, MINERS, 3, WORLDS)
    window = noise.window(1, sampled=True)
    for values in (window.own, window.family, window.own_samples, window.family_samples):
        assert values.shape[-2:] == (len(WORLDS), MINERS + 1)
        assert not values[..., -1].any()
        assert values[..., :-1].all()


def test_samples_deviate_around_their_window():
    """Their mean is 0; a sample of two models differs by a part of `kin_sd` and `stranger_sd`, less what means cost."""
    noise = Noise(LEVEL, MINERS, 3, WORLDS)
    seen = [noise.window(number, sampled=True) for number in range(30)]
    parts = ("own_samples", "family_samples")
    own, family = (np.array([getattr(each, part) for each in seen], dtype=float) for part in parts)
    assert own.shape == family.shape == (30, LEVEL.samples, len(WORLDS), MINERS + 1)
    for part in (own, family):
        np.testing.assert_allclose(part.mean(axis=1), 0.0, atol=1e-8)
    freedom = sqrt((LEVEL.samples - 1) / LEVEL.samples)
    kin = own[..., 0] - own[..., 1]
    stranger = own[..., 0] + family[..., 0] - own[..., 2] - family[..., 2]
    assert off(kin, KIN_WITHIN * LEVEL.kin_sd * freedom) < 4
    assert off(stranger, STRANGER_WITHIN * LEVEL.stranger_sd * freedom) < 4


@pytest.mark.parametrize("rough", [0.0, 0.5])
def test_a_copy_ties_on_every_sample(rough):
    """An exact copy has its original's samples, so the earlier one wins them all; a perturbed one wins some."""
    contest = steady(0.0, 0.0, 0.0, days=1 / 48, founded=False, noise=LEVEL)
    nobody = [{"entrant": {"reserve": 1e6}}] * 3
    lanes = [lane({"fixed": {"epsilon": 1e-6}}, *nobody, wins="per-sample", filtered=False)]
    world = World(contest, lanes, 3, (0, 5))
    validator = world.validators[0]
    facts = validator.models.facts
    facts["loss"][:, :2], facts["twin"][:, :2], facts["family"][:, :2] = 3.5, 0, 0
    facts["block"][:, :2], facts["rough"][:, 1] = [0.0, 1.0], rough
    validator.kept[:, :2], validator.state["keeps"] = [0, 1], 2
    world.run()
    for column in (0, 1):
        original, copy = validator.pool(column)["rate"]
        assert (original, copy) == (1.0, 0.0) if rough == 0.0 else 0.0 < copy < 1.0


@pytest.mark.parametrize("other", [{"validator": 1}, {"seed": 4}])
def test_validators_and_seeds_see_other_data(other):
    """Another validator or seed: no number in common, and no correlation beyond 4 standard errors."""
    for part, one, two in zip(PARTS, drawn(), drawn(**other), strict=True):
        assert not (one == two).any(), part
        assert far(one * two, 0) < 4, part


def test_validator_nought_is_the_default():
    """Who names no validator gets the first, and so the same numbers."""
    for one, two in zip(drawn(windows=(0,)), drawn(windows=(0,), validator=0), strict=True):
        np.testing.assert_array_equal(one, two)


def test_november_is_of_two_pages():
    """The level of November 2023 keeps the sizes of samples and pages, and evaluates 53 samples of two pages."""
    assert (NOVEMBER_2023.samples, NOVEMBER_2023.pages) == (53, 2)
    assert (NOVEMBER_2023.sample_sd, NOVEMBER_2023.page_sd) == (NoiseLevel.sample_sd, NoiseLevel.page_sd)
