"""The answer in sentences, from the data: which policy was fastest, at what cost, and who gained by cheating."""

from collections import Counter

from experiments.compare import LaneResult, policy_name
from experiments.report.looks import best
from experiments.report.results import Results
from experiments.report.text import count, lane_name, number, percent, plain
from experiments.report.verdict import verdict
from experiments.report.words import fall, worlds_of
from experiments.report.world.parts import crowds, deviations, lengths, within
from experiments.report.world.strategies import kinds

CAUTION = (
    "Miners are models here: what they know, want and pay is assumed, and “How it was computed” says how. The best of "
    "many policies owes some of its lead to having been picked."
)


def findings(results: Results) -> list[str]:
    """Sentences for the head of the page, as HTML."""
    if not results.worlds:
        return ["No world finished, so there is nothing to compare; the errors are below."]
    first, *others = names = crowds(results)
    fastest = [
        f"<strong>{_claim(within(results, first), first if others else '')}</strong>: {_long(within(results, first))}",
        *(f"{_claim(within(results, name), name)}: {_short(within(results, name))}" for name in others),
    ]
    cheating = [_cheating(within(results, name), name) for name in names]
    return [" ".join(fastest), *filter(None, [*cheating, _deviating(results)]), CAUTION]


def _fastest(results: Results) -> LaneResult:
    return best(results.lanes, "descent_area") or results.baseline


def _claim(results: Results, population: str) -> str:
    """Which policy makes the loss fall fastest, and how sure that is."""
    where = f" in the population {lane_name(population)}" if population else ""
    lane, own = _fastest(results), lane_name(policy_name(results.baseline))
    if len(results.lanes) == 1:
        return f"{own} is the only policy{where}"
    difference = lane.differences["descent_area"]
    if lane.lane == results.baseline.lane or difference.mean == 0:
        return f"No policy makes the loss fall faster than the baseline {own}{where}"
    claim = {
        "above": f"makes the loss fall fastest{where}",
        "level": f"leads{where}, but is not told apart from the baseline",
        "below": f"leads{where}, but is not told apart from the baseline",
        "unknown": f"leads{where}, but without intervals this is no evidence against the baseline",
    }[verdict(difference)]
    return f"{lane_name(policy_name(lane))} {claim}"


def _long(results: Results) -> str:
    """How far the loss fell, against the baseline, and what both cost."""
    return f"averaged over {lengths(results)} days, its king's loss lay {_short(results)}"


def _short(results: Results) -> str:
    lane, base = _fastest(results), results.baseline
    difference, low = lane.differences["descent_area"], percent(fall(lane.metrics["descent_area"]))
    if lane.lane == base.lane:
        return f"{low} below the first one ({worlds_of(difference)}), with {_hours(lane)} GPU hours."
    return (
        f"{low} below the first one, {percent(difference, sign=True)} of the loss against the baseline "
        f"{lane_name(policy_name(base))} ({worlds_of(difference)}), with {_hours(lane)} GPU hours (baseline: "
        f"{_hours(base)})."
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
        f"{percent(lane.metrics['dishonest_share'])} under {lane_name(policy_name(lane))}" for lane in lanes.values()
    ]
    return (
        f"In {lane_name(population)}, {100 * share:.3g} % of the miners do not try to make the loss fall; "
        f"their share of the emission is {', '.join(paid)}."
    )


def _deviating(results: Results) -> str:
    """Whether it pays to be the only one to deviate; empty where nobody does."""
    apart = deviations(results)
    lanes = [lane for lane in results.lanes if lane.population in apart and lane.metrics["ic_gap"].n]
    if not lanes:
        return ""
    found = Counter(verdict(lane.metrics["ic_gap"]) for lane in lanes)
    pairs = (
        f"of {count(len(lanes), 'pair')} of a deviation and a policy, {found['above']} pay, {found['below']} cost the "
        f"deviant, and {len(lanes) - found['above'] - found['below']} are not told apart from 0."
    )
    if not found["above"]:
        return f"No single miner is seen to gain by deviating (IC gap): {pairs}"
    most = max(lanes, key=lambda lane: lane.metrics["ic_gap"].mean)
    return (
        f"A single miner who deviates gains most in {lane_name(most.population)} under {lane_name(policy_name(most))}: "
        f"{plain(most.metrics['ic_gap'], 'equal shares')} of the emission in profit (IC gap); {pairs}"
    )
