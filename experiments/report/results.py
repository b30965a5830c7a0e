"""The results of a run, read once: everything that its report says comes from here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.report.check import checked
from experiments.results.compare import LaneResult, compare, counterparts, paired
from experiments.results.store import Store
from experiments.results.tables import TABLES
from sim.clock import BLOCKS_PER_DAY

if TYPE_CHECKING:
    from experiments.report.looks import Lanes


@dataclass(frozen=True)
class RaceFacts:
    """One race of the run, or one case of its worlds.

    Attributes:
        name: as in the tables.
        days: length of the contest.
        finished: worlds without an error.
        drawn: the world that figures of a single world show; None if no world finished.
        day, loss, gain: of a race's submissions, float64 `[submissions]`; gain is ln(best loss before / own loss).
        miner: the miner of each submission.
    """

    name: str
    days: float
    finished: int
    drawn: int | None
    day: np.ndarray
    loss: np.ndarray
    gain: np.ndarray
    miner: tuple[str, ...]

    @property
    def unfinished(self) -> str:
        """What a note says where no world finished; empty otherwise."""
        return "" if self.finished else f"No world of {self.name} finished."


@dataclass(frozen=True)
class Failure:
    """A world that failed, and its traceback."""

    race: str
    world: int
    error: str


@dataclass(frozen=True)
class Results:
    """A run.

    Attributes:
        name: of the run.
        manifest, scenario, populations: how the results came to be; the last two are parts of the resolved spec.
        lanes: in the order of the panel; those of worlds are compared with the baseline's policy in their population.
        values: metric -> float64 `[lanes, worlds]`, NaN where it does not exist.
        race: the race of each world `[worlds]`.
        world: its number, for `estimate`; None of races.
        races: in the order of the recipe.
        failures: worlds that failed.
        own_rules: lanes that differ from the baseline in more than epsilon.
        crowns: rows of the events table, only of the worlds that figures show.
        emission: the emission table.
        curves: the curves of worlds; None of races, whose figures need none.
        kept: tables that there are beside the metrics; the others are empty.
    """

    name: str
    manifest: dict[str, Any]
    scenario: dict[str, Any]
    populations: dict[str, Any]
    lanes: tuple[LaneResult, ...]
    values: dict[str, np.ndarray]
    race: np.ndarray
    world: np.ndarray | None
    races: tuple[RaceFacts, ...]
    failures: tuple[Failure, ...]
    own_rules: tuple[str, ...]
    crowns: pa.Table
    emission: pa.Table
    curves: pa.Table | None
    kept: tuple[str, ...]

    @property
    def baseline(self) -> LaneResult:
        """The lane that all others are compared with."""
        return next(lane for lane in self.lanes if lane.lane == self.manifest["baseline"])

    @property
    def worlds(self) -> int:
        """Worlds of all races or cases that finished."""
        return sum(race.finished for race in self.races)

    @property
    def single(self) -> bool:
        """Whether no race or case has more than one world, so that there are no intervals."""
        return self.worlds > 0 and all(race.finished <= 1 for race in self.races)

    @property
    def all_populations(self) -> list[str]:
        """All populations, in the order of the lanes."""
        return list(dict.fromkeys(lane.population for lane in self.lanes))

    @property
    def deviations(self) -> list[str]:
        """Populations that single deviants were put into; where there is no other, they are the crowds."""
        names = self.all_populations
        deviating = [name for name in names if self.populations.get(name, {}).get("deviants")]
        return deviating if len(deviating) < len(names) else []

    @property
    def crowds(self) -> list[str]:
        """Populations that figures show: one deviant changes too little to be seen, and has a figure of its own."""
        apart = self.deviations
        return [name for name in self.all_populations if name not in apart]

    def case(self, name: str) -> dict[str, Any]:
        """The scenario of a case of simulated worlds, from the resolved spec."""
        return dict(self.scenario.get("cases", {}).get(name, {}))

    @property
    def cases(self) -> list[dict[str, Any]]:
        """The scenarios of all cases of simulated worlds."""
        return [self.case(race.name) for race in self.races]

    def of_race(self, race: str) -> "Results":
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
            races=tuple(each for each in self.races if each.name == race),
        )

    def of_population(self, population: str) -> "Results":
        """The results of one population; its baseline is the one that its lanes are compared with."""
        rows = [i for i, lane in enumerate(self.lanes) if lane.population == population]
        base = counterparts(self.lanes, self.manifest["baseline"])[rows[0]]
        return replace(
            self,
            lanes=tuple(self.lanes[i] for i in rows),
            values={metric: numbers[rows] for metric, numbers in self.values.items()},
            manifest={**self.manifest, "baseline": self.lanes[base].lane},
        )


@dataclass(frozen=True)
class Part:
    """One population in one case, or one race: what figures show one at a time.

    Attributes:
        name: what the button says that chooses it.
        case: which race or case.
        results: of its lanes and worlds.
        lanes: their looks.
    """

    name: str
    case: RaceFacts
    results: Results
    lanes: "Lanes"

    @property
    def data_switches(self) -> list[tuple[float, str]]:
        """Days at which other data began to be judged, and what a picture says of them."""
        data = self.results.case(self.case.name).get("data") or {}
        phases = (data.get("judging") or {}).get("phases", [])
        days = [(block / BLOCKS_PER_DAY, f"judged on {mixture['name']}") for block, mixture in phases]
        return [(day, text) for day, text in days if 0 < day < self.case.days]


def parts(results: Results, lanes: "Lanes") -> Iterator[Part]:
    """Every race, or every crowd in every case; the names say no more than tells them apart."""
    if results.world is None:
        for race in results.races:
            yield Part(race.name, race, results, lanes)
        return
    names, several = results.crowds, len(results.races) > 1
    for population in names:
        for case in results.races:
            here = results.of_population(population)
            here = here.of_race(case.name) if several else here
            name = [case.name] * several + [population] * (len(names) > 1 or not several)
            yield Part(" | ".join(name), case, here, lanes.rank(here))


def read(store: Store) -> Results:
    """The results in a folder.

    Raises:
        StoreError: the folder has no complete results, or they are damaged.
    """
    manifest, spec, tables = checked(store.folder)
    metrics, events = tables["metrics"], tables["events"]
    compared = compare(store)
    first = metrics.filter(pc.equal(metrics["lane"], manifest["lanes"][0]))
    cases = spec["scenario"].get("cases", {})
    races = tuple(_race(name, first, events, cases.get(name, {}).get("days", 0.0)) for name in manifest["races"])
    shown = [
        pc.and_(pc.equal(events["race"], r.name), pc.equal(events["world"], r.drawn))
        for r in races
        if r.drawn is not None
    ]
    failed = first.filter(pc.is_valid(first["error"])).select(["race", "world", "error"])
    return Results(
        spec.get("name", store.folder.parent.name),
        manifest,
        spec["scenario"],
        spec["populations"],
        compared.lanes,
        compared.values,
        compared.race,
        compared.world,
        races,
        tuple(Failure(**row) for row in failed.to_pylist()),
        _own_rules(spec["lanes"], manifest["baseline"]),
        pa.concat_tables([events.slice(0, 0), *(events.filter(where) for where in shown)]),
        tables["emission"],
        tables.get("curves"),
        tuple(spec.get("keep", TABLES)),
    )


def _own_rules(lanes: list[dict[str, Any]], baseline: str) -> tuple[str, ...]:
    rules = {lane["name"]: lane.get("rules") for lane in lanes}
    return tuple(name for name, own in rules.items() if own != rules.get(baseline))


def _race(name: str, first: pa.Table, events: pa.Table, days: float) -> RaceFacts:
    worlds = first.filter(pc.and_(pc.equal(first["race"], name), pc.is_null(first["error"])))["world"].to_pylist()
    mine = events.filter(pc.equal(events["race"], name))
    kind = mine["kind"]
    made, crowns = mine.filter(pc.equal(kind, "submission")), mine.filter(pc.equal(kind, "crown"))
    day = numbers(made, "day")
    ends = np.concatenate([day, numbers(crowns, "day") + numbers(crowns, "days"), [days]])
    return RaceFacts(
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
