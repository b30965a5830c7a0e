"""The answer of a run in sentences, from the data: what was found, how sure it is, and how large."""

from collections import Counter

import numpy as np
from markupsafe import Markup

from experiments.report.looks import best
from experiments.report.results import Results
from experiments.report.strategies import kinds
from experiments.report.text import count, decimals, lane_name, number, percent, plain, sentence, verdict
from experiments.results.compare import LaneResult, policy_name
from experiments.results.estimate import Estimate

NOTHING = "No world finished, so there is nothing to compare; the errors are below."
CAUTION_RACE = (
    "The submissions are given and do not react to the policy: these numbers show what an advantage costs, not "
    "what it is for, such as making copies worthless."
)
CAUTION_WORLD = (
    "Miners are models here: what they know, want and pay is assumed, and “How it was computed” says how. The best of "
    "many policies owes some of its lead to having been picked."
)


def of_race(results: Results) -> list[str]:
    """Sentences about replayed races, for the head of the page."""
    first = best(results.lanes, "descent_area")
    if first is None:
        return [NOTHING]
    return [_descent(results, first), _counts(results), *_pay(results), *_stagnation(results), CAUTION_RACE]


def of_world(results: Results) -> list[str]:
    """Sentences about simulated worlds, for the head of the page."""
    if not results.worlds:
        return [NOTHING]
    first, *others = names = results.crowds
    here = results.of_population(first)
    fastest = [
        sentence(
            "<strong>{}</strong>: averaged over {} days, its king's loss lay {}",
            _claim(here, first if others else ""),
            days(results),
            _gain(here),
        )
    ]
    for name in others:
        here = results.of_population(name)
        fastest.append(sentence("{}: {}", _claim(here, name), _gain(here)))
    cheating = [_cheating(results.of_population(name), name) for name in names]
    return [Markup(" ").join(fastest), *filter(None, [*cheating, _deviating(results)]), CAUTION_WORLD]


def days(results: Results) -> str:
    """The days that the cases last."""
    return " or ".join(dict.fromkeys(f"{case.days:.4g}" for case in results.races))


def _descent(results: Results, first: LaneResult) -> str:
    base, difference = results.baseline, first.differences["descent_area"]
    low = f"Averaged over the contest, its king's loss was {percent(_fall(first))} below the first one"
    if first.lane == base.lane or difference.mean == 0:
        return sentence(
            "<strong>No lane followed the published descent more closely than the baseline {}.</strong> {}.",
            lane_name(base.lane),
            low,
        )
    claims = {
        "above": "followed the published descent most closely, more closely than the baseline",
        "level": "has the largest descent area, but is not told apart from the baseline",
        "below": "has the largest descent area, but is not told apart from the baseline",  # it lacks worlds
        "unknown": "has the largest descent area; without intervals this is no evidence against the baseline",
    }
    return sentence(
        "<strong>{} {} {}.</strong> {}; the paired difference to the baseline is {} of the loss ({}){}.",
        lane_name(first.lane),
        claims[verdict(difference)],
        lane_name(base.lane),
        low,
        percent(difference, sign=True),
        _worlds(difference),
        _share(difference, base),
    )


def _fall(lane: LaneResult) -> Estimate:
    """The descent area, a mean of logarithms, as the fraction by which the geometric mean of the loss is lower."""
    area = lane.metrics["descent_area"]
    mean, lo, hi = (float(-np.expm1(-value)) for value in (area.mean, area.lo, area.hi))
    return Estimate(mean, lo, hi, area.n)


def _worlds(e: Estimate) -> str:
    return f"n = {count(e.n, 'world')}"


def _share(difference: Estimate, base: LaneResult) -> str:
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
    verdicts = Counter(verdict(lane.differences["descent_area"]) for lane in others)
    parts = [
        f"{verdicts['above']} followed the descent more closely than the baseline",
        f"{verdicts['below']} less closely",
        f"{verdicts['level']} {'is' if verdicts['level'] == 1 else 'are'} not told apart from it",
    ]
    if verdicts["unknown"]:
        parts.append(f"{verdicts['unknown']} cannot be compared")
    return f"Of the {count(len(others), 'other lane')}, {', '.join(parts[:-1])}, and {parts[-1]}."


def _pay(results: Results) -> list[str]:
    fairest = best(results.lanes, "misallocation", largest=False)
    if fairest is None:
        return []
    base = results.baseline
    if fairest.metrics["misallocation"].mean == base.metrics["misallocation"].mean:
        fairest = base
    own = base.metrics["misallocation"]
    tail = ""
    if fairest.lane != base.lane and own.n:
        unsure = verdict(fairest.differences["misallocation"]) in ("level", "above")
        tail = f" (baseline: {percent(own)}{', not told apart from that' if unsure else ''})"
    return [
        sentence(
            "Rewards followed the descent most closely under {}: {} of emission went to others than those who made "
            "the loss fall{}.",
            lane_name(fairest.lane),
            percent(fairest.metrics["misallocation"]),
            tail,
        )
    ]


