"""The answer of a run: the values that the templates `answer-race.html` and `answer-world.html` need."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from experiments.report.looks import best
from experiments.report.results import Results
from experiments.report.strategies import kinds
from experiments.report.text import decimals, number, verdict
from experiments.results.compare import LaneResult, policy_name
from experiments.results.estimate import Estimate

Answer = tuple[str, dict[str, Any]]
"""A template and its values."""


def of_race(results: Results) -> Answer:
    """The answer about replayed races."""
    lanes, base = results.lanes, results.baseline
    fastest = best(lanes, "descent_area")
    fairest, slowest = best(lanes, "misallocation", largest=False), best(lanes, "stagnation_longest")
    if fairest is not None and _equal(fairest, base, "misallocation"):
        fairest = base
    if slowest is not None and (len(lanes) == 1 or _equal(slowest, base, "stagnation_longest")):
        slowest = None
    others = [lane for lane in lanes if lane.lane != base.lane]
    return "answer-race.html", {
        "results": results,
        "fall": fall,
        "best": fastest,
        "share": "" if fastest is None else _share(fastest.differences["descent_area"], base),
        "others": others,
        "intervals": any(np.isfinite(lane.differences["descent_area"].lo) for lane in others),
        "verdicts": _verdicts(lane.differences["descent_area"] for lane in others),
        "fairest": fairest,
        "slowest": slowest,
    }


def of_world(results: Results) -> Answer:
    """The answer about simulated worlds."""
    deviating = [x for x in results.lanes if x.population in results.deviations and x.metrics["ic_gap"].n]
    most = max(deviating, key=lambda lane: lane.metrics["ic_gap"].mean, default=None)
    return "answer-world.html", {
        "fall": fall,
        "hours": _hours,
        "days": days(results),
        "crowds": [_crowd(results.of_population(name), name) for name in results.crowds] if results.worlds else [],
        "deviating": deviating,
        "verdicts": _verdicts(lane.metrics["ic_gap"] for lane in deviating),
        "most": most,
        "most_policy": most and policy_name(most),
    }


def days(results: Results) -> str:
    """The days that the cases last."""
    return " or ".join(dict.fromkeys(f"{case.days:.4g}" for case in results.races))


def fall(lane: LaneResult) -> Estimate:
    """The descent area, a mean of logarithms, as the fraction by which the geometric mean of the loss is lower."""
    area = lane.metrics["descent_area"]
    mean, lo, hi = (float(-np.expm1(-value)) for value in (area.mean, area.lo, area.hi))
    return Estimate(mean, lo, hi, area.n)


def _equal(one: LaneResult, other: LaneResult, metric: str) -> bool:
    return one.metrics[metric].mean == other.metrics[metric].mean


def _verdicts(estimates: Iterable[Estimate]) -> dict[str, int]:
    return {"above": 0, "below": 0, "level": 0, "unknown": 0, **Counter(map(verdict, estimates))}


def _share(difference: Estimate, base: LaneResult) -> str:
    """How large a difference is beside what the baseline achieved: a sure difference may still be tiny."""
    own = base.metrics["descent_area"].mean
    if not own > 0:
        return ""
    share = np.array([100 * difference.mean / own])
    return number(share[0], decimals(share, share))


def _crowd(results: Results, population: str) -> dict[str, Any]:
    """The fastest policy of a population, the baseline's, and what dishonest strategies were paid under these."""
    fastest, base = best(results.lanes, "descent_area") or results.baseline, results.baseline
    honest = {kind.name for kind in kinds(results) if kind.honest}
    mix = results.populations.get(population, {}).get("mix", [])
    least = best(results.lanes, "dishonest_share", largest=False) or base
    lanes = {lane.lane: lane for lane in (fastest, base, least)}
    return {
        "population": population,
        "only": len(results.lanes) == 1,
        "fastest": fastest,
        "base": base,
        "policy": policy_name(fastest),
        "base_policy": policy_name(base),
        "dishonest": sum(part["share"] for part in mix if not honest & set(part["strategy"])),
        "paid": [(policy_name(lane), lane.metrics["dishonest_share"]) for lane in lanes.values()],
    }


def _hours(lane: LaneResult) -> str:
    hours = lane.metrics["gpu_hours"].mean
    return f"{number(hours / 1e6, 2)} million" if hours >= 1e6 else number(hours)
