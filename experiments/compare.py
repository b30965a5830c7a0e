"""Lanes against each other: estimates of every metric, and paired differences to the baseline over shared worlds."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from experiments.estimate import Estimate, estimate
from experiments.metrics import Metric
from experiments.store import Store
from experiments.world_metrics import WORLD_METRICS


@dataclass(frozen=True)
class LaneResult:
    """One lane's row of the headline table.

    Attributes:
        lane, policy, semantics, population: who it is; the policy as JSON text.
        metrics: the estimate of every metric.
        differences: the paired difference to the baseline in the same worlds, of every metric.
    """

    lane: str
    policy: str
    semantics: str
    population: str
    metrics: dict[str, Estimate]
    differences: dict[str, Estimate]


def known_metrics(columns: Iterable[str]) -> dict[str, Metric]:
    """The metrics that a table has, in the order of its columns."""
    return {name: WORLD_METRICS[name] for name in columns if name in WORLD_METRICS}


def compare(store: Store) -> list[LaneResult]:
    """All lanes of a run, in the order of its panel.

    Raises:
        StoreError: the folder has no complete results.
    """
    manifest, table = store.manifest(), store.table("metrics").to_pydict()
    lane, race = np.array(table["lane"]), np.array(table["race"])
    known = known_metrics(table)
    values = {name: np.array(table[name], dtype=np.float64) for name in known}
    population = table.get("population", ["race"] * len(lane))
    rows = {name: np.flatnonzero(lane == name) for name in manifest["lanes"]}  # each in the order (race, world)
    base = rows[manifest["baseline"]]
    return [
        LaneResult(
            name,
            table["policy"][mine[0]],
            table["semantics"][mine[0]],
            population[mine[0]],
            {metric: estimate(values[metric][mine], race[mine]) for metric in known},
            {metric: estimate(values[metric][mine] - values[metric][base], race[mine]) for metric in known},
        )
        for name, mine in rows.items()
    ]
