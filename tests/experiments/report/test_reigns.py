"""Reigns at the resolution of a picture, and their figure."""

import numpy as np
import pytest
from report_page import numbers
from world_results import DAYS, MIXED, POLICIES
from world_results import store as world_store

from experiments.report.drawn_lanes import choose_lanes, split
from experiments.report.reigns import Reigns, thin, world_reigns
from experiments.report.results import read


@pytest.fixture
def mixed(tmp_path):
    """Results of two populations in one case."""
    return read(world_store(tmp_path, populations=MIXED))


def flapping(count, days=10.0):
    """Two kings that take turns."""
    edges = np.linspace(0.0, days, count + 1)
    return Reigns(edges[:-1], edges[1:], np.arange(count) % 2, count)


def test_coarse_reigns_keep_the_shares_of_time():
    """Two kings that take turns faster than the grid still share the time, and the true count stays."""
    quick = flapping(999)
    seen = quick.coarsen(10.0, 100)
    assert len(seen) <= 100
    assert seen.crowns == 999
    assert seen.crowns > len(seen)
    share = (seen.end - seen.start)[seen.model == 0].sum() / 10.0
    assert 0.3 < share < 0.7
    assert np.allclose(seen.start[1:], seen.end[:-1])


def test_coarse_reigns_begin_and_end_where_they_did():
    """A grid finer than the reigns changes no king and neither end."""
    late = Reigns(np.array([1.25, 4.0]), np.array([4.0, 9.0]), np.array([3, 5]), 2)
    seen = late.coarsen(9.0, 90)
    assert seen.model.tolist() == [3, 5]
    assert seen.start[0] == 1.25
    assert seen.end[-1] == 9.0
    assert abs(seen.start[1] - 4.0) < 0.1


def test_no_reigns_stay_none():
    """A lane without a king has nothing to thin out."""
    nothing = Reigns(np.empty(0), np.empty(0), np.empty(0, dtype=int), 0)
    assert len(nothing.coarsen(5.0, 10)) == 0


def test_the_grid_coarsens_until_all_fits():
    """At most so many reigns over all lanes."""
    result, bins = thin([flapping(2000)] * 4, 10.0, 600, 300)
    assert sum(map(len, result)) <= 300
    assert bins < 600


def test_reigns_are_coloured_by_strategy(mixed):
    """Every reign of the drawn world is a bar of its king's strategy; every other one of a row is fainter."""
    part = next(part for part in split(mixed, choose_lanes(mixed)) if part.name == "mixed")
    panel = world_reigns([part]).panels[0]
    bars = [trace for trace in panel.data if trace["type"] == "bar"]
    assert {bar["name"] for bar in bars} == {"honest", "copycat ✗"}
    assert sum(len(bar["x"]) for bar in bars) == 3 * len(POLICIES)
    assert sum(numbers(bar["x"]).sum() for bar in bars) == pytest.approx(DAYS * len(POLICIES))
    honest = [bar for bar in bars if bar["name"] == "honest"]
    assert [bar["opacity"] < 1 for bar in honest] == [False, True]
    assert [bar["showlegend"] for bar in honest] == [True, False]
