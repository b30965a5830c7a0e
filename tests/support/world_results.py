"""Results of simulated worlds made by hand: tables as a run leaves them, with numbers that a test can count with."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from experiments.results.metrics import METRICS
from experiments.results.store import Store
from experiments.results.tables import SCHEMAS, TABLES
from sim.lanes import BETWEEN

POLICIES = {"slope": '{"linear": {}}', "wall": '{"fixed": {"epsilon": 0.05}}', "door": '{"fixed": {"epsilon": 0}}'}
DAYS, POINTS = 10.0, 5
HONEST = {"honest": ["honest"] * 4}
MIXED = {**HONEST, "mixed": ["honest", "honest", "copycat", "sniper"]}
DEVIATING = {**HONEST, "honest + sniper": ["honest"] * 3 + ["sniper"]}


def store(
    folder: Path,
    *,
    policies: dict[str, str] = POLICIES,
    populations: dict[str, list[str]] = HONEST,
    deviants: tuple[str, ...] = (),
    cases: tuple[str, ...] = ("small",),
    worlds: tuple[int, ...] = (0, 1, 2),
    broken: tuple[int, ...] = (),
    kingless: tuple[str, ...] = (),
    data: dict[str, object] | None = None,
    keep: tuple[str, ...] = ("curves", "emission", "events"),
    question: str = "Who?",
) -> Store:
    """A complete results folder; the first policy in the first population is the baseline.

    Args:
        folder: where.
        policies: by name, as JSON.
        populations: by name, the strategy of each miner.
        deviants: populations whose last miner deviates.
        cases: their names.
        worlds, broken: their numbers; the broken ones failed.
        kingless: policies under which nobody is ever crowned.
        data: of every case, as the spec tells it.
        keep: tables that are kept beside the metrics.
        question: of the recipe.
    """
    lanes = {
        (f"{policy}{BETWEEN}{name}" if len(populations) > 1 else policy): (i, policy, name)
        for name in populations
        for i, policy in enumerate(policies)
    }
    made = Store(folder / "tiny" / "0123")
    for case in cases:
        for world in worlds:
            if world in broken:
                found = _failed(case, world, lanes, policies)
            else:
                found = _world(case, world, lanes, policies, populations, kingless)
            found = {name: found[name] if name in ("metrics", *keep) else [] for name in TABLES}
            tables = {name: pa.Table.from_pylist(found[name], schema=SCHEMAS["world"][name]) for name in TABLES}
            made.add(case, {world: tables})
    scenario = {"days": DAYS, "miners": 4, "wake_blocks": 1800, "validation": {"step_blocks": 150}, "data": data}
    spec = {
        "name": "tiny",
        "keep": list(keep),
        "scenario": {"kind": "world", "cases": {case: {"name": case, **scenario} for case in cases}},
        "populations": {name: _population(name, who, deviants) for name, who in populations.items()},
        "lanes": [{"name": name, "rules": {}} for name in lanes],
    }
    manifest = {
        "steepest": "0",
        "python": "3",
        "libraries": {"numpy": "2"},
        "machine": "m",
        "seed": 1,
        "workers": 1,
        "command": "steepest run x",
        "finished": "2026-01-01",
        "worlds": len(worlds),
        "kind": "world",
        "races": list(cases),
        "unit": "nats",
        "lanes": list(lanes),
        "baseline": next(iter(lanes)),
        "question": question,
        "worlds_run": len(worlds),
        "simulation_seconds": 0.5,
    }
    made.finish(yaml.safe_dump(spec, sort_keys=False), manifest, None)
    return made


def metric_rows(made: Store, **wanted: object) -> list[dict[str, Any]]:
    """Rows of the metrics table that have these values."""
    return [row for row in made.table("metrics").to_pylist() if all(row[key] == value for key, value in wanted.items())]


def _population(name: str, who: list[str], deviants: tuple[str, ...]) -> dict[str, object]:
    crowd, apart = (who[:-1], who[-1:]) if name in deviants else (who, [])
    return {
        "mix": [{"strategy": {each: {}}, "share": crowd.count(each) / len(crowd)} for each in dict.fromkeys(crowd)],
        "deviants": [{each: {}} for each in apart],
    }


def _labels(case: str, world: int, lane: str, policy: str, population: str) -> dict[str, object]:
    return {"race": case, "world": world, "lane": lane, "policy": policy, "semantics": "pool", "population": population}


def _failed(
    case: str, world: int, lanes: dict[str, tuple[int, str, str]], policies: dict[str, str]
) -> dict[str, list[dict[str, Any]]]:
    rows = [
        {**_labels(case, world, lane, policies[policy], population), "error": f"Traceback\nError: <i>world {world}</i>"}
        for lane, (_, policy, population) in lanes.items()
    ]
    return {"metrics": rows, "events": [], "curves": [], "emission": []}


def _world(
    case: str,
    world: int,
    lanes: dict[str, tuple[int, str, str]],
    policies: dict[str, str],
    populations: dict[str, list[str]],
    kingless: tuple[str, ...],
) -> dict[str, list[dict[str, Any]]]:
    """Numbers by lot, other ones in every case and world; later policies let the loss fall further."""
    out: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for place, (lane, (rank, policy, population)) in enumerate(lanes.items()):
        lot = np.random.default_rng([world, place, len(case)])
        keys = {"race": case, "world": world, "lane": lane}
        who, crowned = populations[population], policy not in kingless
        share = lot.dirichlet(np.ones(len(who)))
        area = (0.02 * (1 + rank) + 0.001 * lot.normal()) * crowned
        out["metrics"].append(
            {
                **_labels(case, world, lane, policies[policy], population),
                **{name: float(lot.uniform(0.1, 0.9)) for name in METRICS},
                "descent_area": area,
                "gpu_hours": 2e6,
                "dishonest_share": float(sum(s for s, each in zip(share, who, strict=True) if each != "honest")),
                "ic_gap": float(lot.normal(1.0, 0.01)) if " + " in population else None,
            }
        )
        for i, day in enumerate(np.linspace(0.0, DAYS, POINTS)):
            loss = 3.0 - area * i
            curve = {"king_loss": loss, "best_loss": loss - 0.01, "front_loss": loss - 0.02, "epsilon": 0.005}
            out["curves"].append({**keys, "day": day, **(curve if crowned else {})})
        for j in range(3 if crowned else 0):
            king = {
                "miner": f"m{j}",
                "strategy": who[j],
                "loss": 3.0 - area * j,
                "gain": area,
                "days": (4.0, 4.0, 2.0)[j],
            }
            out["events"].append({**keys, "kind": "crown", "block": 28_800 * j, "day": 4.0 * j, **king})
        for j, each in enumerate(who):
            got = {"share": share[j], "credit": 1 / len(who), "usd": 100.0, "gpus": 8.0, "submissions": 1}
            out["emission"].append({**keys, "miner": f"m{j}", "strategy": each, **got})
    return out
