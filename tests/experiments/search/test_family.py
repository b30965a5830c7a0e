"""A family: which parameters are searched in which ranges, and how the others follow from them."""

from typing import Any

import pytest
from search_spaces import refused, space


@pytest.mark.parametrize("value", [[0.1], "text", True, {1: 2}, 10**400, float("nan"), -1])
def test_what_is_no_number_is_refused_where_it_stands(value: Any) -> None:
    """As a parameter and as an end of its range, with the key path."""
    path = ("policies", 0, "linear", "start")
    refused("start is|unknown key", path if not isinstance(value, dict) else (*path, "1"), {"linear": {"start": value}})
    refused("start is", (*path, "low"), {"linear": {"start": {"low": value}}})


@pytest.mark.parametrize(
    ("body", "message", "path"),
    [
        ({"end": {"same_as": ["start"]}}, "names another parameter", ("end",)),
        ({"end": {"same_as": "start", "low": 0}}, "and nothing else", ("end",)),
        ({"start": {"scale": ["log"]}}, "must be one of linear, log, integer", ("start", "scale")),
        ({"start": {"low": 0, "scale": "log"}}, "begins above 0", ("start",)),
        ({"start": {"low": 0.5, "high": 0.1}}, "is empty", ("start",)),
        ({"decay_blocks": {"low": 1.5, "scale": "integer"}}, "between whole numbers", ("decay_blocks",)),
        ({"start": {"same_as": "decay_blocks"}}, "cannot be searched in these ranges", ()),
        ({7: 1}, "has no parameter 7", ("7",)),
        ([1], "is a mapping of parameters", ()),
    ],
)
def test_ranges_that_cannot_be_searched(body: Any, message: str, path: tuple[str, ...]) -> None:
    """Each is refused with the rule it breaks."""
    where = ("policies", 0) if "these ranges" in message else ("policies", 0, "linear", *path)
    refused(message, where, {"linear": body})


def test_a_share_of_a_tied_number() -> None:
    """A share of a parameter that has the value of another one is taken of that value, whatever the order."""
    one = space({"two-scale": {"start": {"same_as": "weight"}, "weight": {"low": 0.004, "high": 0.012}}})
    found = one.candidate(one.middle).lane.policy.values
    assert (found["start"], found["end"]) == (pytest.approx(0.008), pytest.approx(0.004))


def test_numbers_that_depend_on_each_other() -> None:
    """Where each of several numbers is tied to, or a share of, another one, there is none to begin with."""
    body = {"start": {"same_as": "fast_blocks"}, "slow_blocks": {"same_as": "end"}}
    message = "end and fast_blocks and start and slow_blocks depend on each other; leave one `same_as` out"
    refused(message, ("policies", 0, "two-scale", "end"), {"two-scale": body})


def test_a_number_below_a_fixed_one_is_not_searched() -> None:
    """The range of the larger number begins at the fixed smaller one, and must not be empty."""
    one = space({"linear": {"end": 0.001, "start": {"low": 0.0005, "high": 0.01}}})
    (start,) = (axis for axis in one.dimensions if axis.name == "linear.start")
    assert (start.low, start.high) == (0.001, 0.01)
    refused("can never be at least end, which is 0.02", ("policies", 0, "linear", "start"),
            {"linear": {"end": 0.02, "start": {"low": 0.0005, "high": 0.01}}})  # fmt: skip
