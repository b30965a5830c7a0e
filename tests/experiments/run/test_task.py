"""Tasks: large enough to be fast, small enough to be lost; one that fails or takes too long is divided."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pool_tasks import assert_same, rows, tasks

from experiments.run import task
from experiments.run.evaluator import MetricsTask
from experiments.run.pool import Pool
from experiments.run.task import CELLS, COLUMNS, DRAWS, SECONDS, column_seconds, pass_size, passes
from policies.epsilon.linear import Linear
from sim.scenario import Scenario

SCENARIOS = [
    Scenario(days=days, miners=miners) for days in (1.0, 45.0, 360.0) for miners in (2, 16, 64, 256, 1024, 4096)
]


@dataclass(frozen=True)
class Watched(MetricsTask):
    """Fails where world 2 is simulated together with others, and writes down what is simulated."""

    folder: Path = Path()

    def simulate(self) -> dict[int, Any]:
        """See `Task`."""
        (self.folder / "-".join(map(str, self.worlds))).touch()
        if 2 in self.worlds and len(self.worlds) > 1:
            raise ArithmeticError("too much at once")
        return super().simulate()


def watched(folder: Path, *parts: tuple[int, ...]) -> list[Watched]:
    """Tasks of these worlds, which are alike."""
    (plain,) = tasks(folder, Linear(), 1)
    made = [Watched(plain.contest, plain.lanes, plain.seed, worlds, folder=folder / "done") for worlds in parts]
    (folder / "done").mkdir()
    return made


def test_a_task_that_fails_is_divided(tmp_path: Path) -> None:
    """Its worlds are computed one by one; others stay as they are, and all numbers too."""
    given = watched(tmp_path, (0, 1, 2), (3, 4))
    assert_same(rows(Pool(1), given), rows(Pool(1), tasks(tmp_path, Linear(), 5)))
    assert sorted(path.name for path in (tmp_path / "done").iterdir()) == ["0", "0-1-2", "1", "2", "3-4"]


def test_a_task_that_takes_too_long_is_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So are those that are alike and have not begun: stopping the program loses seconds. All numbers stay."""
    monkeypatch.setattr(task, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(task, "MOST_SECONDS", 0.0)
    given = watched(tmp_path, (0, 1), (3, 4))
    assert_same(rows(Pool(1), given), rows(Pool(1), [t for t in tasks(tmp_path, Linear(), 5) if t.worlds != (2,)]))
    assert sorted(path.name for path in (tmp_path / "done").iterdir()) == ["0", "0-1", "1", "3", "4"]


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
