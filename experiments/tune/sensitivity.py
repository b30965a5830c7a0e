"""Sensitivity: a candidate with each of its searched numbers a quarter smaller and a quarter larger."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.estimate import Estimate
from experiments.tune.dimension import Dimension
from experiments.tune.family import STRICTLY, Family
from experiments.tune.finalist import plain
from experiments.tune.space import FAMILY, REWARD, RULES, Candidate, Space
from policies import build, find
from policies.base import Declared
from policies.rewards import build as build_reward
from policies.rewards import find as find_reward

STEPS = (0.75, 1.25)
"""What each number is multiplied by."""


@dataclass(frozen=True)
class Neighbour:
    """A candidate of which one number is another.

    Attributes:
        candidate: with that number.
        name: of the number, e.g. `start`; those of rewards and rules begin with `reward.` and `rules.`.
        value: what it is.
    """

    candidate: Candidate
    name: str
    value: float


@dataclass(frozen=True)
class Sensitivity:
    """How much a candidate depends on its numbers.

    Attributes:
        trial: the candidate's.
        shifts: name and value of the number, and the gain over the first baseline in the final worlds.
    """

    trial: int
    shifts: tuple[tuple[str, float, Estimate], ...]

    @property
    def worst(self) -> float:
        """The least mean gain of all shifts; NaN if one failed."""
        return float(np.min([gain.mean for _, _, gain in self.shifts]))

    @property
    def mean(self) -> float:
        """The mean gain over all shifts; NaN if one failed."""
        return float(np.mean([gain.mean for _, _, gain in self.shifts]))

    @property
    def robust(self) -> bool:
        """Whether the candidate stays better than the baseline whichever number is a quarter off."""
        return self.worst > 0

    def document(self) -> dict[str, Any]:
        """For JSON."""
        numbers: dict[str, list[dict[str, Any]]] = {}
        for name, value, gain in self.shifts:
            numbers.setdefault(name, []).append({"value": value, "difference": gain.document()})
        return {"worst": plain(self.worst), "mean": plain(self.mean), "robust": self.robust, "numbers": numbers}


def neighbours(space: Space, candidate: Candidate) -> list[Neighbour]:
    """All of a candidate, but those that the bounds leave where they are.

    A number stays within the bounds of its parameter, and where a rule holds it below or above another one, it goes as
    far as that one. Numbers that are tied to it go with it. A constant of the rules stays in its range of the search.
    """
    found = [*_policies(space, candidate), *_rewards(space, candidate), *_constants(space, candidate)]
    return [each for each in found if each.candidate.lane != candidate.lane]


def _policies(space: Space, candidate: Candidate) -> Iterator[Neighbour]:
    lane, family = candidate.lane, _chosen(space.families, FAMILY, candidate)
    for name, value, spec in _moved(family, lane.policy.spec(), find):
        yield Neighbour(replace(candidate, lane=replace(lane, policy=build(spec))), name, value)


def _rewards(space: Space, candidate: Candidate) -> Iterator[Neighbour]:
    lane, family = candidate.lane, _chosen(space.rewards, REWARD, candidate)
    if lane.reward is not None:
        for name, value, spec in _moved(family, lane.reward.spec(), find_reward):
            yield Neighbour(replace(candidate, lane=replace(lane, reward=build_reward(spec))), f"reward.{name}", value)


def _constants(space: Space, candidate: Candidate) -> Iterator[Neighbour]:
    lane = candidate.lane
    for key, dimension in space.constants.items():
        usual = getattr(lane.rules, key)
        for step in STEPS:
            value = type(usual)(_within(dimension, step * usual))
            rules = replace(lane.rules, **{key: value})
            yield Neighbour(replace(candidate, lane=replace(lane, rules=rules)), f"{RULES}.{key}", value)


def _chosen(families: tuple[Family, ...], name: str, candidate: Candidate) -> Family:
    return next(f for f in families if len(families) == 1 or f.label == candidate.params[name])


def _moved(family: Family, spec: Mapping[str, Any], kind: Any) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Name, value and the whole spec, for each number that was searched."""
    values = dict(spec[family.kind])
    for key in family.free:
        for step in STEPS:
            mine = _with(kind(family.kind), family, values, key, step)
            yield key, mine[key], {family.kind: mine}
    if family.then is not None:
        for key, value, inner in _moved(family.then, values["then"], find):
            yield f"then.{key}", value, {family.kind: {**values, "then": inner}}


def _with(kind: type[Declared], family: Family, values: Mapping[str, Any], key: str, step: float) -> dict[str, Any]:
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


def _within(dimension: Dimension, value: float) -> float:
    value = round(value) if dimension.scale == "integer" else value
    return min(max(value, dimension.low), dimension.high)
