"""Pools: the same numbers wherever they are computed, whatever fails, takes too long or is killed meanwhile."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from dask_cluster import Cluster, cluster
from small_study import recipe
from strange_policies import Deadly, Flat

from experiments.recipe.populations import in_populations
from experiments.run import dask_pool, task
from experiments.run.evaluator import MetricsTask
from experiments.run.pool import Pool, open_pool
from experiments.search.spec import load
from policies import InputError, Policy
from policies.epsilon.fixed import Fixed
from policies.epsilon.linear import Linear
from sim.lanes import Lane

ROOT = Path(__file__).parents[3]


def tasks(folder: Path, policy: Policy, count: int = 4, together: int = 1) -> list[MetricsTask]:
    """So many worlds, some to a task."""
    spec = load(recipe(folder, "days: 6", "days: 2"))
    lanes = in_populations([Lane("0", policy)], spec.populations)
    whole = MetricsTask(spec.cases()[0], lanes, 7, tuple(range(count)))
    return whole.parts(together)


def rows(pool: Pool, given: list[MetricsTask]) -> dict[int, pa.Table]:
    """All worlds by number; each comes once."""
    found = [(world, row) for _, part in pool.results(given) for world, row in part.items()]
    assert sorted(world for world, _ in found) == sorted(world for each in given for world in each.worlds)
    return dict(found)


def assert_same(one: dict[int, pa.Table], other: dict[int, pa.Table]) -> None:
    """Bit for bit the same."""
    assert one.keys() == other.keys()
    for world, row in one.items():
        assert row.column_names == other[world].column_names
        for name in row.column_names[:-1]:
            assert row[name].to_numpy().tobytes() == other[world][name].to_numpy().tobytes(), name
        assert set(row["error"].to_pylist()) == set(other[world]["error"].to_pylist()) == {None}


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler without workers."""
    (tmp_path / "dask").mkdir()
    with cluster(tmp_path / "dask", 0) as made:
        yield made


def test_local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes give the numbers of this one, even if one is killed, and live on for the next tasks."""
    monkeypatch.setenv("DEADLY_ONCE", str(tmp_path / "killed"))
    deadly = tasks(tmp_path, Deadly())
    plain = rows(Pool(1), tasks(tmp_path, Linear()))
    with open_pool(2) as local:
        assert local.workers == 2
        assert_same(rows(local, deadly), plain)
        assert (tmp_path / "killed").exists()
        assert_same(rows(local, deadly), plain)
        assert rows(local, []) == {}


def test_killed_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that die whatever they are given are given up after three times, with what to do."""
    monkeypatch.delenv("DEADLY_ONCE", raising=False)
    with (
        pytest.raises(ChildProcessError, match=r"killed 3 times in a row.*fewer --workers, it goes on"),
        Pool(2) as local,
    ):
        rows(local, tasks(tmp_path, Deadly(), 2))


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


def test_waiting_is_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch runs while somebody waits for results, and not while the caller works with what came back."""

    class Slow(MetricsTask):
        def simulate(self) -> dict[int, Any]:
            clock[0] += 3.0
            return {}

    clock = [0.0]
    monkeypatch.setattr("experiments.run.pool.perf_counter", lambda: clock[0])
    pool = Pool(1)
    for _ in pool.results([Slow(each.contest, each.lanes, 7, each.worlds) for each in tasks(tmp_path, Fixed(), 2)]):
        clock[0] += 10.0
    assert pool.seconds == 6.0
    assert pool.workers == 1


def test_what_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks that would not fit side by side are refused, with the estimate."""
    given = tasks(tmp_path, Fixed(), 2)
    Pool(2).check(given)
    monkeypatch.setattr("experiments.run.memory.free", lambda workers: 10_000)
    with pytest.raises(InputError, match=r"1 lane of 8 miners need about .* in each of 2 processes"):
        Pool(2).check(given)


def test_dask(tmp_path: Path, dask: Cluster) -> None:
    """A worker's numbers are those of this process; a stranger's policy, which it cannot import, comes along.

    One worker is killed by its task, which another one does again.
    """
    environment = {"DEADLY_ONCE": str(tmp_path / "killed")}
    for _ in range(2):
        dask.add(**environment)
    plain = {policy: rows(Pool(1), tasks(tmp_path, policy)) for policy in (Fixed(), Linear())}
    with open_pool(1, dask.address) as found:
        assert_same(rows(found, tasks(tmp_path, Flat())), plain[Fixed()])
        assert_same(rows(found, tasks(tmp_path, Deadly())), plain[Linear()])
        assert (tmp_path / "killed").exists()
        assert found.workers == 1


def test_dask_without_its_scheduler(tmp_path: Path, dask: Cluster) -> None:
    """A scheduler that is killed in the middle is one message that says what to do."""
    dask.add()
    with (
        pytest.raises(ChildProcessError, match=r"the scheduler .* went away; start it and run the same command again"),
        open_pool(1, dask.address) as found,
    ):
        _kill_after_the_first(dask, found.results(tasks(tmp_path, Fixed(), 20)))


def _kill_after_the_first(dask: Cluster, results: Iterator[Any]) -> None:
    for _ in results:
        dask.scheduler.kill()


def test_other_versions(tmp_path: Path, dask: Cluster) -> None:
    """A worker with other code of steepest is refused, with what differs."""
    for package in ("policies", "sim", "experiments"):
        shutil.copytree(ROOT / package, tmp_path / "copy" / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "copy" / "sim" / "world.py").open("a") as file:
        file.write("# changed\n")
    dask.add(PYTHONPATH=str(tmp_path / "copy"))
    with (
        pytest.raises(InputError, match=r"not like this process: code \w+ \(here \w+\); install"),
        open_pool(1, dask.address),
    ):
        pass


def test_no_workers(dask: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler to which no worker comes is refused, with the command that starts one."""
    monkeypatch.setattr(dask_pool, "WORKERS_PATIENCE", 0.1)
    with pytest.raises(InputError, match=rf"no workers.*dask worker {dask.address}"), open_pool(1, dask.address):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nix://host:1", "127.0.0.1", "", "tcp://[:1"])
def test_unreachable(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler that does not answer, or an address that is none, is one message."""
    monkeypatch.setattr(dask_pool, "PATIENCE", 0.3)
    with pytest.raises(InputError, match=r"--scheduler .* cannot be reached"), open_pool(1, address):
        pass


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Dask, --scheduler is refused with the extra to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'steepest\[cluster\]'"), open_pool(1, "tcp://127.0.0.1:1"):
        pass
