"""The results of a run, read once: everything that its report says comes from here."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.report.check import checked
from experiments.results.compare import LaneResult, compare, counterparts, paired
from experiments.results.rounds import read_rounds
from experiments.results.store import Store
from experiments.results.tables import TABLES


@dataclass(frozen=True)
class Contest:
    """One race of the run, or one case of its worlds."""

    name: str  #: as in the tables
    days: float  #: how long it lasts
    finished: int  #: worlds without an error
    drawn: int | None  #: the world that figures of a single world show; None if no world finished
    day: np.ndarray  #: of a race's submissions, float64 `[submissions]`, as are loss and gain
    loss: np.ndarray
    gain: np.ndarray  #: ln(best loss before / own loss)
    miner: tuple[str, ...]  #: of each submission


@dataclass(frozen=True)
class Failure:
    """A world that failed, and its traceback."""

    race: str
    world: int
    error: str


@dataclass(frozen=True)
class Results:
    """The results of a run."""

    name: str  #: of the run
    manifest: dict[str, Any]
    scenario: dict[str, Any]  #: a part of the resolved spec, as are populations
    populations: dict[str, Any]
    lanes: tuple[LaneResult, ...]  #: as in the panel; compared with the baseline's policy in the same population
    values: dict[str, np.ndarray]  #: metric -> float64 `[lanes, worlds]`, NaN where it does not exist
    race: np.ndarray  #: the race or case of each world `[worlds]`
    world: np.ndarray | None  #: its number, for `estimate`; None of replayed races
    contests: tuple[Contest, ...]  #: in the order of the recipe
    failures: tuple[Failure, ...]
    own_rules: tuple[str, ...]  #: lanes that differ from the baseline in more than epsilon
    schedules: dict[str, list[float]]  #: of the lanes whose policies are not on the shelf, epsilon over two weeks
    crowns: pa.Table  #: rows of the events table, only of the worlds that figures show
    emission: pa.Table
    curves: pa.Table | None  #: None of replayed races, whose figures need none
    kept: tuple[str, ...]  #: tables that there are beside the metrics; the others are empty
    rounds: list[dict[str, Any]]  #: of lanes that played, see `experiments.results.rounds`

    @property
    def baseline(self) -> LaneResult:
        """The lane that all others are compared with."""
        return next(lane for lane in self.lanes if lane.lane == self.manifest["baseline"])

    @property
    def worlds(self) -> int:
        """The number of worlds that finished, in all races or cases together."""
        return sum(contest.finished for contest in self.contests)

    @property
    def single(self) -> bool:
        """Whether no race or case has more than one world, so that there are no intervals."""
        return self.worlds > 0 and all(contest.finished <= 1 for contest in self.contests)

    @property
    def all_populations(self) -> list[str]:
        """All populations, in the order of the lanes."""
        return list(dict.fromkeys(lane.population for lane in self.lanes))

    @property
    def deviations(self) -> list[str]:
        """Populations with single deviants; none if all populations have some, because then these are the crowds."""
        names = self.all_populations
        deviating = [name for name in names if self.populations.get(name, {}).get("deviants")]
        return deviating if len(deviating) < len(names) else []

    @property
    def crowds(self) -> list[str]:
        """Populations that figures show; those with a single deviant look alike, and have a figure of their own."""
        apart = self.deviations
        return [name for name in self.all_populations if name not in apart]

    @property
    def cases(self) -> dict[str, dict[str, Any]]:
        """The scenario of each case of simulated worlds, from the resolved spec."""
        cases = self.scenario.get("cases", {})
        return {contest.name: cases[contest.name] for contest in self.contests if contest.name in cases}

    def select_contest(self, race: str) -> "Results":
        """The results of one race or case."""
        here = self.race == race
        values = {metric: numbers[:, here] for metric, numbers in self.values.items()}
        base = counterparts(self.lanes, self.manifest["baseline"])
        return replace(
            self,
            lanes=paired(self.lanes, values, self.race[here], None, base),
            values=values,
            race=self.race[here],
            world=None if self.world is None else self.world[here],
            contests=tuple(each for each in self.contests if each.name == race),
        )

    def select_population(self, population: str) -> "Results":
        """The results of one population; its baseline is the one that its lanes are compared with."""
        rows = [i for i, lane in enumerate(self.lanes) if lane.population == population]
        base = counterparts(self.lanes, self.manifest["baseline"])[rows[0]]
        return replace(
            self,
            lanes=tuple(self.lanes[i] for i in rows),
            values={metric: numbers[rows] for metric, numbers in self.values.items()},
            manifest={**self.manifest, "baseline": self.lanes[base].lane},
        )


def read(store: Store) -> Results:
    """The results in a folder.

    Raises:
        StoreError: the folder has no complete results, or they are damaged.
    """
    manifest, spec, tables = checked(store.folder)
    metrics, events = tables["metrics"], tables["events"]
    # one lane is enough to find the worlds: all lanes live in the same ones
    first = metrics.filter(pc.equal(metrics["lane"], manifest["lanes"][0]))
    cases, rules = spec["scenario"].get("cases", {}), {lane["name"]: lane.get("rules") for lane in spec["lanes"]}
    contests, crowns = [], [events.slice(0, 0)]
    for name in manifest["races"]:
        mine = events.filter(pc.equal(events["race"], name))
        contests.append(_contest(name, first, mine, cases.get(name, {}).get("days", 0.0)))
        crowns.append(mine.filter(pc.equal(mine["world"], contests[-1].drawn)))
    failed = first.filter(pc.is_valid(first["error"])).select(["race", "world", "error"])
    compared = compare(store)
    return Results(
        spec.get("name", store.folder.parent.name),
        manifest,
        spec["scenario"],
        spec["populations"],
        compared.lanes,
        compared.values,
        compared.race,
        compared.world,
        tuple(contests),
        tuple(Failure(**row) for row in failed.to_pylist()),
        tuple(name for name, own in rules.items() if own != rules.get(manifest["baseline"])),
        {lane["name"]: lane["epsilon"] for lane in spec["lanes"] if lane.get("epsilon")},
        pa.concat_tables(crowns),
        tables["emission"],
        tables.get("curves"),
        tuple(spec.get("keep", TABLES)),
        read_rounds(store.folder) if manifest.get("games") else [],
    )


def _contest(name: str, metrics: pa.Table, events: pa.Table, days: float) -> Contest:
    """A contest from the metrics of one lane and from its own events."""
    worlds = metrics.filter(pc.and_(pc.equal(metrics["race"], name), pc.is_null(metrics["error"])))["world"].to_pylist()
    made, crowns = (events.filter(pc.equal(events["kind"], kind)) for kind in ("submission", "crown"))
    day = numbers(made, "day")
    ends = np.concatenate([day, numbers(crowns, "day") + numbers(crowns, "days"), [days]])
    return Contest(
        name,
        float(ends.max()),
        len(worlds),
        min(worlds, default=None),
        day,
        numbers(made, "loss"),
        numbers(made, "gain"),
        tuple(made["miner"].to_pylist()),
    )


def numbers(table: pa.Table, column: str) -> np.ndarray:
    """A column as an array."""
    return np.asarray(table[column].to_numpy(zero_copy_only=False))
