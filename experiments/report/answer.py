"""The answer of a run: values that the templates `race.html` and `world.html` need for the sentences at their top."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from experiments.report.drawn_lanes import best_lane
from experiments.report.results import Results
from experiments.report.strategies import kinds
from experiments.report.text import decimals, number, verdict
from experiments.results.compare import LaneResult, policy_name
from experiments.results.estimate import Estimate


def race_answer(results: Results) -> dict[str, Any]:
    """The answer about replayed races."""
    lanes, base = results.lanes, results.baseline
    fastest, slowest = best_lane(lanes, "descent_area"), best_lane(lanes, "stagnation_longest")
    fairest = best_lane(lanes, "misallocation", largest=False)
    if fairest is not None and _are_equal(fairest, base, "misallocation"):
        fairest = base
    if slowest is not None and (len(lanes) == 1 or _are_equal(slowest, base, "stagnation_longest")):
        slowest = None
    others = [lane.differences["descent_area"] for lane in lanes if lane.lane != base.lane]
    own, share = base.metrics["descent_area"].mean, ""
    if fastest is not None and own > 0:  # a difference that is told apart may still be tiny
        percents = np.array([100 * fastest.differences["descent_area"].mean / own])
        share = number(percents[0], decimals(percents, percents))
    return {
        "fall": fall,
        "best": fastest,
        "share": share,
        "others": others,
        "intervals": any(np.isfinite(difference.lo) for difference in others),
        "verdicts": _verdicts(others),
        "fairest": fairest,
        "slowest": slowest,
    }


def world_answer(results: Results) -> dict[str, Any]:
    """The answer about simulated worlds."""
    deviating = [x for x in results.lanes if x.population in results.deviations and x.metrics["ic_gap"].n]
    return {
        "fall": fall,
        "crowds": [_crowd(results.select_population(name), name) for name in results.crowds] if results.worlds else [],
        "deviating": deviating,
        "verdicts": _verdicts(lane.metrics["ic_gap"] for lane in deviating),
        "most": max(deviating, key=lambda lane: lane.metrics["ic_gap"].mean, default=None),
        "policy_name": policy_name,
    }


def fall(lane: LaneResult) -> Estimate:
    """The descent area, a mean of logarithms, as the fraction by which the geometric mean of the loss is lower."""
    area = lane.metrics["descent_area"]
    mean, lo, hi = (float(-np.expm1(-value)) for value in (area.mean, area.lo, area.hi))
    return Estimate(mean, lo, hi, area.n)


def _are_equal(one: LaneResult, other: LaneResult, metric: str) -> bool:
    return one.metrics[metric].mean == other.metrics[metric].mean


def _verdicts(estimates: Iterable[Estimate]) -> dict[str, int]:
    return {"above": 0, "below": 0, "level": 0, "unknown": 0, **Counter(map(verdict, estimates))}


def _crowd(results: Results, population: str) -> dict[str, Any]:
    """The fastest policy of a population, the baseline's, and what dishonest strategies were paid under these."""
    base = results.baseline
    fastest = best_lane(results.lanes, "descent_area") or base
    least = best_lane(results.lanes, "dishonest_share", largest=False) or base
    honest = {kind.name for kind in kinds(results) if kind.honest}
    mix = results.populations.get(population, {}).get("mix", [])
    return {
        "population": population,
        "only": len(results.lanes) == 1,
        "fastest": fastest,
        "base": base,
        "dishonest": sum(part["share"] for part in mix if not honest & set(part["strategy"])),
        "paid": list({lane.lane: lane for lane in (fastest, base, least)}.values()),
    }
