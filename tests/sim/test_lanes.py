"""Lanes times worlds as columns."""

import pytest
from steady_world import lane

from sim.lanes import Columns


def test_columns_are_lanes_by_worlds() -> None:
    """Lane 0 in every world, then lane 1 in every world; each column has the rules of its lane."""
    columns = Columns([lane("linear", delay=300), lane("fixed", delay=0)], 3)
    assert columns.width == 6
    assert columns.world.tolist() == [0, 1, 2, 0, 1, 2]
    assert [columns.lane_of(column).name for column in range(6)] == ["linear"] * 3 + ["fixed"] * 3
    assert columns.delay.tolist() == [300] * 3 + [0] * 3


@pytest.mark.parametrize(
    ("policy", "floor", "least", "reads", "learns"),
    [
        ({"fixed": {"epsilon": 0.01}}, 0.01, 0.01, False, False),
        ({"half-life": {"end": 0.002}}, 0.002, 0.002, False, False),
        ("descent-shield", 0.0, 0.0, True, False),
        ({"reign-controller": {"then": {"fixed": {"epsilon": 0.01}}}}, 0.01, 0.0, True, True),
    ],
)
def test_a_column_says_what_its_policy_needs(
    policy: object, floor: float, least: float, reads: bool, learns: bool
) -> None:
    """Epsilon after full decay, the least that it can be where history decides, and whether it reads and learns."""
    (row,) = Columns([lane(policy)], 1).table
    assert row["floor"] == pytest.approx(floor)
    assert row["least"] == pytest.approx(least)
    assert (row["reads"], row["learn"] != 0) == (reads, learns)


def test_samples_are_drawn_where_a_lane_compares_them() -> None:
    """One lane with wins per sample is enough."""
    assert not Columns([lane("fixed"), lane("linear")], 1).sampled
    assert Columns([lane("fixed"), lane("linear", wins="per-sample")], 1).sampled
