"""Rows of worlds: which lanes they have, and what they are compared with."""

import pytest

from experiments.bench import worlds as room
from experiments.bench.row import row
from policies import names

ROW = list(row("", 1, 1, None, 1.0))


@pytest.fixture(autouse=True)
def once(monkeypatch):
    """One run of each is enough here."""
    monkeypatch.setattr(room, "REPEATS", 1)


def test_lanes_cycle_over_the_shelf_and_begin_with_fixed():
    """One lane is `fixed`, as is the contest by hand; the others follow in order, and then all again."""
    shelf = ["fixed", *sorted(set(names()) - {"fixed"})]
    assert [lane.policy.name() for lane in room.shelf_lanes(len(shelf) + 2)] == [*shelf, *shelf[:2]]


def test_a_world_is_beside_the_contest_by_hand():
    """The row of a world tells its lanes and steps; by hand means one policy times the lanes."""
    one, two = (room.lanes_row(lanes, 0.5, 8) for lanes in (1, 2))
    assert (one["what"], two["what"]) == ("world: fixed", "world: the whole shelf")
    for each in (one, two):
        assert list(each) == ROW
        assert each["us_per_lane_step"] == pytest.approx(1e6 * each["seconds"] / each["lanes"] / 24)
        assert each["ratio"] == each["seconds"] / each["simpy_seconds"]
