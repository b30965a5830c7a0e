"""The rows of `steepest bench`: which there are, what they are compared with, and how they read; never a time."""

import numpy as np
import pytest

from experiments.bench import policies as bench_policies
from experiments.bench import pool as bench_pool
from experiments.bench import worlds as bench_worlds
from experiments.bench.bench import machine, table
from experiments.bench.row import best_of, row
from policies import find, names
from sim.clock import BLOCKS_PER_DAY

KEYS = ["what", "lanes", "miners", "days", "seconds", "per_lane_ms", "us_per_lane_step"]
KEYS += ["simpy_seconds", "ratio", "peak_mb"]


@pytest.fixture(autouse=True)
def once(monkeypatch):
    """One run of each is enough here."""
    monkeypatch.setattr(bench_policies, "REPEATS", 1)
    monkeypatch.setattr(bench_worlds, "REPEATS", 1)
    monkeypatch.setattr(bench_pool, "SIZES", {5: (1, 1)})


def test_a_row_is_computed_from_its_seconds():
    """Two seconds of 4 lanes and 100 steps: 500 ms a lane, 5,000 us a lane and step, half of 4 seconds by hand."""
    found = row("world", 4, 8, 2.0, 2.0, steps=100, by_hand=4.0, peak_mb=7.0)
    assert list(found) == KEYS
    assert (found["per_lane_ms"], found["us_per_lane_step"], found["ratio"], found["peak_mb"]) == (500, 5000, 0.5, 7)
    bare = row("pool", 1, 5, None, 1.0)
    assert (bare["us_per_lane_step"], bare["simpy_seconds"], bare["ratio"]) == (None, None, None)
    assert bare["peak_mb"] > 10  # of this process, which has numpy in it


def test_the_best_of_several_runs_counts():
    """As many runs as are asked for, and a time that is not negative."""
    runs: list[int] = []
    assert best_of(3, lambda: runs.append(1)) >= 0
    assert len(runs) == 3


def test_each_policy_has_a_row():
    """One row per policy of the shelf, beside the same formula interpreted; both were compared to the last bit."""
    rows = bench_policies.policy_rows(calls=20, interpreted_calls=5)
    assert [each["what"] for each in rows] == [f"epsilon: {name}, one call" for name in names()]
    assert all(list(each) == KEYS and each["ratio"] > 0 for each in rows)


def test_a_policy_that_differs_when_compiled_is_told(monkeypatch):
    """The benchmark of something that computes something else stops."""
    compile_policy, other = bench_policies.compile_policy, find("fixed")(epsilon=0.1)
    calls: list[str] = []

    def compiled(policy, *rest):
        calls.append(policy.name())
        return compile_policy(other if calls == ["linear"] else policy, *rest)

    monkeypatch.setattr(bench_policies, "compile_policy", compiled)
    monkeypatch.setattr(bench_policies, "names", lambda: ["linear"])
    with pytest.raises(ArithmeticError, match="linear gives another sum"):
        bench_policies.policy_rows(calls=5, interpreted_calls=5)


def test_history_is_such_as_a_world_has():
    """Ages are whole blocks of 30 days, and a model was crowned after it was committed, if it was."""
    age, since, _, gap, loss, *_ = bench_policies.history(700).T
    assert np.array_equal(age, np.floor(age))
    assert 0 <= age.min() < age.max() < 30 * BLOCKS_PER_DAY
    assert np.all(since <= age)
    assert np.array_equal(np.isfinite(gap), np.isfinite(loss))


def test_pools_are_beside_a_loop_over_dicts():
    """Each size judged in two ways, both with the weights that the loop gives."""
    rows = bench_pool.pool_rows()
    assert [each["what"] for each in rows] == [
        "pool: judged in one call from Python",
        "pool: judged within compiled code",
    ]
    assert all(list(each) == KEYS and (each["lanes"], each["miners"], each["days"]) == (1, 5, None) for each in rows)
    assert rows[0]["simpy_seconds"] == rows[1]["simpy_seconds"] > 0


def test_lanes_cycle_over_the_shelf_and_begin_with_fixed():
    """One lane is `fixed`, as is the contest by hand; the others follow in order, and then all again."""
    shelf = ["fixed", *sorted(set(names()) - {"fixed"})]
    assert [lane.policy.name() for lane in bench_worlds.shelf_lanes(len(shelf) + 2)] == [*shelf, *shelf[:2]]


def test_a_world_is_beside_the_contest_by_hand():
    """The row of a world tells its lanes and steps; by hand means one policy times the lanes."""
    one, two = (bench_worlds.lanes_row(lanes, 0.5, 8) for lanes in (1, 2))
    assert (one["what"], two["what"]) == ("world: fixed", "world: the whole shelf")
    for each in (one, two):
        assert list(each) == KEYS
        assert each["us_per_lane_step"] == pytest.approx(1e6 * each["seconds"] / each["lanes"] / 24)
        assert each["ratio"] == each["seconds"] / each["simpy_seconds"]


def test_the_table_reads():
    """A time stands in the unit in which it is easy to read; what does not apply is left out."""
    found = {
        "machine": machine(),
        "cold_compile_s": 20.0,
        "cached_start_s": 0.5,
        "rows": [
            row("world: fixed", 2, 256, 60.0, 3.0, steps=1500, by_hand=1.5, peak_mb=90.0),
            row("epsilon: linear, one call", 1, 1, None, 2e-8, peak_mb=90.0),
        ],
    }
    text = table(found)
    world, epsilon = (
        next(line for line in text.splitlines() if line.startswith(what)) for what in ("world", "epsilon")
    )
    assert " ".join(world.split()) == "world: fixed 2 256 60 3 s 1.5 s 1 ms 1.5 s 2 90 MB"
    assert " ".join(epsilon.split()) == "epsilon: linear, one call 1 1 20 ns 20 ns 90 MB"
    assert "20.0 s with an empty cache, its first step after 0.50 s" in text
    assert {"processor", "cores", "python", "numpy", "numba", "simpy"} == set(found["machine"])