def _stagnation(results: Results) -> list[str]:
    slowest = best(results.lanes, "stagnation_longest")
    if slowest is None or len(results.lanes) == 1:
        return []
    mine, base = slowest.metrics["stagnation_longest"], results.baseline.metrics["stagnation_longest"]
    if mine.mean == base.mean:
        return []
    text = "The longest wait for a truly better king was under {}: {} (baseline: {})."
    return [sentence(text, lane_name(slowest.lane), plain(mine, "days"), plain(base, "days"))]


def _fastest(results: Results) -> LaneResult:
    return best(results.lanes, "descent_area") or results.baseline


def _claim(results: Results, population: str) -> Markup:
    """Which policy makes the loss fall fastest, and how sure that is."""
    where = sentence(" in the population {}", lane_name(population)) if population else ""
    lane, own = _fastest(results), lane_name(policy_name(results.baseline))
    if len(results.lanes) == 1:
        return sentence("{} is the only policy{}", own, where)
    difference = lane.differences["descent_area"]
    if lane.lane == results.baseline.lane or difference.mean == 0:
        return sentence("No policy makes the loss fall faster than the baseline {}{}", own, where)
    claims = {
        "above": "{} makes the loss fall fastest{}",
        "level": "{} leads{}, but is not told apart from the baseline",
        "below": "{} leads{}, but is not told apart from the baseline",
        "unknown": "{} leads{}, but without intervals this is no evidence against the baseline",
    }
    return sentence(claims[verdict(difference)], lane_name(policy_name(lane)), where)


def _gain(results: Results) -> Markup:
    """How far the loss fell, against the baseline, and what both cost."""
    lane, base = _fastest(results), results.baseline
    difference, low = lane.differences["descent_area"], percent(_fall(lane))
    if lane.lane == base.lane:
        return sentence("{} below the first one ({}), with {} GPU hours.", low, _worlds(difference), _hours(lane))
    return sentence(
        "{} below the first one, {} of the loss against the baseline {} ({}), with {} GPU hours (baseline: {}).",
        low,
        percent(difference, sign=True),
        lane_name(policy_name(base)),
        _worlds(difference),
        _hours(lane),
        _hours(base),
    )


def _hours(lane: LaneResult) -> str:
    hours = lane.metrics["gpu_hours"].mean
    return f"{number(hours / 1e6, 2)} million" if hours >= 1e6 else number(hours)


def _cheating(results: Results, population: str) -> str:
    """What dishonest strategies were paid against how many follow them; empty where there are none."""
    honest = {kind.name for kind in kinds(results) if kind.honest}
    mix = results.populations.get(population, {}).get("mix", [])
    share = sum(part["share"] for part in mix if not honest & set(part["strategy"]))
    if not share:
        return ""
    least = best(results.lanes, "dishonest_share", largest=False) or results.baseline
    lanes = {lane.lane: lane for lane in (_fastest(results), results.baseline, least)}
    paid = [
        sentence("{} under {}", percent(lane.metrics["dishonest_share"]), lane_name(policy_name(lane)))
        for lane in lanes.values()
    ]
    return sentence(
        "In {}, {:.3g} % of the miners do not try to make the loss fall; their share of the emission is {}.",
        lane_name(population),
        100 * share,
        Markup(", ").join(paid),
    )


def _deviating(results: Results) -> str:
    """Whether it pays to be the only one to deviate; empty where nobody does."""
    apart = results.deviations
    lanes = [lane for lane in results.lanes if lane.population in apart and lane.metrics["ic_gap"].n]
    if not lanes:
        return ""
    verdicts = Counter(verdict(lane.metrics["ic_gap"]) for lane in lanes)
    above, below = verdicts["above"], verdicts["below"]
    pairs = (
        f"of {count(len(lanes), 'pair')} of a deviation and a policy, {above} pay, {below} cost the deviant, and "
        f"{len(lanes) - above - below} are not told apart from 0."
    )
    if not above:
        return f"No single miner is seen to gain by deviating (IC gap): {pairs}"
    most = max(lanes, key=lambda lane: lane.metrics["ic_gap"].mean)
    return sentence(
        "A single miner that deviates gains most in {} under {}: {} of the emission in profit (IC gap); {}",
        lane_name(most.population),
        lane_name(policy_name(most)),
        plain(most.metrics["ic_gap"], "equal shares"),
        pairs,
    )
