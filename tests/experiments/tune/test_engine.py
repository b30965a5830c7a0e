"""Engines: the same numbers wherever they are computed, whoever is killed meanwhile."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dask_cluster import Cluster, cluster
from small_study import recipe
from strange_policies import Deadly, Flat

from experiments.recipe.populations import in_populations
from experiments.search.spec import load
from experiments.tune import dask_engine
from experiments.tune.engine import Engine, Here, Local, Timed, engine
from experiments.tune.work import Row, Work
from policies import InputError, Policy
from policies.epsilon.fixed import Fixed
from policies.epsilon.linear import Linear
from sim.lanes import Lane

ROOT = Path(__file__).parents[3]


def pieces(folder: Path, policy: Policy, count: int = 4) -> list[Work]:
    """So many worlds, one to a piece."""
    spec = load(recipe(folder, "days: 6", "days: 2"))
    lanes = in_populations([Lane("0", policy)], spec.populations)
    return [Work(spec.cases()[0], lanes, 7, (world,)) for world in range(count)]


def rows(computed: Engine, work: list[Work]) -> dict[int, Row]:
    """All worlds by number; each comes once."""
    found = list(computed.compute(work))
    assert sorted(piece.worlds for piece, _ in found) == sorted(piece.worlds for piece in work)
    return {world: row for _, part in found for world, row in part.items()}


def assert_same(one: dict[int, Row], other: dict[int, Row]) -> None:
    """Bit for bit the same."""
    assert one.keys() == other.keys()
    for world, row in one.items():
        assert row.errors == other[world].errors == (None,) * len(row.errors)
        for name, values in row.values.items():
            assert values.tobytes() == other[world].values[name].tobytes(), name


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler without workers."""
    (tmp_path / "dask").mkdir()
    with cluster(tmp_path / "dask", 0) as made:
        yield made


def test_local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes give the numbers of this one, even if one is killed, and live on for the next pieces."""
    monkeypatch.setenv("DEADLY_ONCE", str(tmp_path / "killed"))
    deadly = pieces(tmp_path, Deadly())
    plain = rows(Here(), pieces(tmp_path, Linear()))
    with engine(2) as local:
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
        Local(2) as local,
    ):
        rows(local, pieces(tmp_path, Deadly(), 2))


def test_one_worker() -> None:
    """One worker is this process: it starts nothing."""
    with engine(1) as one:
        assert isinstance(one, Here)


def test_timed(tmp_path: Path) -> None:
    """The watch runs while somebody waits for work, and not while the caller thinks about what came back."""

    class Slow(Here):
        def compute(self, work: list[Work]) -> Iterator[tuple[Work, dict[int, Row]]]:
            for each in work:
                clock[0] += 3.0
                yield each, {}

    clock = [0.0]
    timed = Timed(Slow())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.tune.engine.perf_counter", lambda: clock[0])
        for _ in timed.compute(pieces(tmp_path, Fixed(), 2)):
            clock[0] += 10.0
    assert timed.seconds == 6.0
    assert timed.workers == 1


def test_dask(tmp_path: Path, dask: Cluster) -> None:
    """A worker's numbers are those of this process; a stranger's policy, which it cannot import, comes along.

    One worker is killed by its work, which another one does again.
    """
    environment = {"DEADLY_ONCE": str(tmp_path / "killed")}
    for _ in range(2):
        dask.add(**environment)
    plain = {policy: rows(Here(), pieces(tmp_path, policy)) for policy in (Fixed(), Linear())}
    with engine(1, dask.address) as found:
        assert_same(rows(found, pieces(tmp_path, Flat())), plain[Fixed()])
        assert_same(rows(found, pieces(tmp_path, Deadly())), plain[Linear()])
        assert (tmp_path / "killed").exists()
        assert found.workers == 1


def test_other_versions(tmp_path: Path, dask: Cluster) -> None:
    """A worker with other code of steepest is refused, with what differs."""
    for package in ("policies", "sim", "experiments"):
        shutil.copytree(ROOT / package, tmp_path / "copy" / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "copy" / "sim" / "world.py").open("a") as file:
        file.write("# changed\n")
    dask.add(PYTHONPATH=str(tmp_path / "copy"))
    with (
        pytest.raises(InputError, match=r"not like this process: code \w+ \(here \w+\); install"),
        engine(1, dask.address),
    ):
        pass


def test_no_workers(dask: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler to which no worker comes is refused, with the command that starts one."""
    monkeypatch.setattr(dask_engine, "WORKERS_PATIENCE", 0.1)
    with pytest.raises(InputError, match=rf"no workers.*dask worker {dask.address}"), engine(1, dask.address):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nix://host:1", "127.0.0.1", "", "tcp://[:1"])
def test_unreachable(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler that does not answer, or an address that is none, is one message."""
    monkeypatch.setattr(dask_engine, "PATIENCE", 0.3)
    with pytest.raises(InputError, match=r"--scheduler .* cannot be reached"), engine(1, address):
        pass


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Dask, --scheduler is refused with the extra to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'steepest\[cluster\]'"), engine(1, "tcp://127.0.0.1:1"):
        pass
