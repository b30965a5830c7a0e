"""The result in sentences, computed from the data: what was found, how sure it is, and how large."""

from collections import Counter

import numpy as np

from experiments.compare import LaneResult
from experiments.estimate import Estimate
from experiments.report.looks import best
from experiments.report.results import Results
from experiments.report.text import decimals, lane_name, number, percent, plain
from experiments.report.verdict import verdict

CAUTION = (
    "The submissions are given and do not react to the policy: these numbers show what an advantage costs, not "
    "what it is for, such as making copies worthless."
)


def findings(results: Results) -> list[str]:
    """Sentences for the head of the page, as HTML."""
    first = best(results.lanes, "descent_area")
    if first is None:
        return ["No world finished, so there is nothing to compare; the errors are below."]
    return [_descent(results, first), _counts(results), *_pay(results), *_stagnation(results), CAUTION]


def _descent(results: Results, first: LaneResult) -> str:
    base, difference = results.baseline, first.differences["descent_area"]
    below = percent(fall(first.metrics["descent_area"]))
    low = f"Averaged over the contest, its king's loss was {below} below the first one"
    if first.lane == base.lane or difference.mean == 0:
        claim = f"No lane followed the published descent more closely than the baseline {lane_name(base.lane)}."
        return f"<strong>{claim}</strong> {low}."
    claim = {
        "above": "followed the published descent most closely, more closely than the baseline",
        "level": "has the largest descent area, but is not told apart from the baseline",
        "unknown": "has the largest descent area; without intervals this is no evidence against the baseline",
    }[_shown(difference)]
    return (
        f"<strong>{lane_name(first.lane)} {claim} {lane_name(base.lane)}.</strong> {low}; the paired difference "
        f"to the baseline is {percent(difference, sign=True)} of the loss ({worlds_of(difference)})"
        f"{_scale(difference, base)}."
    )


def fall(area: Estimate) -> Estimate:
    """A mean of logarithms as the fraction by which the geometric mean of the loss is lower."""
    mean, lo, hi = (float(-np.expm1(-value)) for value in (area.mean, area.lo, area.hi))
    return Estimate(mean, lo, hi, area.n)


def worlds_of(e: Estimate) -> str:
    """How many worlds stand behind a number."""
    return f"n = {e.n} world{'' if e.n == 1 else 's'}"


def _shown(difference: Estimate) -> str:
    found = verdict(difference)
    return "level" if found == "below" else found  # a lane that is missing worlds may lead and still be below


def _scale(difference: Estimate, base: LaneResult) -> str:
    """How large a difference is beside what the baseline achieved: a sure difference may still be tiny."""
    own = base.metrics["descent_area"].mean
    if not own > 0:
        return ""
    share = 100 * difference.mean / own
    return f", which is {number(share, decimals(np.array([share]), np.array([share])))} % of the baseline's own descent"


def _counts(results: Results) -> str:
    others = [lane for lane in results.lanes if lane.lane != results.baseline.lane]
    if not others:
        return "There is no other lane to compare the baseline with."
    if not any(np.isfinite(lane.differences["descent_area"].lo) for lane in others):
        return "One world per race gives no interval, so no difference is told apart from noise."
    count = Counter(verdict(lane.differences["descent_area"]) for lane in others)
    parts = [
        f"{count['above']} followed the descent more closely than the baseline",
        f"{count['below']} less closely",
        f"{count['level']} {'is' if count['level'] == 1 else 'are'} not told apart from it",
    ]
    if count["unknown"]:
        parts.append(f"{count['unknown']} cannot be compared")
    lanes = "lane" if len(others) == 1 else "lanes"
    return f"Of the {len(others)} other {lanes}, {', '.join(parts[:-1])}, and {parts[-1]}."


def _pay(results: Results) -> list[str]:
    fairest = best(results.lanes, "misallocation", largest=False)
    if fairest is None:
        return []
    base = results.baseline
    if fairest.metrics["misallocation"].mean == base.metrics["misallocation"].mean:
        fairest = base
    text = (
        f"Rewards followed the descent most closely under {lane_name(fairest.lane)}: "
        f"{percent(fairest.metrics['misallocation'])} of emission went to others than those who made the loss fall"
    )
    own = base.metrics["misallocation"]
    if fairest.lane == base.lane or not own.n:
        return [f"{text}."]
    unsure = verdict(fairest.differences["misallocation"]) in ("level", "above")
    tail = ", not told apart from that" if unsure else ""
    return [f"{text} (baseline: {percent(own)}{tail})."]


def _stagnation(results: Results) -> list[str]:
    slowest = best(results.lanes, "stagnation_longest")
    if slowest is None or len(results.lanes) == 1:
        return []
    mine, base = slowest.metrics["stagnation_longest"], results.baseline.metrics["stagnation_longest"]
    if mine.mean == base.mean:
        return []
    own = f"{plain(mine, 'days')} (baseline: {plain(base, 'days')})"
    return [f"The longest wait for a truly better king was under {lane_name(slowest.lane)}: {own}."]
