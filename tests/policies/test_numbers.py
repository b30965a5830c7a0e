"""Functions of plain numbers that formulas share, each by its definition."""

from math import erf, inf, isnan, nan, pi, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import clamp, finite_or, floor, half_cosine, halving, normal_cdf, normal_quantile
from policies.numbers import power


@pytest.mark.parametrize(("value", "result"), [(0.5, 0.5), (-0.0, 0.0), (nan, 7.0), (inf, 7.0), (-inf, 7.0)])
def test_what_nobody_knows_is_something_else(value: float, result: float) -> None:
    """NaN and the infinities stand for what nobody knows."""
    assert finite_or(value, 7.0) == result


@given(value=st.floats(allow_nan=False), low=st.floats(-1, 0), high=st.floats(0, 1))
def test_within_two_bounds(value: float, low: float, high: float) -> None:
    """What lies between is left alone, everything else is the nearer bound; NaN stays NaN."""
    assert clamp(value, low, high) == sorted((low, value, high))[1]
    assert isnan(clamp(nan, low, high))


@pytest.mark.parametrize(
    ("value", "whole"),
    [(1.5, 1), (-1.5, -2), (2.0, 2), (0.9999999999999999, 0), (2.0**52 + 1, 2.0**52 + 1), (1e300, 1e300), (inf, inf)],
)
def test_floor_is_a_float(value: float, whole: float) -> None:
    """The largest whole number that is not above; large numbers and inf are whole, NaN passes."""
    assert floor(value) == whole
    assert isinstance(floor(value), float)
    assert isnan(floor(nan))


@pytest.mark.parametrize(
    ("x", "y", "result"), [(2.0, 10.0, 1024.0), (2.0, -inf, 0.0), (0.25, 0.5, 0.5), (0.0, 0.0, 1.0)]
)
def test_power(x: float, y: float, result: float) -> None:
    """The powers of the C standard, exact for powers of 2, and 0 where nothing is left."""
    assert power(x, y) == result


@pytest.mark.parametrize(
    ("age", "half_life", "left"),
    [(0, 100, 1), (100, 100, 0.5), (300, 100, 0.125), (inf, 100, 0), (inf, 0, 1), (5, 0, 1)],
)
def test_halving(age: float, half_life: float, left: float) -> None:
    """Half is left after a half-life, nothing for ever, and all where there is none."""
    assert halving(age, half_life) == pytest.approx(left, rel=1e-12, abs=1e-300)


@given(x=st.floats(-8, 8))
def test_normal_cdf(x: float) -> None:
    """The standard normal distribution's share below x is (1 + erf(x / sqrt 2)) / 2."""
    assert normal_cdf(x) == pytest.approx((1 + erf(x / sqrt(2))) / 2, rel=1e-12, abs=1e-15)


@given(p=st.floats(1e-300, 1 - 1e-15))
def test_normal_quantile(p: float) -> None:
    """Where a share p lies below: Python's own, to the last bit; the ends are infinite."""
    assert normal_quantile(p) == NormalDist().inv_cdf(p)
    assert (normal_quantile(0.0), normal_quantile(1.0), normal_quantile(0.5)) == (-inf, inf, 0.0)


def test_half_a_cosine_by_its_series() -> None:
    """(1 + cos(pi x)) / 2 is cos(pi x / 2)^2: exactly 1 and 0 at the ends, and to 1e-15 of either form between."""
    shares = np.linspace(0.0, 1.0, 10_001)
    found = np.array([half_cosine(share) for share in shares.tolist()])
    assert (found[0], found[-1]) == (1.0, 0.0)
    assert np.all(np.diff(found) <= 0)
    assert found == pytest.approx(np.cos(pi / 2 * shares) ** 2, abs=1e-15, rel=0)
    assert found == pytest.approx((1 + np.cos(pi * shares)) / 2, abs=1e-15, rel=0)
