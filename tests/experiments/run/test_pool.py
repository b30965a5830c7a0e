"""Pools: the same numbers wherever they are computed, even if processes are killed meanwhile."""

from pathlib import Path
from typing import Any

import pytest
from pool_tasks import assert_same, rows, tasks
from strange_policies import Deadly

from experiments.run.evaluator import MetricsTask
from experiments.run.pool import Pool, open_pool
from policies import InputError
from policies.epsilon.fixed import Fixed
from policies.epsilon.linear import Linear


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
