"""The noise of evaluations: its sizes in closed form, and numbers that belong to names, not to the order of asking."""

from math import sqrt

import numpy as np
import pytest

from sim.backend import backend
from sim.noise import CHUNK, NOVEMBER_2023, Noise, NoiseLevel

LEVEL = NoiseLevel(samples=50, pages=4, sample_sd=0.3, page_sd=0.1, kin_sd=0.01, stranger_sd=0.04)
PARTS = ("common", "own", "family")
MINERS, WORLDS = 6, range(8)
WINDOWS = 2 * CHUNK


def drawn(level=LEVEL, worlds=WORLDS, windows=range(WINDOWS), place=None, seed=3, **more):
    """The three parts of many windows: common `[windows, worlds]`, own and family `[windows, miners, worlds]`."""
    noise = Noise(level, MINERS, seed, worlds, place, **more)
    seen = [noise.window(number) for number in windows]
    return [np.array([(place or backend()).numpy(getattr(w, part)) for w in seen]) for part in PARTS]


def off(values, sd):
    """By how many standard errors the sd of a normal sample of mean 0 misses the expected one."""
    return abs(np.sqrt((values**2).mean()) / sd - 1) * sqrt(2 * values.size)


def correlated(one, two):
    """By how many standard errors the correlation of two samples differs from 0."""
    return abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) * sqrt(one.size)


def test_levels_by_pencil():
    """Pages and samples average out by their numbers; a difference has two own parts, between families two more."""
    assert LEVEL.common == pytest.approx(sqrt(0.1**2 / 4 + 0.3**2 / 50))
    assert LEVEL.kin == pytest.approx(0.01 / sqrt(50))
    assert LEVEL.stranger == pytest.approx(0.04 / sqrt(50))
    assert 2 * LEVEL.own**2 == pytest.approx(LEVEL.kin**2)
    assert 2 * LEVEL.own**2 + 2 * LEVEL.family**2 == pytest.approx(LEVEL.stranger**2)


def test_strangers_are_never_nearer_than_relatives():
    """A stranger sd below that of relatives counts as theirs: families then share nothing."""
    assert NoiseLevel(kin_sd=0.04, stranger_sd=0.01).family == 0


@pytest.mark.parametrize("level", [LEVEL, NOVEMBER_2023, NoiseLevel()])
def test_parts_have_their_size(level):
    """Over windows and worlds each part has mean 0 and the sd of its level, within 4 standard errors."""
    for part, values in zip(PARTS, drawn(level), strict=True):
        assert off(values, getattr(level, part)) < 4, part
        assert abs(values.mean()) < 4 * getattr(level, part) / sqrt(values.size), part


def test_differences_have_their_size():
    """Relatives differ by sd `kin`, strangers by sd `stranger`, and what is common to a window cancels."""
    common, own, family = drawn()
    loss = common[:, None, :] + own + family[:, [0, 0, 2, 3, 4, 5]]
    assert off(loss[:, 0] - loss[:, 1], LEVEL.kin) < 4
    assert off(loss[:, 0] - loss[:, 2], LEVEL.stranger) < 4


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
        assert correlated(one, two) < 4


def test_a_world_does_not_depend_on_its_company():
    """World 7 alone, among others and in another order has the same bits, window by window and sample by sample."""
    alone, among, turned = (drawn(worlds=worlds, windows=(0, CHUNK)) for worlds in ((7,), (0, 7, 3), (7, 3)))
    for one, some, other in zip(alone, among, turned, strict=True):
        np.testing.assert_array_equal(one[..., 0], some[..., 1])
        np.testing.assert_array_equal(one[..., 0], other[..., 0])
    single, several = (Noise(LEVEL, MINERS, 3, worlds).samples(5) for worlds in ((7,), (0, 7, 3)))
    np.testing.assert_array_equal(single[..., 0], several[..., 1])


def test_the_order_of_asking_does_not_matter():
    """Windows of a chunk may be asked in any order and again, a chunk may be skipped, samples may come in between."""
    rising = drawn()
    order = (17, 3, 17, 255, 0)
    for asked, parts in ((order, drawn(windows=order)), ((CHUNK + 2,), drawn(windows=(CHUNK + 2,)))):
        for part, full in zip(parts, rising, strict=True):
            np.testing.assert_array_equal(part, full[list(asked)])
    noise = Noise(LEVEL, MINERS, 3, WORLDS)
    first = noise.samples(4)
    np.testing.assert_array_equal(noise.window(4).own, rising[1][4])
    np.testing.assert_array_equal(noise.samples(4), first)


def test_torch_has_the_same_numbers():
    """Numbers are drawn by numpy and carried over: torch has the same bits."""
    pytest.importorskip("torch")
    place = backend("torch")
    for here, there in zip(drawn(windows=(0, 9)), drawn(windows=(0, 9), place=place), strict=True):
        np.testing.assert_array_equal(here, there)
    carried = place.numpy(Noise(LEVEL, MINERS, 3, WORLDS, place).samples(2))
    np.testing.assert_array_equal(carried, Noise(LEVEL, MINERS, 3, WORLDS).samples(2))


def test_samples_deviate_around_their_window():
    """Their mean is 0; one sample of two models differs by `kin_sd`, less the degree that the mean costs."""
    noise = Noise(LEVEL, MINERS, 3, WORLDS)
    each = np.array([noise.samples(number) for number in range(60)])
    assert each.shape == (60, LEVEL.samples, MINERS, len(WORLDS))
    np.testing.assert_allclose(each.mean(axis=1), 0.0, atol=1e-15)
    freedom = sqrt((LEVEL.samples - 1) / LEVEL.samples)
    assert off(each, LEVEL.kin_sd / sqrt(2) * freedom) < 4
    assert off(each[:, :, 0] - each[:, :, 1], LEVEL.kin_sd * freedom) < 4


def test_one_sample_of_two_relatives_differs_by_the_level():
    """Window and deviation together: the difference on one sample has sd `kin_sd`, as the level says."""
    noise = Noise(LEVEL, MINERS, 3, range(40))
    each = np.array([noise.window(number).own + noise.samples(number) for number in range(20)])
    assert off(each[:, 0, 0] - each[:, 0, 1], LEVEL.kin_sd) < 4


@pytest.mark.parametrize("other", [{"validator": 1}, {"seed": 4}])
def test_validators_and_seeds_see_other_data(other):
    """Another validator or seed: no number in common, and no correlation beyond 4 standard errors."""
    for part, one, two in zip(PARTS, drawn(), drawn(**other), strict=True):
        assert not (one == two).any(), part
        assert correlated(one, two) < 4, part


def test_validator_nought_is_the_default():
    """Who names no validator gets the first, and so the same numbers."""
    for one, two in zip(drawn(windows=(0,)), drawn(windows=(0,), validator=0), strict=True):
        np.testing.assert_array_equal(one, two)
