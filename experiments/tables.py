"""The result tables of a pass, one set per world, as Arrow tables."""

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from experiments.metrics import METRICS, credit, emission_shares, measure
from experiments.world_metrics import WORLD_METRICS
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.race.race import Race

if TYPE_CHECKING:
    from sim.race.world import RaceWorld

TABLES = ("metrics", "events", "curves", "emission")

COLUMNS: dict[str, pa.DataType] = {
    **dict.fromkeys(("race", "lane", "kind", "miner", "strategy", "error"), pa.string()),
    **dict.fromkeys(("policy", "semantics", "reward", "population"), pa.string()),
    **dict.fromkeys(("world", "submission"), pa.int32()),
    "block": pa.int64(),
    **dict.fromkeys(("day", "days", "loss", "gain", "king_loss", "best_loss", "front_loss", "epsilon"), pa.float64()),
    **dict.fromkeys(("share", "credit", "usd", "gpus", *WORLD_METRICS), pa.float64()),
}
"""What the columns of all tables hold, those of races and those of worlds."""
KEYS = ("race", "world", "lane")


def schema(*names: str, **own: pa.DataType) -> pa.Schema:
    """A table of the keys and these columns, and of columns whose type is their own here."""
    return pa.schema([*((name, COLUMNS[name]) for name in (*KEYS, *names)), *own.items()])


SCHEMAS: dict[str, pa.Schema] = {
    "metrics": schema("policy", "semantics", *METRICS, "error"),
    "events": schema("kind", "block", "day", "submission", "miner", "loss", "gain", "days"),
    "curves": schema("day", "king_loss", "best_loss", "epsilon"),
    "emission": schema("miner", "share", "credit"),
}
"""events: a crown's gain is ln(loss of the king before / its own), its days the length of the reign; a submission's is
ln(best loss before / its own), and its world and lane are empty because every lane saw it."""


def tables(world: "RaceWorld", numbers: list[int]) -> dict[int, dict[str, pa.Table]]:
    """The tables of each world of a finished pass, by the world's number."""
    measured, shares = measure(world), emission_shares(world)
    return {
        number: {
            "metrics": _metrics(world, i, number, measured),
            "events": _events(world, i, number),
            "curves": _curves(world, i, number),
            "emission": _emission(world, i, number, shares),
        }
        for i, number in enumerate(numbers)
    }


def failed(race: Race, lanes: tuple[Lane, ...], number: int, error: str) -> dict[str, pa.Table]:
    """The tables of a world that failed: a row per lane with the traceback, and nothing else."""
    rows = [{"race": race.name, "world": number, "lane": lane.name, **_policy(lane), "error": error} for lane in lanes]
    return {name: pa.Table.from_pylist(rows if name == "metrics" else [], schema=SCHEMAS[name]) for name in TABLES}


def submissions(race: Race) -> pa.Table:
    """The race itself as events without world and lane."""
    best = np.minimum.accumulate(np.concatenate([race.loss[:1], race.loss[:-1]]))
    n = len(race)
    return _table(
        "events",
        {
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
        },
    )


def _policy(lane: Lane) -> dict[str, str]:
    return {"policy": json.dumps(lane.policy.spec()), "semantics": lane.rules.semantics}


def _columns(world: "RaceWorld", i: int) -> np.ndarray:
    return np.arange(len(world.columns.lanes)) * world.columns.worlds + i


def _metrics(world: "RaceWorld", i: int, number: int, measured: dict[str, np.ndarray]) -> pa.Table:
    mine, lanes = _columns(world, i), world.columns.lanes
    policies = [_policy(lane) for lane in lanes]
    return _table(
        "metrics",
        {
            **_keys(world, number, [1] * len(lanes)),
            "policy": [p["policy"] for p in policies],
            "semantics": [p["semantics"] for p in policies],
            **{name: measured[name][mine] for name in METRICS},
            "error": [None] * len(lanes),
        },
    )


def _events(world: "RaceWorld", i: int, number: int) -> pa.Table:
    crowns, race, lanes = world.record.crowns(), world.race, world.columns.lanes
    chosen = np.flatnonzero(crowns.column % world.columns.worlds == i)
    chosen = chosen[np.argsort(crowns.column[chosen], kind="stable")]
    block, lane, model = crowns.block[chosen], crowns.column[chosen] // world.columns.worlds, crowns.twin[chosen]
    first = np.append(True, lane[1:] != lane[:-1])[: len(lane)]
    until = np.where(np.roll(first, -1), world.scenario.horizon, np.roll(block, -1))
    return _table(
        "events",
        {
            "race": [race.name] * len(lane),
            "world": np.full(len(lane), number),
            "lane": [lanes[j].name for j in lane],
            "kind": ["crown"] * len(lane),
            "block": block,
            "day": block / BLOCKS_PER_DAY,
            "submission": model,
            "miner": [race.miner[j] for j in model],
            "loss": race.loss[model],
            "gain": np.where(first, np.log(race.loss[0] / race.loss[model]), crowns.gain[chosen]),
            "days": (until - block) / BLOCKS_PER_DAY,
        },
    )


def _curves(world: "RaceWorld", i: int, number: int) -> pa.Table:
    race, mine, points = world.race, _columns(world, i), len(world.record.epsilon)
    blocks = np.linspace(0, world.scenario.horizon, points)
    return _table(
        "curves",
        {
            **_keys(world, number, [points] * len(mine)),
            "day": np.tile(blocks / BLOCKS_PER_DAY, len(mine)),
            "king_loss": np.exp(world.record.curves[0][:, mine].T.ravel()),
            "best_loss": np.tile(race.best()[np.searchsorted(race.block, blocks, side="right") - 1], len(mine)),
            "epsilon": world.record.epsilon[:, mine].T.ravel(),
        },
    )


def _emission(world: "RaceWorld", i: int, number: int, shares: np.ndarray) -> pa.Table:
    due, count = credit(world.race), len(world.columns.lanes)
    return _table(
        "emission",
        {
            **_keys(world, number, [len(due)] * count),
            "miner": list(due) * count,
            "share": shares[:, _columns(world, i)].T.ravel(),
            "credit": np.tile(list(due.values()), count),
        },
    )


def _keys(world: "RaceWorld", number: int, repeats: list[int]) -> dict[str, Any]:
    names = [lane.name for lane, n in zip(world.columns.lanes, repeats, strict=True) for _ in range(n)]
    return {"race": [world.race.name] * len(names), "world": np.full(len(names), number), "lane": names}


def _table(name: str, columns: dict[str, Any]) -> pa.Table:
    fields = SCHEMAS[name]
    arrays = [pa.array(columns[field.name], type=field.type, from_pandas=field.name in METRICS) for field in fields]
    return pa.Table.from_arrays(arrays, schema=fields)
