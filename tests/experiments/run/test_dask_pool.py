"""Dask: the numbers of this process, and one clear message for each thing that can be wrong with a cluster."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import Cluster, cluster
from places import ROOT
from pool_tasks import assert_same, rows, tasks
from strange_policies import Deadly, Flat

from experiments.run import dask_pool
from experiments.run.pool import Pool, open_pool
from policies import InputError
from policies.epsilon.fixed import Fixed
from policies.epsilon.linear import Linear


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler without workers."""
    (tmp_path / "dask").mkdir()
    with cluster(tmp_path / "dask", 0) as made:
        yield made


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
