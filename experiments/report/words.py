"""The result in sentences, computed from the data: what was found, how sure it is, and how large."""

from collections import Counter

import numpy as np

from experiments.compare import LaneResult
from experiments.estimate import Estimate
from experiments.report.looks import best
from experiments.report.results import Results
from experiments.report.text import lane as name_of
from experiments.report.text import number, percent, plain
from experiments.report.verdict import verdict


def findings(results: Results) -> list[str]:
    """Sentences for the head of the page, as HTML."""
    first = best(results.lanes, "descent_area")
    if first is None:
        return ["No world finished, so there is nothing to compare; the errors are below."]
    return [_descent(results, first), _counts(results), *_pay(results), *_stagnation(results)]


def _descent(results: Results, first: LaneResult) -> str:
    base, area = results.baseline, first.metrics["descent_area"]
    difference = first.differences["descent_area"]
    if first.lane == base.lane or difference.mean == 0:
        return (f"<strong>No lane let the loss fall faster than the baseline {name_of(base.lane)}.</strong> Averaged "
                f"over the contest, its king's loss was {percent(area)} below the first one.")
    claim = {"above": "let the loss fall fastest, and faster than the baseline",
             "level": "has the largest descent area, but is not told apart from the baseline",
             "unknown": "has the largest descent area; without intervals this is no evidence against the baseline",
             }[_shown(difference)]
    return (f"<strong>{name_of(first.lane)} {claim} {name_of(base.lane)}.</strong> Averaged over the contest, its "
            f"king's loss was {percent(area)} below the first one; the paired difference to the baseline is "
            f"{percent(difference, sign=True)} (n = {difference.n} worlds){_scale(difference, base)}.")


def _shown(difference: Estimate) -> str:
    found = verdict(difference)
    return "level" if found == "below" else found  # a lane that is missing worlds may lead and still be below


def _scale(difference: Estimate, base: LaneResult) -> str:
    """How large a difference is beside what the baseline achieved: a sure difference may still be tiny."""
    own = base.metrics["descent_area"].mean
    if not own > 0:
        return ""
    share = 100 * difference.mean / own
    return f", which is {number(share, 2 if share < 1 else 0)} % of the baseline's own descent"


def _counts(results: Results) -> str:
    others = [lane for lane in results.lanes if lane.lane != results.baseline.lane]
    if not others:
        return "There is no other lane to compare the baseline with."
    if not any(np.isfinite(lane.differences["descent_area"].lo) for lane in others):
        return ("One world per race gives no interval, so no difference is told apart from noise; "
                "more worlds would tell.")
    count = Counter(verdict(lane.differences["descent_area"]) for lane in others)
    parts = [f"{count['above']} let the loss fall faster than the baseline", f"{count['below']} slower",
             f"{count['level']} {'is' if count['level'] == 1 else 'are'} not told apart from it"]
    if count["unknown"]:
        parts.append(f"{count['unknown']} cannot be compared")
    lanes = "lane" if len(others) == 1 else "lanes"
    return f"Of the {len(others)} other {lanes}, {', '.join(parts[:-1])}, and {parts[-1]}."


def _pay(results: Results) -> list[str]:
    fairest = best(results.lanes, "misallocation", largest=False)
    if fairest is None:
        return []
    base = results.baseline
    text = (f"Rewards followed the descent most closely under {name_of(fairest.lane)}: "
            f"{percent(fairest.metrics['misallocation'])} of emission went to others than those who made the loss fall")
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
    return [f"The longest wait for a truly better king was under {name_of(slowest.lane)}: {plain(mine, 'days')} "
            f"(baseline: {plain(base, 'days')})."]
