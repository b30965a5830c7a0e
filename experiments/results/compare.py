"""Lanes against each other: estimates of every metric, and paired differences to the baseline over shared worlds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.results.estimate import Estimate, estimate
from experiments.results.metrics import METRICS
from experiments.results.regret import best_gain, deviation_gains
from experiments.results.store import Store
from sim.lanes import BETWEEN


@dataclass(frozen=True)
class LaneResult:
    """One lane's row of the headline table."""

    lane: str
    policy: str  #: as JSON text
    semantics: str
    population: str
    metrics: dict[str, Estimate]
    #: the paired difference to the baseline in the same worlds, of every metric; in another population it is to the
    #: baseline's policy there
    differences: dict[str, Estimate]


@dataclass(frozen=True)
class Comparison:
    """All lanes of a run, for the table at the prompt, the report and the JSON document."""

    lanes: tuple[LaneResult, ...]  #: in the order of the panel
    values: dict[str, np.ndarray]  #: metric -> float64 `[lanes, worlds]`, NaN where it does not exist
    race: np.ndarray  #: the race or case of each world `[worlds]`
    world: np.ndarray | None  #: its number, for `estimate`; None of races, whose worlds have nothing in common


def compare(store: Store) -> Comparison:
    """All lanes of a run.

    Raises:
        StoreError: the folder has no complete results.
    """
    manifest, table = store.manifest(), store.table("metrics").to_pydict()
    lane, race = np.array(table["lane"]), np.array(table["race"])
    population = table.get("population", ["race"] * len(lane))
    rows = np.array([np.flatnonzero(lane == name) for name in manifest["lanes"]])  # each in the order (race, world)
    values = {name: np.array(table[name], dtype=np.float64)[rows] for name in table if name in METRICS}
    lanes = [
        LaneResult(name, table["policy"][i], table["semantics"][i], population[i], {}, {})
        for name, i in zip(manifest["lanes"], rows[:, 0], strict=True)
    ]
    race, world = race[rows[0]], np.array(table["world"])[rows[0]] if manifest.get("kind") == "world" else None
    if (told := table.get("deviations")) is not None:
        values["regret"] = np.stack([best_gain(deviation_gains([told[i] for i in lane]), race) for lane in rows])
    return Comparison(
        paired(lanes, values, race, world, counterparts(lanes, manifest["baseline"])), values, race, world
    )


def policy_name(lane: LaneResult) -> str:
    """The lane's name without its population."""
    return lane.lane.removesuffix(f"{BETWEEN}{lane.population}")


def counterparts(lanes: Sequence[LaneResult], baseline: str) -> list[int]:
    """For each lane the place of the baseline's policy in the same population, so that they differ by policy alone."""
    place = {(policy_name(lane), lane.population): i for i, lane in enumerate(lanes)}
    base = next(i for i, lane in enumerate(lanes) if lane.lane == baseline)
    name = policy_name(lanes[base])
    return [place.get((name, lane.population), base) for lane in lanes]


def paired(
    lanes: Sequence[LaneResult],
    values: Mapping[str, np.ndarray],
    race: np.ndarray,
    world: np.ndarray | None,
    base: Sequence[int],
) -> tuple[LaneResult, ...]:
    """The lanes with estimates of these values.

    Args:
        lanes: their estimates are replaced.
        values: metric -> float64 `[lanes, worlds]`.
        race, world: of each world, see `Comparison`.
        base: for each lane the place of the one whose values are taken off in the same worlds.
    """
    return tuple(
        replace(
            lane,
            metrics={metric: estimate(v[i], race, world) for metric, v in values.items()},
            differences={metric: estimate(v[i] - v[j], race, world) for metric, v in values.items()},
        )
        for i, (lane, j) in enumerate(zip(lanes, base, strict=True))
    )
