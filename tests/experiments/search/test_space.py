"""The search space: what a recipe may ask for, and that every point of it is a policy."""

from typing import Any

import numpy as np
import pytest
from search_spaces import refused, space

from policies import InputError, find, names
from policies.base import Parameter
from policies.rewards import find as find_reward
from policies.rewards import names as reward_names


def test_every_policy_and_reward_can_be_searched() -> None:
    """In its declared ranges, wherever the point is."""
    whole = space(*names(), rewards=list(reward_names()))
    assert len(whole.families) == len(names())
    for name in names():
        one = space(name)
        for unit in (0.0, 0.3, 1.0):
            assert one.candidate(one.fill({axis.name: unit for axis in one.axes})).family == name


@pytest.mark.parametrize("name", ["", " ", "n" * 101, "\x1b[31mred", "a\nb", 7])
def test_names_of_families(name: Any) -> None:
    """Texts of 1 to 100 characters that can be printed."""
    entry = {"name": name, "policy": "linear"}
    refused("name", ("policies", 0, "name") if isinstance(name, str) else ("policies", 0), entry)


def test_two_families_that_share_a_number() -> None:
    """Their trials would be taken for each other's."""
    nested = {"grace": {"then": "grace"}}
    refused("called 'grace.grace.linear.start'", ("policies",), {"name": "grace.grace", "policy": "linear"}, nested)
    refused("two families 'linear'", ("policies", 1), "linear", {"linear": {"start": 0.001}})


def test_constants_of_the_rules() -> None:
    """A range within what the rules allow, of a number that they have."""
    for what, message, end in (
        ({"low": 0.1, "high": [1]}, "must be a valid number", ("high",)),
        ({"low": -1, "high": 1}, "must be greater than or equal to 0.000001, not -1", ("low",)),
        ({"low": 0.2, "high": 0.1}, "not a range that can be searched", ()),
        ([0.1, 0.2], "is a range such as", ()),
    ):
        refused(message, ("rules", "temperature", *end), "linear", rules={"temperature": what})
    refused("did you mean 'temperature'", ("rules", "temprature"), "linear", rules={"temprature": {}})


class Families:
    """Draws families, sound and unsound ones."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def pick(self, things: Any) -> Any:
        """One of several things."""
        return things[self.rng.integers(len(things))]

    def family(self, kinds: Any, find: Any, depth: int = 0) -> dict[str, Any]:
        """A family of a random kind."""
        kind = find(name := self.pick(kinds))
        declared = kind.parameters()
        body = {key: self.value(each, list(declared)) for key, each in declared.items() if self.rng.random() < 0.5}
        if hasattr(kind, "usual") and depth < 2:
            body["then"] = self.family(kinds, find, depth + 1)
        return {name: body}

    def value(self, parameter: Parameter, others: list[str]) -> Any:
        """What stands for a parameter."""
        low, high = sorted(float(self.rng.uniform(*parameter.search)) for _ in range(2))
        scale = {"scale": self.pick(["log", "linear", "integer"])} if self.rng.random() < 0.5 else {}
        odd = [
            [0.1],
            "text",
            None,
            {},
            True,
            10**400,
            -1,
            {"low": [1]},
            {"same_as": {}},
            {"low": None},
            {"low": low, 1: 2},
        ]
        return self.pick(
            [
                low,
                round(low),
                parameter.low,
                parameter.high,
                {"same_as": self.pick(others)},
                {"low": low, **scale},
                {"high": high},
                {"low": low, "high": high, **scale},
                {"low": parameter.low, "high": parameter.high},
                self.pick(odd),
            ]
        )


@pytest.mark.parametrize("count", [100, pytest.param(3000, marks=pytest.mark.slow)])
def test_every_point_of_a_space_is_a_policy(count: int) -> None:
    """Random families are refused, or every one of twenty points, most of them at the ends of ranges, is a policy."""
    draw, accepted = Families(count), 0
    for _ in range(count):
        policies = [draw.family(names(), find) for _ in range(draw.rng.integers(1, 3))]
        rewards = [draw.family(reward_names(), find_reward)] if draw.rng.random() < 0.3 else ["subnet"]
        try:
            whole = space(*policies, rewards=rewards)
        except InputError:
            continue
        accepted += 1
        for _ in range(20):
            units = {axis.name: float(draw.pick([0.0, 1.0, draw.rng.random()])) for axis in whole.axes}
            whole.candidate(whole.fill(units))
    assert count / 10 < accepted < count
