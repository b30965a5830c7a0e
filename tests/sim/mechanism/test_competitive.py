"""The competitive filter (A6) against a double loop in plain floats."""

import numpy as np
import pytest
from generators import Models, floors, pools
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanism.competitive import competitive


def by_hand(pool: Models, floor: float, present: list[bool]) -> list[bool]:
    """A model stays if its loss is below (1 - floor) times that of every other of its block or earlier."""
    score, block, everyone = pool.score.tolist(), pool.block.tolist(), range(pool.size)
    return [
        present[i]
        and all(score[i] < (1 - floor) * score[j] for j in everyone if j != i and present[j] and block[j] <= block[i])
        for i in everyone
    ]


@given(pool=pools(strange=True), floor=floors())
def test_the_filter_is_the_double_loops(pool: Models, floor: float) -> None:
    """Who is competitive is what two loops over A6 say, with ties, exact bars, same blocks, inf and NaN."""
    assert competitive(pool.score, pool.block, floor).tolist() == by_hand(pool, floor, [True] * pool.size)


@given(pool=pools(strange=True), floor=floors(), data=st.data())
def test_absent_slots_are_not_there(pool: Models, floor: float, data: st.DataObject) -> None:
    """A slot that holds no model is never competitive, and whatever stands in it disturbs nobody."""
    present = data.draw(st.lists(st.booleans(), min_size=pool.size, max_size=pool.size))
    found = competitive(pool.score, pool.block, floor, np.array(present, dtype=bool))
    assert found.tolist() == by_hand(pool, floor, present)


@given(pool=pools(lanes=3, strange=True), floor=st.lists(floors(), min_size=3, max_size=3))
def test_each_lane_is_alone(pool: Models, floor: list[float]) -> None:
    """A lane with its own floor gives what its pool alone gives."""
    together = competitive(pool.score, pool.block, np.array(floor))
    for lane in range(3):
        alone = pool.lane(lane)
        assert together[:, lane].tolist() == competitive(alone.score, alone.block, floor[lane]).tolist()


@given(pools(least=1))
def test_the_earliest_model_is_always_kept(pool: Models) -> None:
    """A model that has nobody before or beside it cannot be filtered out."""
    first = pool.block == pool.block.min()
    if first.sum() == 1:
        assert competitive(pool.score, pool.block, 0.005)[first].all()


@given(pools(least=1))
def test_a_lower_floor_keeps_more(pool: Models) -> None:
    """Whoever clears a bar clears a lower one."""
    strict, lax = (competitive(pool.score, pool.block, floor) for floor in (0.005, 0.0001))
    assert not np.any(strict & ~lax)


@pytest.mark.parametrize(("factor", "kept"), [(0.995, False), (np.nextafter(0.995, 0), True)])
def test_the_bar_itself_is_not_enough(factor: float, kept: bool) -> None:
    """A later model at exactly (1 - floor) times the earlier loss is dropped, one ulp below it stays."""
    found = competitive(np.array([1.0, factor]), np.array([0.0, 1.0]), 0.005)
    assert found.tolist() == [True, kept]
