"""Tasks: one that fails or takes too long is divided, and the numbers stay the same."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pool_tasks import assert_same, rows, tasks

from experiments.run import task
from experiments.run.evaluator import MetricsTask
from experiments.run.pool import Pool
from policies.epsilon.linear import Linear


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
