"""The evaluation noise against the validators' logs, and the statistics that are compared."""

from math import sqrt

import numpy as np
import pytest
from places import BESIDE, ROOT
from scipy.stats import binomtest, norm

from experiments.verification.calibration import statistics as st
from experiments.verification.calibration.compare import Row, compare, table
from experiments.verification.calibration.logs import Evaluations, read_history, read_later, read_samples, read_steps
from experiments.verification.calibration.pairs import NEAR, distinct, lineage, pairs
from experiments.verification.calibration.picture import picture
from experiments.verification.calibration.questions import difference, extremes, neighbours, of_steps
from experiments.verification.calibration.simulated import Field, simulate
from sim.validators.noise import NOVEMBER_2023, SENSITIVE, NoiseLevel

LOGS = BESIDE / "traces" / "sn9_validator"
PAGE = ROOT / "docs" / "calibration.md"
logged = pytest.mark.skipif(not LOGS.is_dir(), reason="the validators' logs are not beside the checkout")

PAIRS = ("uid 213 and 215, unrelated", "uid 213 and 223, near", "uid 223 and 215, unrelated")
SLOPE = "slope of the difference over the step mean"
OUTSIDE = {
    **{
        (SLOPE, pair): "which of two models is the more sensitive is chance, so the mean of worlds is 0"
        for pair in PAIRS
    },
    **{("sd of the difference, nats", pair): "strangers are equally far apart" for pair in PAIRS[::2]},
    **{("1 - correlation of the step means", pair): "strangers are equally far apart" for pair in PAIRS[::2]},
    ("sd of the difference, nats", "uid 223 and 255, near"): "relatives are equally near",
    ("share of samples won", "uid 223 among 223, 255"): "relatives are equally near",
}
"""What the model of the noise is known to get wrong, and by which of its assumptions; the page says what it means."""


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The whole comparison, once."""
    return compare(LOGS)


@logged
def test_the_simulation_lies_within_the_logs(rows):
    """Every compared statistic is within its interval of the data, but for those that are known not to be."""
    assert {(row.name, row.of) for row in rows if not row.inside} == OUTSIDE.keys()


@logged
def test_worlds_differ_as_pairs_do(rows):
    """How far hard data set two models apart is chance: the worlds range over what the logs have, of sds too."""
    chance = [row for row in rows if row.of in PAIRS and row.name in (SLOPE, "sd of the difference, nats")]
    assert len(chance) == 6
    assert all(row.low < row.logs < row.high for row in chance)
    assert all(row.low < 0 < row.high for row in chance if row.name == SLOPE)


@logged
def test_the_level_is_the_one_that_fits(rows):
    """Sds and shares that the noise was fitted to are met within 2 %, so all of it is used; shapes are met roughly."""
    fitted = [row for row in rows if row.fitted]
    sizes = [row for row in fitted if row.name.startswith(("sd", "share"))]
    assert (len(fitted), len(sizes)) == (12, 8)
    assert [row.simulated for row in sizes] == pytest.approx([row.logs for row in sizes], rel=0.02)


@logged
def test_published_numbers_are_found(rows):
    """The logs say what was computed from them before: sds, and shares of samples against a normal."""
    value = {(row.name, row.of): row.logs for row in rows}
    spread = "sd of the difference, nats"
    assert value["sd of the step mean, nats", "uid 213"] == pytest.approx(0.107, abs=5e-4)
    assert value[spread, "uid 213 and 223, near"] == pytest.approx(0.0020, abs=5e-5)
    assert value[spread, "uid 213 and 215, unrelated"] == pytest.approx(0.0047, abs=5e-5)
    assert value[spread, "uid 223 and 215, unrelated"] == pytest.approx(0.0060, abs=5e-5)
    assert value[spread, "uid 223 and 255, near"] == pytest.approx(0.0012, abs=5e-5)
    assert value[spread, "exact copies"] == 0.0
    for row, (won, phi) in zip(rows[-2:], ((0.873, 0.872), (0.810, 0.774)), strict=True):
        assert (row.logs, row.simulated) == (pytest.approx(won, abs=1e-3), pytest.approx(phi, abs=6e-3))


@logged
def test_the_page_shows_the_table(rows):
    """The table of the page is what the program computes today."""
    assert table(rows) in PAGE.read_text(encoding="utf-8")


@logged
def test_the_logs_are_read_whole():
    """1,000 steps of five uids, two of them copies; 16 and 51 steps of two; 55 and 58 samples; four steps of seven."""
    steps, history, later = read_steps(LOGS), read_history(LOGS), read_later(LOGS)
    assert (steps.loss.shape, steps.models[distinct(steps.loss)[-1]]) == ((1000, 5), "223")
    np.testing.assert_allclose(steps.best.sum(axis=1), 1.0, atol=1e-9)
    assert (history.models, history.loss.shape, history.best.shape) == (("223", "255"), (16, 2), (51, 2))
    assert [losses.shape for losses in read_samples(LOGS)] == [(55, 2), (58, 2)]
    assert (later.loss.shape, "223" in later.models) == ((4, 7), False)


@logged
def test_the_picture_has_all_of_it():
    """Four panels with labelled axes, and every name in the legend once."""
    drawn = picture(LOGS)
    axes = [getattr(drawn.layout, f"{axis}axis{number}") for axis in "xy" for number in ("", 2, 3, 4)]
    assert all(axis.title.text for axis in axes)
    names = [trace.name for trace in drawn.data if trace.showlegend is not False]
    assert len(names) == len(set(names)) == 8


def seen(*models, steps=400, seed=0):
    """Evaluations of models given by their mean, and the sd of their own part; all share a level of sd 0.1."""
    numbers = np.random.default_rng(seed)
    level = numbers.normal(0, 0.1, steps)
    loss = np.stack([mean + level + numbers.normal(0, sd, steps) for mean, sd in models], axis=-1)
    return Evaluations(tuple(str(uid) for uid in range(len(models))), loss, np.zeros_like(loss))


def test_spread_by_pencil():
    """The sd with n - 1; of several columns the root of the mean variance."""
    assert st.spread(np.array([[1.0], [2.0], [3.0]])) == 1.0
    assert st.spread(np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])) == sqrt(0.5)


def test_shapes_by_pencil():
    """One hit in four: skewness 2 / sqrt(3), excess kurtosis -2/3; a coin has 0 and -2."""
    hit, coin = np.array([[0.0], [0.0], [0.0], [1.0]]), np.array([[0.0], [1.0]])
    assert (st.skewness(hit), st.kurtosis(hit)) == (pytest.approx(2 / sqrt(3)), pytest.approx(-2 / 3))
    assert (st.skewness(coin), st.kurtosis(coin)) == (0.0, -2.0)


def test_lines_by_pencil():
    """On a line of slope -3 the correlation is -1; three of four corners of a square have correlation 1/2."""
    x = np.arange(5.0)
    line, corners = np.stack([7 - 3 * x, x], axis=-1), np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert (st.slope(line), st.correlation(line)) == (pytest.approx(-3.0), pytest.approx(-1.0))
    assert (st.correlation(corners), st.decorrelation(corners)) == (pytest.approx(0.5), pytest.approx(0.5))


def test_statistics_take_stacks():
    """A stack of samples gives a value for each, which is what the bootstrap asks for."""
    stack = np.random.default_rng(1).normal(size=(3, 50, 2))
    for statistic in (st.spread, st.mean, st.skewness, st.kurtosis, st.correlation, st.decorrelation, st.slope):
        assert statistic(stack).tolist() == pytest.approx([float(statistic(sample)) for sample in stack])


def test_bootstrap_of_a_mean_is_its_standard_error():
    """The interval of a mean is 1.96 standard errors to either side, within a tenth, and of a constant a point."""
    sample = np.random.default_rng(2).normal(size=(900, 1))
    lo, hi = st.bootstrap(st.mean, sample)
    half = norm.ppf(0.975) * sample.std() / 30
    assert (lo, hi) == (
        pytest.approx(sample.mean() - half, abs=half / 10),
        pytest.approx(sample.mean() + half, abs=half / 10),
    )
    assert st.bootstrap(st.mean, np.full((20, 1), 3.0)) == (3.0, 3.0)


@pytest.mark.parametrize("hits", [0, 1, 48, 55])
def test_binomial_is_exact(hits):
    """Clopper and Pearson's interval, at both ends too."""
    expected = binomtest(hits, 55).proportion_ci(method="exact")
    assert st.binomial(np.arange(55) < hits) == pytest.approx((expected.low, expected.high))


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


