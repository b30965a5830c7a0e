"""Statistics over steps, and their intervals."""

from math import sqrt

import numpy as np
import pytest
from scipy.stats import binomtest, norm

from experiments.verification.calibration import statistics as st


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
