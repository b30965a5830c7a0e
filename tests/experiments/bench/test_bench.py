"""The table of `steepest bench`, and its rows of pools."""

from experiments.bench import pool
from experiments.bench.bench import machine, table
from experiments.bench.row import row

ROW = list(row("", 1, 1, None, 1.0))


def test_pools_are_beside_a_loop_over_dicts(monkeypatch):
    """Each size judged in two ways, both with the weights that the loop gives."""
    monkeypatch.setattr(pool, "SIZES", {5: (1, 1)})
    rows = pool.pool_rows()
    assert [each["what"] for each in rows] == [
        "pool: judged in one call from Python",
        "pool: judged within compiled code",
    ]
    assert all(list(each) == ROW and (each["lanes"], each["miners"], each["days"]) == (1, 5, None) for each in rows)
    assert rows[0]["simpy_seconds"] == rows[1]["simpy_seconds"] > 0


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
