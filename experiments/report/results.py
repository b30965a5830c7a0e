"""Everything that the report says comes from here: the results of a run, read once."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from experiments.compare import LaneResult, compare, counterparts, paired
from experiments.run.store import Store
from experiments.tables import TABLES

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class RaceFacts:
    """One race of the run, or one case of its worlds.

    Attributes:
        name: as in the tables.
        days: length of the contest.
        finished: worlds without an error.
        drawn: the world that figures of a single world show; None if no world finished.
        day, loss, gain: of a race's submissions, float64 `[submissions]`; gain is ln(best loss before / own loss).
        miner: who submitted.
    """

    name: str
    days: float
    finished: int
    drawn: int | None
    day: np.ndarray
    loss: np.ndarray
    gain: np.ndarray
    miner: tuple[str, ...]


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

    def alone(self, race: str) -> "Results":
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


def read(store: Store) -> Results:
    """The results in a folder.

    Raises:
        StoreError: the folder has no complete results.
    """
    manifest, metrics, events = store.manifest(), store.table("metrics"), store.table("events")
    spec, worlds = _spec(store), manifest.get("kind") == "world"
    compared = compare(store)
    first = metrics.filter(pc.equal(metrics["lane"], manifest["lanes"][0]))
    cases = spec.get("scenario", {}).get("cases", {})
    races = tuple(_race(name, first, events, cases.get(name, {}).get("days", 0.0)) for name in manifest["races"])
    shown = [
        pc.and_(pc.equal(events["race"], r.name), pc.equal(events["world"], r.drawn))
        for r in races
        if r.drawn is not None
    ]
    crowns = pa.concat_tables([events.slice(0, 0), *(events.filter(where) for where in shown)])
    failures = tuple(
        Failure(r["race"], r["world"], r["error"])
        for r in first.select(["race", "world", "error"]).to_pylist()
        if r["error"] is not None
    )
    return Results(
        str(spec.get("name", store.folder.parent.name)),
        manifest,
        spec.get("scenario", {}),
        spec.get("populations", {}),
        compared.lanes,
        compared.values,
        compared.race,
        compared.world,
        races,
        failures,
        _own_rules(spec, manifest["baseline"]),
        crowns,
        store.table("emission"),
        store.table("curves") if worlds else None,
        tuple(spec.get("keep", TABLES)),
    )


def _spec(store: Store) -> dict[str, Any]:
    try:
        text = (store.folder / "spec.yaml").read_text(encoding="utf-8")
    except OSError:
        return {}
    return dict(yaml.load(text, LOADER))  # noqa: S506 - the loader is one of the safe ones


def _own_rules(spec: dict[str, Any], baseline: str) -> tuple[str, ...]:
    rules = {lane["name"]: lane.get("rules") for lane in spec.get("lanes", [])}
    return tuple(name for name, own in rules.items() if own != rules.get(baseline))


def _race(name: str, first: pa.Table, events: pa.Table, days: float) -> RaceFacts:
    worlds = first.filter(pc.and_(pc.equal(first["race"], name), pc.is_null(first["error"])))["world"].to_pylist()
    mine = events.filter(pc.equal(events["race"], name))
    kind = mine["kind"]
    made, crowns = mine.filter(pc.equal(kind, "submission")), mine.filter(pc.equal(kind, "crown"))
    day = _numbers(made, "day")
    ends = np.concatenate([day, _numbers(crowns, "day") + _numbers(crowns, "days"), [days]])
    return RaceFacts(
        name,
        float(ends.max()),
        len(worlds),
        min(worlds, default=None),
        day,
        _numbers(made, "loss"),
        _numbers(made, "gain"),
        tuple(made["miner"].to_pylist()),
    )


def _numbers(table: pa.Table, column: str) -> np.ndarray:
    return np.asarray(table[column].to_numpy(zero_copy_only=False))
