"""Tasks of small worlds for tests of pools, and their results."""

from pathlib import Path

import pyarrow as pa
from small_study import recipe

from experiments.recipe.populations import in_populations
from experiments.run.evaluator import MetricsTask
from experiments.run.pool import Pool
from experiments.search.spec import load
from policies import Policy
from sim.lanes import Lane


def tasks(folder: Path, policy: Policy, count: int = 4, together: int = 1) -> list[MetricsTask]:
    """So many worlds, some to a task."""
    spec = load(recipe(folder, "days: 6", "days: 2"))
    lanes = in_populations([Lane("0", policy)], spec.kinds[0].populations)
    whole = MetricsTask(spec.cases()[0], lanes, 7, tuple(range(count)))
    return whole.divide(whole.worlds, size=together)


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
