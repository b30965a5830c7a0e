"""A row of a benchmark is computed from its seconds."""

from experiments.bench.row import best_of, row


def test_a_row_is_computed_from_its_seconds():
    """Two seconds of 4 lanes and 100 steps: 500 ms a lane, 5,000 us a lane and step, half of 4 seconds by hand."""
    found = row("world", 4, 8, 2.0, 2.0, steps=100, by_hand=4.0, peak_mb=7.0)
    assert list(found) == [
        *("what", "lanes", "miners", "days", "seconds", "per_lane_ms"),
        *("us_per_lane_step", "simpy_seconds", "ratio", "peak_mb"),
    ]
    assert (found["per_lane_ms"], found["us_per_lane_step"], found["ratio"], found["peak_mb"]) == (500, 5000, 0.5, 7)
    bare = row("pool", 1, 5, None, 1.0)
    assert (bare["us_per_lane_step"], bare["simpy_seconds"], bare["ratio"]) == (None, None, None)
    assert bare["peak_mb"] > 10  # of this process, which has numpy in it


def test_the_best_of_several_runs_counts():
    """As many runs as are asked for, and a time that is not negative."""
    runs: list[int] = []
    assert best_of(3, lambda: runs.append(1)) >= 0
    assert len(runs) == 3
