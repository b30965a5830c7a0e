"""A piece of work: lanes in some worlds of a scenario, and what comes of it."""

import hashlib
import json
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from experiments.compiling import alone
from experiments.digest import code_of
from experiments.passes import most, passes
from experiments.recipe.resolved import lane_plain, population_plain, world_plain
from experiments.results.metrics import METRICS, measure
from policies import InputError
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.world import World


@dataclass(frozen=True)
class Row:
    """What all lanes came to in one world.

    Attributes:
        values: by metric, float64 `[lanes]`; NaN where it failed.
        errors: the traceback of each lane that failed.
    """

    values: dict[str, np.ndarray]
    errors: tuple[str | None, ...]


@dataclass(frozen=True)
class Work:
    """Some worlds with some lanes, computed in one pass.

    Attributes:
        case: the scenario.
        lanes: with their populations.
        seed: of all random streams.
        worlds: numbers of the worlds.
    """

    case: Scenario
    lanes: tuple[Lane, ...]
    seed: int
    worlds: tuple[int, ...]

    @cached_property
    def key(self) -> str:
        """Names the results: a hash over all that they depend on, the number of the world excepted."""
        populations = dict.fromkeys(lane.population for lane in self.lanes if lane.population is not None)
        told = {
            "case": world_plain(self.case),
            "lanes": [lane_plain(lane) for lane in self.lanes],
            "populations": [population_plain(population) for population in populations],
            "seed": self.seed,
            "code": code_of(self.lanes),
        }
        text = json.dumps(told, sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def split(self, worlds: Sequence[int], workers: int) -> list["Work"]:
        """Passes for these worlds: as many as keep all workers busy, and none larger than a pass should be."""
        size = most(self.case, len(self.lanes))
        return [replace(self, worlds=part) for part in passes(worlds, size, workers)]


def compute(work: Work) -> dict[int, Row]:
    """Run a pass; where it fails, world by world and lane by lane, so that a failing lane costs no other its worlds.

    Raises:
        InputError: a strategy breaks the rules: it would in every world.
    """
    try:
        return _pass(work)
    except InputError:
        raise
    except Exception:
        error = traceback.format_exc()
    if len(work.worlds) > 1:
        return {world: row for each in work.worlds for world, row in compute(replace(work, worlds=(each,))).items()}
    if len(work.lanes) == 1:
        empty = {name: np.full(1, np.nan) for name in METRICS}
        return {work.worlds[0]: Row(empty, (error,))}
    middle = len(work.lanes) // 2
    halves = [compute(replace(work, lanes=half)) for half in (work.lanes[:middle], work.lanes[middle:])]
    return {work.worlds[0]: _joined([half[work.worlds[0]] for half in halves])}


def _pass(work: Work) -> dict[int, Row]:
    with alone(code_of(work.lanes)) as watch:
        world = World(work.case, work.lanes, work.seed, work.worlds)
        world.run(watch)
    shape, fine = (len(work.lanes), len(work.worlds)), (None,) * len(work.lanes)
    found = {name: values.reshape(shape) for name, values in measure(world).items()}
    return {
        number: Row({name: values[:, i].copy() for name, values in found.items()}, fine)
        for i, number in enumerate(work.worlds)
    }


def _joined(rows: list[Row]) -> Row:
    values = {name: np.concatenate([row.values[name] for row in rows]) for name in rows[0].values}
    return Row(values, tuple(error for row in rows for error in row.errors))
