"""A spec as plain data."""

import json

from small_race import recipe
from small_world import keys, world

from experiments.recipe.recipe import load
from experiments.recipe.resolved import AGES, lane_plain, plain
from policies import build
from sim.lanes import Lane


def test_a_world_in_plain_data(tmp_path):
    """Cases, populations and lanes by name, defaults included; the number of worlds is not there."""
    found = plain(world(tmp_path, *keys("progress: {law: {tokens: 1e12}}")))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    case = found["scenario"]["cases"]["little"]
    assert (case["days"], case["progress"][0]["law"]["tokens"], case["progress"][0]["share"]) == (10, 1e12, 1.0)
    assert len(case["progress"][0]["law"]["constants"]) == 5
    assert list(found["populations"]) == ["honest"]
    assert [(lane["name"], lane["reward"], lane["population"]) for lane in found["lanes"]] == [
        ("sn9-2025-03", {"subnet": {}}, "honest"),
        ("shield", {"subnet": {}}, "honest"),
    ]
    assert "worlds" not in found


def test_a_race_in_plain_data(tmp_path):
    """The numbers of a race as their hash, which another loss changes; races have no rewards."""
    found = plain(load(recipe(tmp_path)))
    (race,) = found["scenario"]["races"]
    assert (race["name"], race["submissions"], len(race["sha256"])) == ("small", 4, 64)
    assert "reward" not in found["lanes"][0]
    (tmp_path / "other").mkdir()
    other = plain(load(recipe(tmp_path / "other", rows="date,miner,loss\n2026-01-01,ann,3\n2026-01-02,bob,2\n")))
    assert other["scenario"]["races"][0]["sha256"] != race["sha256"]


def test_a_policy_off_the_shelf_brings_its_epsilon(tmp_path):
    """A spec tells two functions of one name apart, though they agree at all ages that it holds."""
    policies = ("fixed", lambda age: 0.001, lambda age: 0.001 + 0.0 * min(age, 1.0))
    lanes = [Lane("mine", build(policy)) for policy in policies]
    fixed, constant, other = (lane_plain(lane) for lane in lanes)
    assert "epsilon" not in fixed
    assert constant["epsilon"] == other["epsilon"] == [0.001] * len(AGES)
    assert "code" not in constant  # it is in a file, whose text counts
    for lane in lanes[1:]:
        type(lane.policy).__module__ = "typed at a prompt"
    assert lane_plain(lanes[1])["code"] != lane_plain(lanes[2])["code"]
