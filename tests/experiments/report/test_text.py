"""Numbers and names as people read them."""

import numpy as np
import pytest

from experiments.report.text import decimals, digits, label, number, percent, verdict
from experiments.results.estimate import Estimate


@pytest.mark.parametrize(
    ("value", "places", "sign", "text"),
    [
        (-1.25, 1, False, "−1.2"),
        (1.0, 0, True, "+1"),
        (-0.0001, 2, True, "0.00"),
        (np.nan, 2, False, "–"),
        (12345.6, 0, False, "12\N{NARROW NO-BREAK SPACE}346"),
    ],
)
def test_numbers(value, places, sign, text):
    """A typographic minus, no sign on what is shown as 0, a dash for nothing."""
    assert number(value, places, sign) == text


def test_digits_follow_the_interval():
    """Two digits of the typical half-width; three of the value where there is none; rounding does not count."""
    assert decimals(np.array([0.0031, 0.0042]), np.array([1.0, 1.0])) == 4
    assert decimals(np.array([np.nan]), np.array([0.123])) == 3
    assert decimals(np.array([1e-17]), np.array([0.5])) == 3
    assert decimals(np.array([0.0]), np.array([0.0])) == 0


def test_percent():
    """A fraction with half its interval; a difference with its ends; alone without an interval."""
    assert percent(Estimate(0.0608, 0.0596, 0.0620, 8)) == "6.08 ± 0.12 %"
    assert percent(Estimate(0.0008, 0.0002, 0.0014, 8), sign=True) == "+0.080 % [+0.020, +0.140]"
    assert percent(Estimate(0.0608, np.nan, np.nan, 1)) == "6.08 %"


def test_labels_are_short_and_escaped():
    """Long names lose their middle; plotly's tags cannot be written in a name."""
    assert label("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"
    assert len(label("n" * 100)) <= 36
    assert label("linear decay_blocks=7200") == "linear decay=7200"


@pytest.mark.parametrize(
    ("lo", "hi", "found"),
    [
        (0.1, 0.2, "above"),
        (-0.2, -0.1, "below"),
        (-0.1, 0.1, "level"),
        (0.0, 0.0, "level"),
        (1e-17, 1e-17, "level"),
        (np.nan, np.nan, "unknown"),
    ],
)
def test_verdicts(lo, hi, found):
    """An interval without 0 tells a lane apart from the baseline; rounding does not."""
    assert verdict(Estimate(0.0, lo, hi, 4)) == found


def test_numbers_are_as_people_write_them():
    """Four digits without an exponent, and a typographic minus."""
    values = (14400.0, 82098.3, 0.0000452, 0.25, 0.0, -2.0)
    assert [digits(value) for value in values] == ["14400", "82100", "0.0000452", "0.25", "0", "−2"]
