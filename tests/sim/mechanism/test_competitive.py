"""The competitive filter against plain floats."""

import numpy as np
import pytest
from generators import Models, flags, floors, pairs, pools
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanism.judge import competitive
from sim.mechanism.pool import EACH_HAS_ONE, pool_of


def filtered(pool: np.ndarray, floors: np.ndarray = EACH_HAS_ONE, paired: bool = False) -> np.ndarray:
    """Who is competitive; the count that comes back is theirs."""
    assert competitive(pool, floors, paired, True) == pool["competitive"].sum()
    return np.array(pool["competitive"])


def by_hand(pool: Models, floor: np.ndarray, present: list[bool]) -> list[bool]:
    """A model stays if its loss is below (1 - floor) times that of every other of its block or earlier."""
    score, block, everyone = pool.score.tolist(), pool.block.tolist(), range(pool.size)
    return [
        present[i]
        and all(
            score[i] < (1 - float(floor[j, i])) * score[j]
            for j in everyone
            if j != i and present[j] and block[j] <= block[i]
        )
        for i in everyone
    ]


def alike(floor: float, size: int) -> np.ndarray:
    """The same floor for every pair."""
    return np.full((size, size), floor)


@given(pool=pools(strange=True), floor=floors())
def test_the_filter_is_the_double_loops(pool: Models, floor: float) -> None:
    """Who is competitive is what two loops say, with ties, exact bars, same blocks, inf and NaN."""
    expected = by_hand(pool, alike(floor, pool.size), [True] * pool.size)
    assert filtered(pool.seats(floor)).tolist() == expected


@given(pool=pools(strange=True), data=st.data())
def test_a_floor_may_be_of_a_model_or_of_a_pair(pool: Models, data: st.DataObject) -> None:
    """Each model's own floor is what it is challenged by, and where pairs have their own, theirs is."""
    floor = data.draw(pairs(pool.size))
    assert filtered(pool.seats(), floor, True).tolist() == by_hand(pool, floor, [True] * pool.size)
    own = floor[:, :1] * np.ones(pool.size)
    assert filtered(pool.seats(own[:, 0] if pool.size else 0.0)).tolist() == by_hand(pool, own, [True] * pool.size)


@given(pool=pools(strange=True), floor=floors(), data=st.data())
def test_absent_seats_are_not_there(pool: Models, floor: float, data: st.DataObject) -> None:
    """A seat that holds no model is never competitive, and whatever stands in it disturbs nobody."""
    present = data.draw(flags(pool.size))
    expected = by_hand(pool, alike(floor, pool.size), present.tolist())
    assert filtered(pool.seats(floor, present)).tolist() == expected


@given(pool=pools(strange=True), data=st.data())
def test_without_a_filter_everyone_is_in(pool: Models, data: st.DataObject) -> None:
    """Before the filter, and in SN37, whoever is there is competitive."""
    present = data.draw(flags(pool.size))
    seats = pool.seats(0.005, present)
    assert competitive(seats, EACH_HAS_ONE, False, False) == present.sum()
    assert seats["competitive"].tolist() == present.tolist()


@given(pools(least=1))
def test_the_earliest_model_is_always_kept(pool: Models) -> None:
    """A model that has nobody before or beside it cannot be filtered out."""
    first = pool.block == pool.block.min()
    if first.sum() == 1:
        assert filtered(pool.seats(0.005))[first].all()


@given(pools(least=1))
def test_a_lower_floor_keeps_more(pool: Models) -> None:
    """Whoever clears a bar clears a lower one."""
    strict, lax = (filtered(pool.seats(floor)) for floor in (0.005, 0.0001))
    assert not np.any(strict & ~lax)


@pytest.mark.parametrize(("factor", "kept"), [(0.995, False), (np.nextafter(0.995, 0), True)])
def test_the_bar_itself_is_not_enough(factor: float, kept: bool) -> None:
    """A later model at exactly (1 - floor) times the earlier loss is dropped, one ulp below it stays."""
    assert filtered(pool_of([1.0, factor], [0.0, 1.0], floor=0.005)).tolist() == [True, kept]
