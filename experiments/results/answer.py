"""The answer of a run in two or three sentences, for somebody who does not know the field."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import floor, isfinite, log10, nan
from typing import Any

from experiments.results.compare import LaneResult, counterparts, policy_name
from experiments.results.estimate import Estimate, worlds_needed

RESOLVED = 0.02  #: of the descent: the difference that the answer says how many worlds it takes to see
FEW = 8  #: fewer worlds say little about their own spread
OF_RACES = (
    "The submissions of a race are given: it shows whom a policy crowns and what a margin costs, not what miners would "
    "do if they were paid otherwise."
)
Pair = tuple[LaneResult, LaneResult]  #: a lane, and the baseline's policy in the same population


def answer(lanes: Sequence[LaneResult], manifest: Mapping[str, Any]) -> list[str]:
    """Which policy makes the loss fall fastest, at which cost, and how sure that is.

    Args:
        lanes: of `compare`.
        manifest: of the run.
    """
    bases = [lanes[i] for i in counterparts(lanes, manifest["baseline"])]
    pairs = [pair for pair in zip(lanes, bases, strict=True) if pair[0].metrics["descent_area"].n]
    # a population with one miner who deviates answers another question: whether that pays
    pairs = [pair for pair in pairs if not _mean(pair[0], "ic_gap")] or pairs
    if not pairs:
        return ["No world finished, so there is nothing to compare."]
    policies = len({policy_name(lane) for lane, _ in pairs})
    if policies == 1:
        return [f"There is no other policy to compare {policy_name(pairs[0][1])} with."]
    robust, worlds = _robust(pairs), manifest["worlds"]
    if not robust and worlds < FEW:
        few = "1 world is" if worlds == 1 else f"{worlds} worlds are"
        name = policy_name(pairs[0][1])
        return [f"{few} too few to tell any policy from {name}: give more, such as --worlds {2 * FEW}."]
    chosen = robust or _best(pairs)[:1]
    costs = [] if chosen[0][0] is chosen[0][1] else _costs(chosen)
    return [
        _gain(robust) if robust else _no_gain(_best(pairs)),
        *([f"{policy_name(chosen[0][0])} {' and '.join(costs)}."] if costs else []),
        _sureness(chosen[0], policies, manifest),
    ]


def relative(lane: LaneResult, base: LaneResult, metric: str = "descent_area") -> Estimate:
    """The paired difference of a metric to the baseline's, as a fraction of its mean there; NaN where that is 0."""
    found, own = lane.differences[metric], abs(base.metrics[metric].mean) or nan
    return replace(found, mean=found.mean / own, lo=found.lo / own, hi=found.hi / own)


def percent(e: Estimate) -> str:
    """A fraction in percent with its interval: `3.4 % (0.8 to 6.0)`."""
    shown = places(50.0 * (e.hi - e.lo))
    mean = f"{100.0 * e.mean:.{shown}f} %"
    return f"{mean} ({100.0 * e.lo:.{shown}f} to {100.0 * e.hi:.{shown}f})" if e.hi > e.lo else mean


def places(half: float) -> int:
    """Digits after the point that leave one or two digits of half an interval; one where there is none."""
    return min(3, max(0, 1 - floor(log10(2.0 * half)))) if isfinite(half) and half > 0.0 else 1


def _mean(lane: LaneResult, metric: str) -> float:
    """The mean of a metric that a race, or a lane without a king, may lack; then 0."""
    found = lane.metrics.get(metric)
    return found.mean if found is not None and found.n else 0.0


def _populations(pairs: Sequence[Pair]) -> list[str]:
    return list(dict.fromkeys(lane.population for lane, _ in pairs))


def _best(pairs: Sequence[Pair]) -> list[Pair]:
    """The fastest lane of each population."""
    crowds = ([pair for pair in pairs if pair[0].population == name] for name in _populations(pairs))
    return [max(crowd, key=lambda pair: pair[0].differences["descent_area"].mean) for crowd in crowds]


def _robust(pairs: Sequence[Pair]) -> list[Pair]:
    """The lanes of the policy with the largest least lower limit over all populations; none if that is not above 0."""
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(policy_name(pair[0]), []).append(pair)
    limits = {
        name: min(relative(*pair).lo for pair in group)
        for name, group in groups.items()
        if len(group) == len(_populations(pairs)) and all(relative(*pair).lo > 0.0 for pair in group)
    }
    return groups[max(limits, key=lambda name: limits[name])] if limits else []


def _gain(robust: Sequence[Pair]) -> str:
    lane, base = robust[0]
    by = ", ".join(f"{percent(relative(*pair))}{_where(pair, robust)}" for pair in robust)
    return f"Under {policy_name(lane)} the loss falls faster than under {policy_name(base)}: by {by}."


def _no_gain(best: Sequence[Pair]) -> str:
    gains = []
    for lane, base in best:
        gain, where = relative(lane, base), _where((lane, base), best)
        if lane is base or not gain.mean > 0.0:
            gains.append(f"nothing is faster{where}")
        else:
            doubt = "" if gain.lo > 0.0 else ", which may be chance"
            gains.append(f"{policy_name(lane)} by {percent(gain)}{where}{doubt}")
    every, name = " in all populations" if len(best) > 1 else "", policy_name(best[0][1])
    if all(gain.startswith("nothing") for gain in gains):
        return f"No policy makes the loss fall faster than {name}."
    return f"No policy makes the loss fall surely faster than {name}{every}. Fastest: {'; '.join(gains)}."


def _where(pair: Pair, among: Sequence[Pair]) -> str:
    return f" in {pair[0].population!r}" if len(among) > 1 else ""


def _costs(pairs: Sequence[Pair]) -> list[str]:
    """What the policy costs in pay to cheats and in compute, in populations that have either."""
    out, paid = [], []
    for lane, base in pairs:
        now, then = (100.0 * _mean(each, "dishonest_share") for each in (lane, base))
        if max(now, then) > 0.0:
            paid.append(f"{now:.0f} % instead of {then:.0f} %{_where((lane, base), pairs)}")
    if paid:
        out.append(f"pays cheats {', '.join(paid)}")
    hours = [relative(*pair, "gpu_hours").mean for pair in pairs if _mean(pair[1], "gpu_hours") > 0.0]
    if hours and abs(most := max(hours, key=abs)) >= 0.005:
        bound = "up to " if len(pairs) > 1 else ""
        out.append(f"takes {bound}{abs(100 * most):.0f} % {'more' if most > 0 else 'less'} compute")
    return out


def _sureness(pair: Pair, policies: int, manifest: Mapping[str, Any]) -> str:
    worlds, difference = manifest["worlds"], pair[0].differences["descent_area"]
    few = ", which are few" if worlds < FEW else ""
    told = f"Brackets are 95 % intervals over {difference.n} worlds{few}; the best of {policies} policies looks better"
    told += " than it is."
    if manifest.get("kind") != "world":
        return f"{told} {OF_RACES}"
    needed = worlds_needed(difference, worlds, RESOLVED * abs(pair[1].metrics["descent_area"].mean) or nan)
    if needed is not None and needed > worlds:
        told += f" To see a difference of {100 * RESOLVED:.0f} % takes some {needed:,} worlds."
    return told
