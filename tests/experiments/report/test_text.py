"""Parts of the report: numbers as text, verdicts, and reigns at a picture's resolution."""

import numpy as np
import pytest

from experiments.report.reigns import Reigns, thinned
from experiments.report.text import decimals, label, number, percent, verdict
from experiments.results.estimate import Estimate


def flapping(count, days=10.0):
    """Two kings that take turns."""
    edges = np.linspace(0.0, days, count + 1)
    return Reigns(edges[:-1], edges[1:], np.arange(count) % 2, count)


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


def test_coarse_reigns_keep_the_shares_of_time():
    """Two kings that take turns faster than the grid still share the time, and the true count stays."""
    quick = flapping(999)
    seen = quick.coarse(10.0, 100)
    assert len(seen) <= 100
    assert seen.crowns == 999
    assert seen.merged
    share = (seen.end - seen.start)[seen.model == 0].sum() / 10.0
    assert 0.3 < share < 0.7
    assert np.allclose(seen.start[1:], seen.end[:-1])


def test_coarse_reigns_begin_and_end_where_they_did():
    """A grid finer than the reigns changes no king and neither end."""
    late = Reigns(np.array([1.25, 4.0]), np.array([4.0, 9.0]), np.array([3, 5]), 2)
    seen = late.coarse(9.0, 90)
    assert seen.model.tolist() == [3, 5]
    assert seen.start[0] == 1.25
    assert seen.end[-1] == 9.0
    assert abs(seen.start[1] - 4.0) < 0.1


def test_no_reigns_stay_none():
    """A lane without a king has nothing to thin out."""
    nothing = Reigns(np.empty(0), np.empty(0), np.empty(0, dtype=int), 0)
    assert len(nothing.coarse(5.0, 10)) == 0


def test_the_grid_coarsens_until_all_fits():
    """At most so many reigns over all lanes."""
    result, bins = thinned([flapping(2000)] * 4, 10.0, 600, 300)
    assert sum(map(len, result)) <= 300
    assert bins < 600
