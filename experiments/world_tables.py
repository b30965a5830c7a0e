"""The result tables of a pass over simulated worlds, one set per world, as Arrow tables."""

import json
from typing import Any

import numpy as np
import pyarrow as pa

from experiments.tables import TABLES, schema
from experiments.world_metrics import WORLD_METRICS, credit_shares, emission_shares, measure_world, profit
from policies.rewards.subnet import Subnet
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.record import POINTS
from sim.scenario import Scenario
from sim.world import World

LABELS = ("policy", "semantics", "reward", "population")

WORLD_SCHEMAS: dict[str, pa.Schema] = {
    "metrics": schema(*LABELS, *WORLD_METRICS, "error"),
    "events": schema("kind", "block", "day", "miner", "strategy", "loss", "gain", "days"),
    "curves": schema("day", "king_loss", "best_loss", "front_loss", "epsilon"),
    "emission": schema(
        "miner", "strategy", "share", "credit", "usd", "gpus", submissions=pa.int64()
    ),  # a rate elsewhere
}
"""As the tables of races. events: crowns; a crown's gain is ln(true loss of the king before / its own), its days the
reign. curves: true losses of the king, of the best committed model and of the best model anywhere. emission: a row per
miner; usd is what it earned less what it spent."""


def world_tables(world: World, numbers: list[int]) -> dict[int, dict[str, pa.Table]]:
    """The tables of each world of a finished pass, by the world's number."""
    makers = (_metrics, _events, _curves, _emission)
    made = [dict(zip(TABLES, (make(world) for make in makers), strict=True))]
    return {
        number: {name: _of_world(table, i, number, len(numbers)) for name, table in made[0].items()}
        for i, number in enumerate(numbers)
    }


def world_failed(scenario: Scenario, lanes: tuple[Lane, ...], number: int, error: str) -> dict[str, pa.Table]:
    """The tables of a world that failed: a row per lane with the traceback, and nothing else."""
    rows = [
        {"race": scenario.name, "world": number, "lane": lane.name, **_labels(lane), "error": error} for lane in lanes
    ]
    return {
        name: pa.Table.from_pylist(rows if name == "metrics" else [], schema=WORLD_SCHEMAS[name]) for name in TABLES
    }


def _labels(lane: Lane) -> dict[str, str]:
    population = "honest" if lane.population is None else lane.population.name
    return {
        "policy": json.dumps(lane.policy.spec()),
        "semantics": lane.rules.semantics,
        "reward": json.dumps((lane.reward or Subnet()).spec()),
        "population": population,
    }


def _of_world(columns: dict[str, Any], i: int, number: int, worlds: int) -> pa.Table:
    """The rows of one world: `column` says which column of the pass each row is of."""
    mine = np.flatnonzero(columns["column"] % worlds == i)
    arrays, fields = [], columns["schema"]
    for field in fields:
        if field.name == "world":
            arrays.append(pa.array(np.full(len(mine), number), pa.int32()))
            continue
        values = columns[field.name]
        chosen = values[mine] if isinstance(values, np.ndarray) else [values[j] for j in mine]
        arrays.append(pa.array(chosen, field.type, from_pandas=field.type == pa.float64()))
    return pa.Table.from_arrays(arrays, schema=fields)


def _rows(world: World, name: str, column: np.ndarray, **values: Any) -> dict[str, Any]:
    """A table of a pass, column by column; races are scenarios here."""
    lanes = np.array([lane.name for lane in world.columns.lanes], dtype=object)[column // world.columns.worlds]
    names = np.full(len(column), world.scenario.name, dtype=object)
    return {"schema": WORLD_SCHEMAS[name], "column": column, "race": names, "lane": lanes, **values}


def _metrics(world: World) -> dict[str, Any]:
    column = np.arange(world.columns.width)
    labels = [_labels(lane) for lane in world.columns.lanes]
    each = {
        key: np.array([label[key] for label in labels], dtype=object)[column // world.columns.worlds] for key in LABELS
    }
    error = np.full(len(column), None, dtype=object)
    return _rows(world, "metrics", column, **each, **measure_world(world), error=error)


def _events(world: World) -> dict[str, Any]:
    crowns, choices = world.record.crowns(), world.miners.choices
    order = np.lexsort((crowns.block, crowns.column))
    column, block, miner = crowns.column[order], crowns.block[order], crowns.miner[order]
    last = np.append(column[1:] != column[:-1], True)[: len(column)]
    until = np.where(last, world.scenario.horizon, np.roll(block, -1))
    return _rows(
        world,
        "events",
        column,
        kind=np.full(len(column), "crown", dtype=object),
        block=block,
        day=block / BLOCKS_PER_DAY,
        miner=_names(world)[miner],
        strategy=_strategies(world)[choices.code[miner, column]],
        loss=crowns.loss[order],
        gain=crowns.gain[order],
        days=(until - block) / BLOCKS_PER_DAY,
    )


def _curves(world: World) -> dict[str, Any]:
    record, width = world.record, world.columns.width
    column = np.repeat(np.arange(width), POINTS)
    king, best, front = (np.exp(curve.T.ravel()) for curve in record.curves)
    return _rows(
        world,
        "curves",
        column,
        day=np.tile(np.linspace(0.0, world.scenario.days, POINTS), width),
        king_loss=king,
        best_loss=best,
        front_loss=front,
        epsilon=record.epsilon.T.ravel(),
    )


def _emission(world: World) -> dict[str, Any]:
    n, width = world.scenario.miners, world.columns.width
    column = np.repeat(np.arange(width), n)
    miner = np.tile(np.arange(n), width)
    return _rows(
        world,
        "emission",
        column,
        miner=_names(world)[miner],
        strategy=_strategies(world)[world.miners.choices.code.T.ravel()],
        share=emission_shares(world).T.ravel(),
        credit=credit_shares(world).T.ravel(),
        usd=profit(world).T.ravel(),
        gpus=world.miners.hardware.gpus[miner, world.columns.world[column]],
        submissions=world.miners.submissions.T.ravel(),
    )


def _names(world: World) -> np.ndarray:
    return np.array([f"m{miner}" for miner in range(world.scenario.miners)], dtype=object)


def _strategies(world: World) -> np.ndarray:
    return np.array([strategy.name() for strategy in world.miners.choices.strategies], dtype=object)
