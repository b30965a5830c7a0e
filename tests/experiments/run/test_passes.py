"""Passes: large enough to be quick, small enough to be lost, and never dependent on what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.run.passes import CELLS, COLUMNS, DRAWS, SECONDS, column_seconds, pass_size, passes
from sim.scenario import Scenario

SCENARIOS = [
    Scenario(days=days, miners=miners) for days in (1.0, 45.0, 360.0) for miners in (2, 16, 64, 256, 1024, 4096)
]


@given(st.integers(0, 200), st.integers(1, 40), st.integers(1, 20))
def test_every_world_is_in_one_pass(count: int, size: int, workers: int) -> None:
    """In its order; no pass is larger than it should be, and none is empty."""
    numbers = range(7, 7 + count)
    found = passes(numbers, size, workers)
    assert [world for each in found for world in each] == list(numbers)
    assert all(1 <= len(each) <= size for each in found)


@given(st.integers(1, 200), st.integers(1, 40), st.integers(1, 20))
def test_all_workers_are_busy_to_the_end(count: int, size: int, workers: int) -> None:
    """As many passes as a multiple of the workers, where there are so many worlds, and alike but for one world."""
    sizes = [len(each) for each in passes(range(count), size, workers)]
    assert len(sizes) % workers == 0 or len(sizes) == count
    assert max(sizes) - min(sizes) <= 1


@given(st.sampled_from(SCENARIOS), st.integers(1, 2000))
def test_a_pass_is_bounded(scenario: Scenario, lanes: int) -> None:
    """In columns, memory, what is drawn ahead, and time, unless that leaves no whole world."""
    worlds = pass_size(scenario, lanes)
    columns = worlds * lanes
    assert worlds >= 1
    if worlds > 1:
        assert columns <= COLUMNS
        assert columns * scenario.miners <= CELLS
        assert worlds * scenario.miners <= DRAWS
        assert columns * column_seconds(scenario) <= SECONDS


def test_lanes_do_not_need_worlds_beside_them() -> None:
    """A panel as wide as a pass lives in one world at a time; twice the lanes have half the worlds."""
    scenario = Scenario(days=10.0, miners=16)
    assert pass_size(scenario, COLUMNS) == pass_size(scenario, 10 * COLUMNS) == 1
    assert (pass_size(scenario, 8), pass_size(scenario, 16)) == (32, 16)


@pytest.mark.parametrize(("miners", "microseconds"), [(16, 1.3), (64, 2.5), (256, 7.5)])
def test_time_is_estimated_as_measured(miners: int, microseconds: float) -> None:
    """Per step and column, within a fifth."""
    scenario = Scenario(days=60.0, miners=miners)
    assert 1e6 * column_seconds(scenario) / scenario.steps == pytest.approx(microseconds, rel=0.2)
