"""The page of a run: of replayed races, or of simulated worlds."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from experiments.files import sweep, write
from experiments.report import differences
from experiments.report.drawn_lanes import DrawnLanes, choose_lanes, split
from experiments.report.epsilon import epsilon
from experiments.report.figure import Figure
from experiments.report.losses import race_losses, world_losses
from experiments.report.origin import origin
from experiments.report.page import page
from experiments.report.pay import race_pay, world_pay
from experiments.report.reigns import race_reigns, world_reigns
from experiments.report.results import Results, read
from experiments.report.settled import composition, regret, settled_lanes, settled_mixes
from experiments.report.strategies import kinds
from experiments.report.table import RACE, WORLD, table
from experiments.report.text import NONE, leaves, number, verdict
from experiments.results.answer import answer
from experiments.results.compare import policy_name
from experiments.results.estimate import LEVEL, Estimate
from experiments.results.metrics import METRICS, RACE_METRICS
from experiments.results.store import Store
from experiments.results.tables import TABLES
from sim.clock import BLOCK_SECONDS
from sim.race.race import UNITS


def write_page(store: Store) -> Path:
    """Write the page of a run, see `experiments.report.build`."""
    results = read(store)
    drawn = choose_lanes(results)
    if results.world is None:
        template, values = "race.html", _race_values(results)
        tables = [table("all races", results, drawn, RACE)]
    else:
        template, values = "world.html", _world_values(results)
        cases = [case.name for case in results.contests] if len(results.contests) > 1 else []
        tables = [table("all cases", results, drawn, WORLD)]
        tables += [table(name, results.select_contest(name), drawn, WORLD) for name in cases]
    races = results.scenario.get("races", [])
    values |= {
        "results": results,
        "drawn": drawn,
        "answer": answer(results.lanes, results.manifest),
        "level": f"{100 * LEVEL:.0f}",
        "sources": [f"{race['name']}: {race['source']}" for race in races if race.get("source")],
        "unit": UNITS[results.manifest["unit"]],
        "origin": origin(store.folder),
    }
    path = store.folder / "report.html"
    sweep(store.folder)
    write(path, page(template, results.name, results.manifest["question"], tables, figures(results, drawn), values))
    return path


def figures(results: Results, drawn: DrawnLanes) -> list[Figure]:
    """The figures of a run, in the order of its page."""
    parts = list(split(results, drawn))
    if results.world is None:
        return [
            race_losses(parts),
            differences.forest(results, drawn, parts),
            epsilon(results, drawn),
            race_reigns(parts),
            race_pay(results, drawn),
        ]
    crowds = settled_lanes(results, drawn)
    return [
        settled_mixes(crowds),
        world_losses(parts),
        differences.forest(results, drawn, parts),
        differences.cases(results, drawn),
        differences.tradeoff(results, drawn),
        world_pay(results, drawn),
        differences.deviations(results, drawn),
        regret(crowds),
        composition(results, crowds),
        epsilon(results, drawn),
        world_reigns(parts),
    ]


def _race_values(results: Results) -> dict[str, Any]:
    """Values for `race.html`: how its answer was computed."""
    minutes = results.scenario.get("step_blocks", 0) * BLOCK_SECONDS / 60
    noise = results.scenario.get("noise", {})
    return {
        "metrics": RACE_METRICS,
        "every": f"every {number(minutes)} minutes" if minutes else "again and again",
        "noise": noise if noise.get("paired") is not None and noise.get("common") is not None else None,
    }


def _world_values(results: Results) -> dict[str, Any]:
    """Values for `world.html`: the answer about simulated worlds, and how it was computed."""
    deviating = [x for x in results.lanes if x.population in results.deviations and x.metrics["ic_gap"].n]
    cases = list(results.cases.values())
    hours = [number(case["wake_blocks"] * BLOCK_SECONDS / 3600, 1).removesuffix(".0") for case in cases]
    minutes = [number(case["validation"]["step_blocks"] * BLOCK_SECONDS / 60) for case in cases]
    settings = [dict(leaves(case)) for case in cases]
    keys = dict.fromkeys(key for case in settings for key in case if key != "name")
    return {
        "deviating": deviating,
        "verdicts": _count_verdicts(lane.metrics["ic_gap"] for lane in deviating),
        "most": max(deviating, key=lambda lane: lane.metrics["ic_gap"].mean, default=None),
        "policy_name": policy_name,
        "metrics": METRICS,
        "wake_hours": hours,
        "step_minutes": minutes,
        "kinds": kinds(results.populations),
        "scenario": {key: [case.get(key, NONE) for case in settings] for key in keys},
        "missing": [name for name in TABLES if name != "metrics" and name not in results.kept],
    }


def _count_verdicts(estimates: Iterable[Estimate]) -> dict[str, int]:
    return {"above": 0, "below": 0, "level": 0, "unknown": 0, **Counter(map(verdict, estimates))}