def test_few_steps_say_nothing():
    """Pairs with fewer than 15 common steps are not compared."""
    models = ((3.9, 0.001), (3.8, 0.001))
    assert any("and" in question.of for question in of_steps(seen(*models, steps=15)))
    assert not any("and" in question.of for question in of_steps(seen(*models, steps=14)))


def test_neighbours_are_steps_and_the_next():
    """A difference at each step stands beside that of the next one."""
    made = seen((3.8, 0.001), (3.9, 0.001), steps=20)
    gap = difference(pairs(made.loss)[0])
    beside = neighbours(gap)(made)
    assert beside.shape == (19, 2)
    np.testing.assert_array_equal(beside[:, 1], gap(made)[1:, 0])


def test_extremes_are_beyond_three_sds():
    """One hit in 20 steps lies sqrt(19) sds from the mean, one in nine steps sqrt(8): only the first is beyond."""
    for steps, expected in ((20, 1), (9, 0)):
        loss = np.zeros((steps, 1))
        loss[3] = 1.0
        made = Evaluations(("a",), loss, loss)
        assert extremes(lambda some: some.loss)(made).sum() == expected


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


def test_november_is_of_two_pages():
    """The level of November 2023 keeps the sizes of samples and pages, and evaluates 53 samples of two pages."""
    assert (NOVEMBER_2023.samples, NOVEMBER_2023.pages) == (53, 2)
    assert (NOVEMBER_2023.sample_sd, NOVEMBER_2023.page_sd) == (NoiseLevel.sample_sd, NoiseLevel.page_sd)
