"""Check that a results folder is as a run writes it: it may come from a stranger, or be damaged."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from experiments.report.strategies import strategy_names
from experiments.report.text import count, visible
from experiments.results.store import MANIFEST, StoreError, read_table
from experiments.results.tables import SCHEMAS, TABLES
from policies import InputError, build
from sim.miners.strategies import find
from sim.race.race import UNITS

SPEC = "spec.yaml"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST, LARGEST = 50, 1_000_000  #: levels and values of a spec; aliases of YAML can make few bytes endless
LONGEST = 80  #: characters of a value that a message shows
NEEDED = ("race", "world", "lane", "policy", "semantics", "population", "kind", "miner", "strategy")
"""Columns in which every row must have a value."""
NUMBER = Annotated[float, Field(allow_inf_nan=False)]
NAMES = Annotated[list[str], Field(min_length=1)]
CHOICE = Annotated[dict[str, dict[str, Any]], Field(min_length=1, max_length=1)]  #: a strategy and its parameters


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class _Game(_Shape):
    race: str
    lane: str
    start: str
    moved: NUMBER | None


class Manifest(_Shape):
    """The parts of `manifest.json` that a report shows."""

    kind: Literal["race", "world"] = "race"
    lanes: NAMES
    baseline: str
    races: NAMES
    seed: int = Field(ge=0, le=2**63 - 1)
    worlds: int = Field(ge=1, le=2**31)
    unit: str
    question: str = ""
    steepest: str | None = None
    python: str | None = None
    libraries: dict[str, str] = {}
    machine: str = ""
    command: str = ""
    finished: str = ""
    workers: int = Field(1, ge=0, le=2**31)
    worlds_run: int = Field(0, ge=0, le=2**31)
    simulation_seconds: NUMBER = Field(0.0, ge=0, le=1e12)
    done: dict[str, list[list[int]]] = {}
    mixes: dict[str, dict[str, NUMBER]] = {}
    games: list[_Game] = []


class _Share(_Shape):
    strategy: CHOICE
    share: NUMBER


class _Play(_Shape):
    start: str
    rounds: int
    worlds: int


class _Population(_Shape):
    mix: list[_Share] = []
    deviants: list[CHOICE] = []
    play: _Play | None = None


class _Mixture(_Shape):
    name: str


class _Judging(_Shape):
    phases: list[Annotated[tuple[NUMBER, _Mixture], Field(strict=False)]] = []


class _Data(_Shape):
    judging: _Judging | None = None


class _Validation(_Shape):
    step_blocks: NUMBER


class _Case(_Shape):
    days: NUMBER
    wake_blocks: NUMBER
    validation: _Validation
    data: _Data | None = None


class _Noise(_Shape):
    paired: NUMBER | None = None
    common: NUMBER | None = None


class _Scenario(_Shape):
    cases: dict[str, _Case] = {}
    races: list[dict[str, Any]] = []
    noise: _Noise = _Noise()
    step_blocks: NUMBER = 0


class _Lane(_Shape):
    name: str
    epsilon: Annotated[list[NUMBER], Field(min_length=2)] | None = None


class Spec(_Shape):
    """The parts of `spec.yaml` that a report reads."""

    name: str | None = None
    keep: list[str] = []
    scenario: _Scenario = _Scenario()
    populations: dict[str, _Population] = {}
    lanes: list[_Lane] = []


Shape = TypeVar("Shape", bound=_Shape)


def checked(folder: Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, pa.Table]]:
    """The manifest, the spec and the tables of complete results, all of which are as a run writes them.

    Raises:
        StoreError: they are not; the message says which file and field, what is there and what is allowed.
    """
    manifest = _manifest(folder)
    spec = _spec(folder)
    world = manifest["kind"] == "world"
    tables = {name: _table(folder / f"{name}.parquet", SCHEMAS[manifest["kind"]][name], world) for name in TABLES}
    unknown = {lane["name"] for lane in spec["lanes"] if lane.get("epsilon")}
    _check_metrics(folder / "metrics.parquet", tables["metrics"], manifest, unknown)
    if world:
        _check_world(folder, tables, manifest, spec)
    else:
        _check_race(folder / "events.parquet", tables["events"], manifest["races"])
    return manifest, spec, tables


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        found, fault = json.loads(path.read_text(encoding="utf-8")), ""
    except (OSError, ValueError, RecursionError) as error:
        found, fault = {}, str(error)
    kind = found.get("kind") if isinstance(found, dict) else None
    if kind in ("study", "discovery") or (
        fault and ((folder / "journal.log").exists() or (folder / "worlds").is_dir())
    ):
        page, command = folder / "report.html", str(found.get("command", ""))
        there = f"its report is {page}" if page.exists() else "it has no report yet"
        again = f"`{visible(command)}`" if command else "`steepest tune` with its recipe"
        raise StoreError(
            f"{folder} is a {kind or 'study'} and not a run; {there}, and {again} goes on with it and writes it again"
        )
    if not path.exists():
        raise StoreError(
            f"{folder} holds no complete results ({MANIFEST} is missing); "
            f"run the recipe again, it goes on where it stopped"
        )
    if fault:
        raise _damaged(path, f"cannot be read as JSON ({fault})")
    manifest = _shaped(path, Manifest, found).model_dump()
    lanes, base = manifest["lanes"], manifest["baseline"]
    for key in ("lanes", "races"):
        if len(set(manifest[key])) < len(manifest[key]):
            raise _damaged(path, f"{key} has a name twice, but each must be there once")
    if base not in lanes:
        raise _damaged(path, f"baseline is {_short(base)}, but must be one of the lanes, {_short(lanes)}")
    if manifest["unit"] not in UNITS:
        raise _damaged(path, f"unit is {_short(manifest['unit'])}, but must be one of {', '.join(UNITS)}")
    return manifest


def _spec(folder: Path) -> dict[str, Any]:
    path = folder / SPEC
    try:
        found = _loaded(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        found = {}
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise _damaged(path, f"cannot be read as YAML ({error})") from None
    if _size(found, 0) > LARGEST:
        raise _damaged(path, f"has more than {LARGEST:,} values, or more than {DEEPEST} levels, which no run writes")
    _shaped(path, Spec, found)
    if "keep" in found and (odd := set(found["keep"]) - set(TABLES)):
        raise _damaged(path, f"keep has {_short(min(odd))}, but only {', '.join(TABLES)} can be kept")
    return {"scenario": {}, "populations": {}, "lanes": [], **found}


def _loaded(text: str) -> Any:
    depth = 0
    # the loader recurses in C, and crashes the interpreter where nesting is too deep
    for event in yaml.parse(text, LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError(f"nested more than {DEEPEST} levels deep")
    return yaml.load(text, LOADER)  # noqa: S506 - the loader is one of the safe ones


def _size(value: Any, depth: int) -> int:
    """The number of values inside a value; more than `LARGEST` where there are too many or they are too deep."""
    if depth > DEEPEST:
        return LARGEST + 1
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    total = 1
    for each in inside:
        total += _size(each, depth + 1)
        if total > LARGEST:
            break
    return total


def _shaped(path: Path, model: type[Shape], value: Any) -> Shape:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fault = error.errors()[0]
    where = ".".join(map(str, fault["loc"])) or "the file"
    if fault["type"] == "missing":
        raise _damaged(path, f"{where} is missing")
    rule = fault["msg"].replace("Input should be", "must be").replace("Dictionary should have", "must have")
    raise _damaged(path, f"{where} is {_short(fault['input'])}, but {rule}")


def _table(path: Path, schema: pa.Schema, world: bool) -> pa.Table:
    """A table that has all columns, and whose texts and numbers of worlds are all there."""
    try:
        with pq.ParquetFile(path) as file:
            found = file.schema_arrow
        for field in schema:
            if field.name not in found.names:
                raise _damaged(path, f"has no column {field.name} ({field.type})")
            there = found.field(field.name).type
            if there != field.type:
                raise _damaged(path, f"column {field.name} holds {there}, but must hold {field.type}")
        if path.stem == "curves" and not world:
            # nothing is drawn of the curves of races
            return schema.empty_table()
        table = read_table(path)
    except FileNotFoundError:
        raise _damaged(path, "is missing") from None
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, f"cannot be read as parquet ({error})") from None
    for column in NEEDED if world else (*NEEDED, "submission"):
        if column in table.column_names and table[column].null_count:
            raise _damaged(path, f"column {column} has rows without a value, but each row must have one")
    return table


def _check_metrics(path: Path, metrics: pa.Table, manifest: dict[str, Any], unknown: set[str]) -> None:
    for lane, text in dict.fromkeys(zip(metrics["lane"].to_pylist(), metrics["policy"].to_pylist(), strict=True)):
        try:
            if lane in unknown:  # its class is not here
                ((_, values),) = json.loads(text).items()
                dict(**values)
            else:
                build(json.loads(text))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise _damaged(path, f"column policy has {_short(text)}, which is no policy ({error})") from None
    rows: dict[str, list[tuple[str, int]]] = {lane: [] for lane in manifest["lanes"]}
    for lane, race, world in zip(*(metrics[key].to_pylist() for key in ("lane", "race", "world")), strict=True):
        for key, name in (("lane", lane), ("race", race)):
            if name not in (rows if key == "lane" else manifest["races"]):
                raise _damaged(path, f"has the {key} {_short(name)}, which is not in {MANIFEST}")
        rows[lane].append((race, world))
    worlds = rows[manifest["lanes"][0]]
    for lane, own in rows.items():
        if not own or own != worlds or len(set(own)) < len(own):
            fault = f"has {count(len(own), 'row')} of the lane {_short(lane)}, but each lane must have one per world"
            raise _damaged(path, fault)


def _check_race(path: Path, events: pa.Table, races: list[str]) -> None:
    for race in races:
        mine = events.filter(pc.equal(events["race"], race))
        made = mine.filter(pc.equal(mine["kind"], "submission")).num_rows
        crowned = np.asarray(mine.filter(pc.equal(mine["kind"], "crown"))["submission"].to_numpy())
        if len(crowned) and (crowned.min() < 0 or crowned.max() >= made):
            raise _damaged(
                path, f"crowns the submission {crowned.max()} of {_short(race)}, which has {made}, counted from 0"
            )


def _check_world(folder: Path, tables: dict[str, pa.Table], manifest: dict[str, Any], spec: dict[str, Any]) -> None:
    metrics, curves = tables["metrics"], tables["curves"]
    for race in manifest["races"]:
        if race not in spec["scenario"].get("cases", {}):
            raise _damaged(folder / SPEC, f"scenario.cases has no case {_short(race)}, which is in {MANIFEST}")
    for name in pc.unique(metrics["population"]).to_pylist():
        if name not in spec["populations"]:
            raise _damaged(folder / SPEC, f"populations has no {_short(name)}, which is in metrics.parquet")
    names = strategy_names(spec["populations"])
    for name in sorted(names):
        try:
            find(name)
        except InputError as error:
            raise _damaged(folder / SPEC, f"populations has {_short(name)}, which is no strategy ({error})") from None
    for name in pc.unique(tables["emission"]["strategy"]).to_pylist():
        if name not in names:
            raise _damaged(folder / "emission.parquet", f"has the strategy {_short(name)}, which is not in {SPEC}")
    rows = curves.group_by(["race", "lane"]).aggregate([([], "count_all")])
    good = metrics.filter(pc.is_null(metrics["error"])).group_by(["race", "lane"]).aggregate([([], "count_all")])
    worlds = {(r["race"], r["lane"]): r["count_all"] for r in good.to_pylist()}
    for row in rows.to_pylist():
        there, number = row["count_all"], worlds.get((row["race"], row["lane"]), 0)
        if not number or there % number or there < 2 * number:
            fault = f"has {there} rows of the lane {_short(row['lane'])}, which lived in {count(number, 'world')}"
            raise _damaged(folder / "curves.parquet", fault)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _damaged(path: Path, fault: str) -> StoreError:
    return StoreError(
        f"{path}: {visible(fault)}; the file is damaged, or of another version: restore it, or run the recipe again "
        "with --force"
    )
