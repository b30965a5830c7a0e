"""Rows of policies: compiled beside interpreted, and never a time."""

import numpy as np
import pytest

from experiments.bench import policies as room
from experiments.bench.row import row
from policies import find, names
from sim.clock import BLOCKS_PER_DAY

ROW = list(row("", 1, 1, None, 1.0))


@pytest.fixture(autouse=True)
def once(monkeypatch):
    """One run of each is enough here."""
    monkeypatch.setattr(room, "REPEATS", 1)


def test_each_policy_has_a_row():
    """One row per policy of the shelf, beside the same formula interpreted; both were compared to the last bit."""
    rows = room.policy_rows(calls=20, interpreted_calls=5)
    assert [each["what"] for each in rows] == [f"epsilon: {name}, one call" for name in names()]
    assert all(list(each) == ROW and each["ratio"] > 0 for each in rows)


def test_a_policy_that_differs_when_compiled_is_told(monkeypatch):
    """The benchmark of something that computes something else stops."""
    compile_policy, other = room.compile_policy, find("fixed")(epsilon=0.1)
    calls: list[str] = []

    def compiled(policy, *rest):
        calls.append(policy.name())
        return compile_policy(other if calls == ["linear"] else policy, *rest)

    monkeypatch.setattr(room, "compile_policy", compiled)
    monkeypatch.setattr(room, "names", lambda: ["linear"])
    with pytest.raises(ArithmeticError, match="linear gives another sum"):
        room.policy_rows(calls=5, interpreted_calls=5)


def test_history_is_such_as_a_world_has():
    """Ages are whole blocks of 30 days, and a model was crowned after it was committed, if it was."""
    age, since, _, gap, loss, *_ = room.history(700).T
    assert np.array_equal(age, np.floor(age))
    assert 0 <= age.min() < age.max() < 30 * BLOCKS_PER_DAY
    assert np.all(since <= age)
    assert np.array_equal(np.isfinite(gap), np.isfinite(loss))
