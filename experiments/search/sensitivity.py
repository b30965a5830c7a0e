"""Sensitivity: a candidate with each of its searched numbers a quarter smaller and a quarter larger."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.results.estimate import Estimate
from experiments.search.family import STRICTLY, Family
from experiments.search.space import RULES, Candidate, Space
from policies import PolicyError, build, find
from policies.base import Declared
from policies.rewards import build as build_reward
from policies.rewards import find as find_reward

STEPS = (0.75, 1.25)  #: factors


@dataclass(frozen=True)
class Sensitivity:
    """How much a candidate depends on its numbers: its gain over the first baseline with each of them moved."""

    worst: float  #: the least mean gain of all; NaN if one failed
    mean: float  #: the mean over all; NaN if one failed
    robust: bool  #: it stays better than the baseline whichever number is a quarter off
    numbers: dict[str, list[dict[str, Any]]]  #: by name: each `value`, and the `difference` in the final worlds


def summarize(shifts: Iterable[tuple[str, float, Estimate]]) -> Sensitivity:
    """The sensitivity of a candidate, from the name and value of each number and the gain with it."""
    numbers: dict[str, list[dict[str, Any]]] = {}
    for name, value, gain in shifts:
        numbers.setdefault(name, []).append({"value": value, "difference": gain})
    means = [each["difference"].mean for several in numbers.values() for each in several]
    worst = float(np.min(means))
    return Sensitivity(worst, float(np.mean(means)), worst > 0, numbers)


Neighbour = tuple[str, float, Candidate]
"""The name of a number (`start`, `reward.tau_days` or `rules.alpha`), its new value, and the candidate with it."""


def neighbours(space: Space, candidate: Candidate) -> list[Neighbour]:
    """All neighbours of a candidate that differ from it and break no law of epsilon.

    A number stays within the bounds of its parameter, and within those that rules set by other numbers. Numbers that
    are tied to it move with it. A constant of the mechanism stays in its range of the search.
    """
    lane = candidate.lane
    policy, reward = space.families_of(candidate.params)
    moved = []
    for name, value, spec in _move(policy, lane.policy.spec(), find):
        with suppress(PolicyError):
            moved.append((name, value, replace(lane, policy=build(spec))))
    if lane.reward is not None:
        found = _move(reward, lane.reward.spec(), find_reward)
        moved += [(f"reward.{name}", value, replace(lane, reward=build_reward(spec))) for name, value, spec in found]
    for key, dimension in space.constants.items():
        usual = getattr(lane.rules, key)
        for step in STEPS:
            number = round(step * usual) if dimension.scale == "integer" else step * usual
            value = type(usual)(min(max(number, dimension.low), dimension.high))
            moved.append((f"{RULES}.{key}", value, replace(lane, rules=replace(lane.rules, **{key: value}))))
    return [(name, value, replace(candidate, lane=each)) for name, value, each in moved if each != lane]


def _move(
    family: Family, spec: Mapping[str, Any], find_kind: Callable[[str], type[Declared]]
) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """For each searched number and step: the name, the new value, and the policy with it."""
    kind, values = find_kind(family.kind), dict(spec[family.kind])
    for key in family.free:
        together = [key, *(tied for tied, other in family.tied.items() if other == key)]
        declared = [kind.parameters()[each] for each in together]
        for step in STEPS:
            value = step * values[key]
            if declared[0].scale == "integer":
                value = float(round(value))
            value = min(max(value, *(each.low for each in declared)), *(each.high for each in declared))
            for left, relation, right in kind.rules:
                if left in together and right not in together:
                    value = min(value, values[right] if relation == "<=" else STRICTLY * values[right])
                elif right in together and left not in together:
                    value = max(value, values[left] if relation == "<=" else values[left] / STRICTLY)
            yield key, value, {family.kind: {**values, **dict.fromkeys(together, value)}}
    if family.then is not None:
        for key, value, inner in _move(family.then, values["then"], find):
            yield f"then.{key}", value, {family.kind: {**values, "then": inner}}
