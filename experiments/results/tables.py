"""The result tables of a pass, one set per world, as Arrow tables."""

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from experiments.results.measure import credit, credit_shares, emission_shares, measure, race_of
from experiments.results.metrics import METRICS, RACE_METRICS
from policies.rewards.subnet import Subnet
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.race.race import Race
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.world import World

TABLES = ("metrics", "events", "curves", "emission")
KEYS = ("race", "world", "lane")
LABELS = ("policy", "semantics", "reward", "population")

COLUMNS: dict[str, pa.DataType] = {
    **dict.fromkeys(
        ("race", "lane", "kind", "miner", "strategy", "course", "option", "deviations", "error", *LABELS), pa.string()
    ),
    **dict.fromkeys(("world", "submission"), pa.int32()),
    "block": pa.int64(),
    **dict.fromkeys(("day", "days", "loss", "gain", "king_loss", "best_loss", "front_loss", "epsilon"), pa.float64()),
    **dict.fromkeys(("share", "credit", "usd", "gpus", *METRICS), pa.float64()),
}
"""What the columns of all tables hold, those of races and those of worlds."""


def schema(*names: str, **own: pa.DataType) -> pa.Schema:
    """A table of the keys and these columns, and of columns whose type is their own here."""
    return pa.schema([*((name, COLUMNS[name]) for name in (*KEYS, *names)), *own.items()])


SCHEMAS: dict[str, dict[str, pa.Schema]] = {
    "race": {
        "metrics": schema("policy", "semantics", *RACE_METRICS, "error"),
        "events": schema("kind", "block", "day", "submission", "miner", "loss", "gain", "days"),
        "curves": schema("day", "king_loss", "best_loss", "epsilon"),
        "emission": schema("miner", "share", "credit"),
    },
    "world": {
        "metrics": schema(*LABELS, *METRICS, "deviations", "error"),
        "events": schema("kind", "block", "day", "miner", "strategy", "loss", "gain", "days"),
        "curves": schema("day", "king_loss", "best_loss", "front_loss", "epsilon"),
        "emission": schema(
            *("miner", "strategy", "course", "option", "share", "credit", "usd", "gpus"),
            active=pa.bool_(),
            submissions=pa.int64(),
        ),
    },
}
"""The tables by the scenario's kind; what is called race in a world is its case.

events: a crown's gain is ln(true loss of the king before / its own), its days the length of the reign; a submission's
gain is ln(best loss before / its own), and its world and lane are empty because every lane saw it. curves: true losses
of the king, of the best committed model and of the best model anywhere. emission: usd is what a miner earned less what
it spent; submissions are a number there, and a rate among the metrics; course is the miner's of the menu at the end,
empty without one, option that of a protection menu which its model has then, and active whether it is in the contest
then. metrics: where a population has settled,
deviations are what a single deviant gains by its strategy, as JSON, in equal shares of the emission.
"""


