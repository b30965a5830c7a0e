"""The page of a run: of replayed races, or of simulated worlds."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from experiments.files import sweep, write
from experiments.report import differences
from experiments.report.drawn_lanes import best_lane, choose_lanes, split
from experiments.report.epsilon import epsilon
from experiments.report.losses import race_losses, world_losses
from experiments.report.origin import origin
from experiments.report.page import page
from experiments.report.pay import race_pay, world_pay
from experiments.report.reigns import race_reigns, world_reigns
from experiments.report.results import Results, read
from experiments.report.settled import composition, regret, settled_lanes, settled_mixes
from experiments.report.strategies import kinds
from experiments.report.table import RACE, WORLD, table
from experiments.report.text import NONE, decimals, leaves, number, verdict
from experiments.results.compare import LaneResult, policy_name
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
    parts = list(split(results, drawn))
    if results.world is None:
        template, values = "race.html", _race_values(results)
        tables = [table("all races", results, drawn, RACE)]
        figures = [
            race_losses(parts),
            differences.forest(results, drawn, parts),
            epsilon(results, drawn),
            race_reigns(parts),
            race_pay(results, drawn),
        ]
    else:
        template, values = "world.html", _world_values(results)
        cases = [case.name for case in results.contests] if len(results.contests) > 1 else []
        tables = [table("all cases", results, drawn, WORLD)]
        tables += [table(name, results.select_contest(name), drawn, WORLD) for name in cases]
        crowds = settled_lanes(results, drawn)
        figures = [
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
    races = results.scenario.get("races", [])
    values |= {
        "results": results,
        "drawn": drawn,
        "fall": fall,
        "level": f"{100 * LEVEL:.0f}",
        "sources": [f"{race['name']}: {race['source']}" for race in races if race.get("source")],
        "unit": UNITS[results.manifest["unit"]],
        "origin": origin(store.folder),
    }
    path = store.folder / "report.html"
    sweep(store.folder)
    write(path, page(template, results.name, results.manifest["question"], tables, figures, values))
    return path


def _race_values(results: Results) -> dict[str, Any]:
    """Values for `race.html`: the answer about replayed races, and how it was computed."""
    lanes, base = results.lanes, results.baseline
    fastest, slowest = best_lane(lanes, "descent_area"), best_lane(lanes, "stagnation_longest")
    fairest = best_lane(lanes, "misallocation", largest=False)
    if fairest and fairest.metrics["misallocation"].mean == base.metrics["misallocation"].mean:
        fairest = base
    if slowest and slowest.metrics["stagnation_longest"].mean == base.metrics["stagnation_longest"].mean:
        # then no lane waits longer than the baseline, or there is no other lane
        slowest = None
    others = [lane.differences["descent_area"] for lane in lanes if lane.lane != base.lane]
    own, share = base.metrics["descent_area"].mean, ""
    # a difference that is told apart from 0 may still be tiny beside the descent itself
    if fastest is not None and own > 0:
        percents = np.array([100 * fastest.differences["descent_area"].mean / own])
        share = number(percents[0], decimals(percents, percents))
    minutes = results.scenario.get("step_blocks", 0) * BLOCK_SECONDS / 60
    noise = results.scenario.get("noise", {})
    return {
        "best": fastest,
        "share": share,
        "others": others,
        "intervals": any(np.isfinite(difference.lo) for difference in others),
        "verdicts": _count_verdicts(others),
        "fairest": fairest,
        "slowest": slowest,
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
        "crowds": [_crowd(results.select_population(name), name) for name in results.crowds] if results.worlds else [],
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


def fall(lane: LaneResult) -> Estimate:
    """The descent area, a mean of logarithms, as the fraction by which the geometric mean of the loss is lower."""
    area = lane.metrics["descent_area"]
    mean, lo, hi = (float(-np.expm1(-value)) for value in (area.mean, area.lo, area.hi))
    return Estimate(mean, lo, hi, area.n)


def _count_verdicts(estimates: Iterable[Estimate]) -> dict[str, int]:
    return {"above": 0, "below": 0, "level": 0, "unknown": 0, **Counter(map(verdict, estimates))}


def _crowd(results: Results, population: str) -> dict[str, Any]:
    """The fastest policy of a population, the baseline's, and what dishonest strategies were paid under these."""
    base = results.baseline
    fastest = best_lane(results.lanes, "descent_area") or base
    least = best_lane(results.lanes, "dishonest_share", largest=False) or base
    honest = {kind.name for kind in kinds(results.populations) if kind.honest}
    body = results.populations.get(population, {})
    mix = [] if body.get("play") else body.get("mix", [])  # where miners play, each policy has a mix of its own
    return {
        "population": population,
        "only": len(results.lanes) == 1,
        "fastest": fastest,
        "base": base,
        "dishonest": sum(part["share"] for part in mix if not honest & set(part["strategy"])),
        "paid": list({lane.lane: lane for lane in (fastest, base, least)}.values()),
    }
