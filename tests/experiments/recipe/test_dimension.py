"""Axes of a search space: the number or the option at each coordinate from 0 to 1."""

from math import sqrt

import pytest

from experiments.recipe.dimension import Choice, Dimension


@pytest.mark.parametrize(("scale", "middle"), [("linear", 2.5), ("log", sqrt(1.0 * 4.0))])
def test_a_range_is_searched_evenly(scale, middle):
    """In the number itself, or in its logarithm, where the middle is the geometric mean; both ends are included."""
    one = Dimension("x", 1.0, 4.0, scale)
    assert [one.value(unit) for unit in (0.0, 0.5, 1.0)] == [1.0, pytest.approx(middle), 4.0]
    assert all(one.distribution()._contains(one.value(unit)) for unit in (0.0, 0.3, 1.0))


def test_whole_numbers_have_equal_parts():
    """Of four numbers each has a quarter of the coordinates; 1 is still the last of them."""
    one = Dimension("x", 2.0, 5.0, "integer")
    assert [one.value(unit) for unit in (0.0, 0.24, 0.26, 0.5, 0.76, 1.0)] == [2, 2, 3, 4, 5, 5]


def test_options_have_equal_parts():
    """Of two options each has a half."""
    one = Choice("x", ("a", "b"))
    assert [one.value(unit) for unit in (0.0, 0.49, 0.5, 1.0)] == ["a", "a", "b", "b"]