def tables(world: "World", numbers: list[int]) -> dict[int, dict[str, pa.Table]]:
    """The tables of each world of a finished pass, by the world's number."""
    kind, worlds = "world" if race_of(world) is None else "race", world.columns.worlds
    lanes = np.array([lane.name for lane in world.columns.lanes], dtype=object)
    out: dict[int, dict[str, pa.Table]] = {number: {} for number in numbers}
    for name, make in zip(TABLES, (_metrics, _events, _curves, _emission), strict=True):
        columns, fields = make(world), SCHEMAS[kind][name]
        for i, number in enumerate(numbers):
            rows = np.flatnonzero(columns["column"] % worlds == i)
            own = {key: column[rows] for key, column in columns.items()}
            own["race"] = np.full(len(rows), world.scenario.name, dtype=object)
            own |= {"world": np.full(len(rows), number), "lane": lanes[own["column"] // worlds]}
            arrays = []
            # NaN means that there is no value, except in events, curves and emission of races, where it stays NaN.
            for field in fields:
                missing = field.type == pa.float64() and (kind == "world" or field.name in METRICS)
                arrays.append(pa.array(own[field.name], field.type, from_pandas=missing))
            out[number][name] = pa.Table.from_arrays(arrays, schema=fields)
    return out


def failed(contest: Race | Scenario, lanes: tuple[Lane, ...], number: int, error: str) -> dict[str, pa.Table]:
    """The tables of a world that failed: a row per lane with the traceback, and nothing else."""
    rows = [
        {"race": contest.name, "world": number, "lane": lane.name, **_labels(lane), "error": error} for lane in lanes
    ]
    schemas = SCHEMAS["race" if isinstance(contest, Race) else "world"]
    return {name: pa.Table.from_pylist(rows if name == "metrics" else [], schema=schemas[name]) for name in TABLES}


def submissions(race: Race) -> pa.Table:
    """The race itself as events without world and lane."""
    n, best = len(race), np.concatenate([race.loss[:1], race.best()[:-1]])
    columns: dict[str, Any] = {
        "race": [race.name] * n,
        "world": [-1] * n,
        "lane": [""] * n,
        "kind": ["submission"] * n,
        "block": race.block,
        "day": race.block / BLOCKS_PER_DAY,
        "submission": np.arange(n),
        "miner": list(race.miner),
        "loss": race.loss,
        "gain": np.log(best / race.loss),
        "days": np.full(n, np.nan),
    }
    return pa.Table.from_pydict(columns, schema=SCHEMAS["race"]["events"])


def _labels(lane: Lane) -> dict[str, str]:
    return {
        "policy": json.dumps(lane.policy.spec()),
        "semantics": lane.rules.semantics,
        "reward": json.dumps((lane.reward or Subnet()).spec()),
        "population": "honest" if lane.population is None else lane.population.name,
    }


def _metrics(world: "World") -> dict[str, Any]:
    column = np.arange(world.columns.width)
    nothing = np.full(len(column), None, dtype=object)
    labels = [_labels(lane) for lane in world.columns.lanes]
    each = {
        key: np.array([label[key] for label in labels], dtype=object)[column // world.columns.worlds] for key in LABELS
    }
    return {"column": column, **each, **measure(world), "deviations": nothing, "error": nothing}


def _events(world: "World") -> dict[str, Any]:
    crowns, race = world.record.crowns(), race_of(world)
    order = np.lexsort((crowns.block, crowns.column))
    column, block, miner = crowns.column[order], crowns.block[order], crowns.miner[order]
    last = np.append(column[1:] != column[:-1], True)[: len(column)]
    until = np.where(last, world.scenario.horizon, np.roll(block, -1))
    facts = {
        "column": column,
        "kind": np.full(len(column), "crown", dtype=object),
        "block": block,
        "day": block / BLOCKS_PER_DAY,
        "days": (until - block) / BLOCKS_PER_DAY,
    }
    if race is None:
        code = world.miners.choices.code[miner, column]
        names = {"miner": _names(world)[miner], "strategy": _strategies(world)[code]}
        return {**facts, **names, "loss": crowns.loss[order], "gain": crowns.gain[order]}
    model, first = crowns.twin[order], np.append(True, last[:-1])[: len(last)]
    return {
        **facts,
        "submission": model,
        "miner": np.array(race.miner, dtype=object)[model],
        "loss": race.loss[model],
        "gain": np.where(first, np.log(race.loss[0] / race.loss[model]), crowns.gain[order]),
    }


def _curves(world: "World") -> dict[str, Any]:
    record, width, race = world.record, world.columns.width, race_of(world)
    points, horizon = len(record.epsilon), world.scenario.horizon
    day = np.linspace(0.0, world.scenario.days, points)
    king, best, front = (np.exp(curve.T.ravel()) for curve in record.curves)
    if race is not None:
        blocks = np.linspace(0, horizon, points)
        day = blocks / BLOCKS_PER_DAY
        best = np.tile(race.best()[np.searchsorted(race.block, blocks, side="right") - 1], width)
    return {
        "column": np.repeat(np.arange(width), points),
        "day": np.tile(day, width),
        "king_loss": king,
        "best_loss": best,
        "front_loss": front,
        "epsilon": record.epsilon.T.ravel(),
    }


def _emission(world: "World") -> dict[str, Any]:
    race, width = race_of(world), world.columns.width
    names = _names(world) if race is None else np.array(list(credit(race)), dtype=object)
    column, miner = np.repeat(np.arange(width), len(names)), np.tile(np.arange(len(names)), width)
    facts = {
        "column": column,
        "miner": names[miner],
        "share": emission_shares(world).T.ravel(),
        "credit": credit_shares(world).T.ravel(),
    }
    if race is not None:
        return facts
    return {
        **facts,
        "strategy": _strategies(world)[world.miners.choices.code.T.ravel()],
        "usd": world.miners.balance.T.ravel(),
        "gpus": world.miners.hardware.gpus[miner, world.columns.world[column]],
        "submissions": world.miners.submissions.T.ravel(),
        "active": world.miners.active.T.ravel(),
        "course": np.array([name for name, _ in world.scenario.menu] or [""], dtype=object)[
            world.miners.course.T.ravel()
        ],
        "option": _options(world),
    }


def _options(world: "World") -> np.ndarray:
    """By column and miner the option of the model that is judged, counted from 1 as in the names of parameters."""
    facts = world.validators[0].models.facts[:, :-1]
    chosen = np.isfinite(facts["block"]) & (world.record.account.options.offered > 0)[:, None]
    return np.where(chosen, (facts["option"] + 1).astype("U1"), "").ravel()


def _names(world: "World") -> np.ndarray:
    return np.array([f"m{miner}" for miner in range(world.scenario.miners)], dtype=object)


def _strategies(world: "World") -> np.ndarray:
    return np.array([strategy.name() for strategy in world.miners.choices.strategies], dtype=object)
