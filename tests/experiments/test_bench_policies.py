"""The rows of `steepest bench` about policies: which there are and what for; never how long it took."""

import numpy as np
import pytest

from experiments import bench_policies as room
from experiments.bench import table
from policies import find, names
from sim.backend import backend

KEYS = {"what", "lanes", "miners", "days", "device", "seconds", "per_lane_ms", "peak_mb"}


@pytest.fixture(autouse=True)
def once(monkeypatch):
    """One run of each is enough here."""
    monkeypatch.setattr(room, "REPEATS", 1)


@pytest.mark.parametrize("device", ["numpy", "torch"])
def test_each_policy_has_a_row_with_its_budget(device):
    """1 ms for policies of the age alone, 5 ms for the others, and bare functions last, which no policy can beat."""
    rows = room.policy_rows(device, models=3, lanes=4)
    own = rows[: len(names())]
    assert [row["what"] for row in own] == [f"epsilon: {name}" for name in names()]
    assert [row["allowed_ms"] for row in own] == [5.0 if find(name)().reads else 1.0 for name in names()]
    assert [row["what"].split()[1] for row in rows[len(own) :]] == ["exp", "log", "cos"]
    assert all(set(row) >= KEYS and (row["lanes"], row["miners"], row["device"]) == (4, 3, device) for row in rows)


def test_a_row_over_its_budget_says_so():
    """1.5 ms are more than 1 ms, 1 ms is not; a ratio stands beside the one that is allowed."""
    row = {"what": "epsilon", "lanes": 1, "miners": 1, "days": 30, "per_lane_ms": 1.0, "peak_mb": 1.0, "class": "D"}
    slow, fast = ({**row, "seconds": seconds, "allowed_ms": 1.0} for seconds in (1.5e-3, 1e-3))
    duel = {**row, "seconds": 3.0, "ratio": 1.5, "allowed_ratio": 2.0}
    _, first, second, third = table({"rows": [slow, fast, duel]}).splitlines()
    assert first.endswith("1.50 of 1 ms: more")
    assert second.endswith("1.00 of 1 ms")
    assert third.endswith("1.50 times, allowed 2")


@pytest.mark.parametrize("name", names())
def test_lanes_differ_within_the_search_ranges(name):
    """Every lane has other parameters, all of them where a search looks, and breaks no rule between them."""
    policy = room.spread(find(name), 50)
    for lane in range(50):
        find(name)(**{key: value[lane] for key, value in policy.values.items()})
    assert all(len(np.unique(value)) > 1 for value in policy.values.values())
    for key, parameter in policy.parameters().items():
        low, high = parameter.search
        assert np.all((policy.values[key] >= low * 0.999) & (policy.values[key] <= high * 1.001))


def test_history_is_such_as_a_world_has():
    """Ages are whole blocks of 30 days, and a model was crowned after it was committed, if it was."""
    age, seen = room.history(backend("numpy"), 100, 7)
    assert age.shape == (100, 7)
    assert np.array_equal(age, np.floor(age))
    assert 0 <= age.min() < age.max() < 30 * 7200
    assert np.all(seen.since <= age)
    assert np.array_equal(np.isfinite(seen.gap), np.isfinite(seen.loss))


def test_the_costliest_policy_is_told_beside_fixed():
    """Two worlds of the same size, and how many times as long the second took."""
    fixed, costliest = room.duel_rows(lanes=1, days=0.1)
    assert costliest["what"].rsplit(", ", 1)[1] in names()
    assert costliest["ratio"] == costliest["seconds"] / fixed["seconds"]
    assert fixed["lanes"] == costliest["lanes"] == 1
