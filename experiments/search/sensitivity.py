"""Sensitivity: a candidate with each of its searched numbers a quarter smaller and a quarter larger."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from experiments.search.family import STRICTLY, Family
from experiments.search.space import RULES, Candidate, Space
from policies import build, find
from policies.base import Declared
from policies.rewards import build as build_reward
from policies.rewards import find as find_reward

STEPS = (0.75, 1.25)  #: factors

Neighbour = tuple[str, float, Candidate]
"""The name of a number (`start`, `reward.tau_days` or `rules.alpha`), its new value, and the candidate with it."""


def neighbours(space: Space, candidate: Candidate) -> list[Neighbour]:
    """All neighbours of a candidate that differ from it.

    A number stays within the bounds of its parameter, and within those that rules set by other numbers. Numbers that
    are tied to it move with it. A constant of the mechanism stays in its range of the search.
    """
    return [each for each in _neighbours(space, candidate) if each[2].lane != candidate.lane]


def _neighbours(space: Space, candidate: Candidate) -> Iterator[Neighbour]:
    lane = candidate.lane
    policy, reward = space.chosen(candidate.params)
    for name, value, spec in _moved(policy, lane.policy.spec(), find):
        yield name, value, replace(candidate, lane=replace(lane, policy=build(spec)))
    if lane.reward is not None:
        for name, value, spec in _moved(reward, lane.reward.spec(), find_reward):
            yield f"reward.{name}", value, replace(candidate, lane=replace(lane, reward=build_reward(spec)))
    for key, dimension in space.constants.items():
        usual = getattr(lane.rules, key)
        for step in STEPS:
            moved = round(step * usual) if dimension.scale == "integer" else step * usual
            value = type(usual)(min(max(moved, dimension.low), dimension.high))
            rules = replace(lane.rules, **{key: value})
            yield f"{RULES}.{key}", value, replace(candidate, lane=replace(lane, rules=rules))


def _moved(family: Family, spec: Mapping[str, Any], find_kind: Any) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """For each searched number and step: the name, the new value, and the policy with it."""
    values = dict(spec[family.kind])
    for key in family.free:
        for step in STEPS:
            mine = _shifted(find_kind(family.kind), family, values, key, step)
            yield key, mine[key], {family.kind: mine}
    if family.then is not None:
        for key, value, inner in _moved(family.then, values["then"], find):
            yield f"then.{key}", value, {family.kind: {**values, "then": inner}}


def _shifted(kind: type[Declared], family: Family, values: Mapping[str, Any], key: str, step: float) -> dict[str, Any]:
    """The parameters with one of them and those tied to it moved."""
    tied = [key, *(mine for mine, other in family.tied.items() if other == key)]
    declared = [kind.parameters()[each] for each in tied]
    moved = step * values[key]
    if declared[0].scale == "integer":
        moved = float(round(moved))
    moved = min(max(moved, *(each.low for each in declared)), *(each.high for each in declared))
    for left, relation, right in kind.rules:
        if left in tied and right not in tied:
            moved = min(moved, values[right] if relation == "<=" else STRICTLY * values[right])
        elif right in tied and left not in tied:
            moved = max(moved, values[left] if relation == "<=" else values[left] / STRICTLY)
    return {**values, **dict.fromkeys(tied, moved)}
