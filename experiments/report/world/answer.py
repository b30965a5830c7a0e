"""The answer in sentences, from the data: which policy was fastest, at what cost, and who gained by cheating."""

from collections import Counter

from experiments.compare import LaneResult
from experiments.report.looks import best
from experiments.report.paired import policy_name
from experiments.report.results import Results
from experiments.report.text import count, lane_name, number, percent, plain
from experiments.report.verdict import verdict
from experiments.report.words import fall, worlds_of
from experiments.report.world.incomes import incomes
from experiments.report.world.parts import crowds, deviations, within
from experiments.report.world.strategies import kinds

CAUTION = (
    "Miners are models here: what they know, want and pay is assumed, and “How it was computed” says how. The best of "
    "many policies owes some of its lead to having been picked."
)


def findings(results: Results) -> list[str]:
    """Sentences for the head of the page, as HTML."""
    if not results.worlds:
        return ["No world finished, so there is nothing to compare; the errors are below."]
    names = crowds(results)
    where = [f" in the population {lane_name(name)}" if len(names) > 1 else "" for name in names]
    fastest = [_fastest(within(results, name), place) for name, place in zip(names, where, strict=True)]
    cheating = [_cheating(within(results, name), name) for name in names]
    return [" ".join(fastest), *filter(None, [*cheating, _deviating(results)]), CAUTION]


def _fastest(results: Results, where: str) -> str:
    """Which policy makes the loss fall fastest, by how much, and with how much machine time."""
    lane, base = best(results.lanes, "descent_area"), results.baseline
    if lane is None:
        return f"<strong>There was never a king{where}.</strong>"
    difference, own = lane.differences["descent_area"], lane_name(policy_name(base))
    days = " or ".join(dict.fromkeys(number(case.days, 0 if case.days >= 10 else 1) for case in results.races))
    below = percent(fall(lane.metrics["descent_area"]))
    low = f"its king's loss lay {below} below the first one, averaged over {days} days"
    if lane.lane == base.lane or difference.mean == 0:
        claim = f"No policy makes the loss fall faster than the baseline {own}{where}"
        return f"<strong>{claim}</strong>: {low}, with {_hours(lane)} GPU hours ({worlds_of(difference)})."
    claim = {
        "above": f"makes the loss fall fastest{where}",
        "level": f"leads{where}, but is not told apart from the baseline",
        "below": f"leads{where}, but is not told apart from the baseline",
        "unknown": f"leads{where}, but without intervals this is no evidence",
    }[verdict(difference)]
    hours, others = _hours(lane), _hours(base)
    cost = f"with {hours} GPU hours, {'as there' if hours == others else f'there {others}'}"
    return (
        f"<strong>{lane_name(policy_name(lane))} {claim}</strong>: {low}, {percent(difference, sign=True)} of the loss "
        f"against the baseline {own} ({worlds_of(difference)}), {cost}."
    )


def _hours(lane: LaneResult) -> str:
    hours = lane.metrics["gpu_hours"].mean
    return f"{number(hours / 1e6, 2)} million" if hours >= 1e6 else number(hours)


def _cheating(results: Results, population: str) -> str:
    """What dishonest strategies were paid against how many follow them; empty where there are none."""
    found = kinds(results)
    got, places = (
        incomes(results, [kind.name for kind in found]),
        [i for i, kind in enumerate(found) if not kind.honest],
    )
    share = got.of(got.miners, 0, places)
    if not share.mean > 0:
        return ""
    fastest, least = best(results.lanes, "descent_area"), best(results.lanes, "dishonest_share", largest=False)
    lanes = {lane.lane: lane for lane in (fastest, results.baseline, least) if lane is not None}
    paid = [
        f"{percent(lane.metrics['dishonest_share'])} under {lane_name(policy_name(lane))}" for lane in lanes.values()
    ]
    return (
        f"In {lane_name(population)}, {number(100 * share.mean)} % of the miners do not try to make the loss fall; "
        f"their share of the emission is {', '.join(paid)}."
    )


def _deviating(results: Results) -> str:
    """Whether it pays to be the only one to deviate; empty where nobody does."""
    apart = deviations(results)
    lanes = [lane for lane in results.lanes if lane.population in apart and lane.metrics["ic_gap"].n]
    if not lanes:
        return ""
    found = Counter(verdict(lane.metrics["ic_gap"]) for lane in lanes)
    most = max(lanes, key=lambda lane: lane.metrics["ic_gap"].mean)
    text = (
        f"A single miner who deviates gains most in {lane_name(most.population)} under {lane_name(policy_name(most))}: "
        f"{plain(most.metrics['ic_gap'], 'equal shares')} of emission (IC gap)"
    )
    if found["unknown"] == len(lanes):
        return f"{text}."
    return (
        f"{text}; of {count(len(lanes), 'pair')} of a deviation and a policy, {found['above']} pay, {found['below']} "
        f"cost the deviant, and {len(lanes) - found['above'] - found['below']} are not told apart from 0."
    )
