"""One evaluation: empty seats, the order of models and equal advantages between pairs make no difference."""

from typing import Any

import numpy as np
import pytest
from generators import Models, floors, pools
from hypothesis import given
from hypothesis import strategies as st
from judged import judged

FOUND = ("competitive", "wins", "rate", "weight")
SETTINGS = st.fixed_dictionaries(
    {
        "temperature": st.sampled_from([0.01, 0.04]),
        "filtered": st.booleans(),
        "winner_takes_all": st.booleans(),
        "alone": st.sampled_from([0.0, 1.0]),
    }
)


def agree(found: np.ndarray, expected: np.ndarray) -> None:
    """Equal to the last bit."""
    for name in FOUND:
        assert found[name].tobytes() == expected[name].tobytes(), name


@given(pool=pools(strange=True, least=1), floor=floors(), settings=SETTINGS, data=st.data())
def test_empty_seats_change_nothing(pool: Models, floor: float, settings: dict[str, Any], data: st.DataObject) -> None:
    """Seats that hold no model, wherever they are, leave the verdict as it is, and find nothing themselves."""
    size = pool.size + data.draw(st.integers(0, 4))
    place = sorted(data.draw(st.permutations(range(size)))[: pool.size])
    wide = data.draw(pools(strange=True, least=size, most=size)).seats(floor, False)
    wide[place] = pool.seats(floor)
    wide["wins"], wide["rate"], wide["weight"], wide["competitive"] = 7, 0.5, 0.5, True
    found, lost = judged(wide, **settings)
    expected, lost_too = judged(pool.seats(floor), **settings)
    agree(found[place], expected)
    assert lost == lost_too
    for name in FOUND:
        assert not np.delete(found[name], place).any()


@given(pool=pools(strange=True, least=1), floor=floors(), settings=SETTINGS, data=st.data())
def test_order_does_not_matter(pool: Models, floor: float, settings: dict[str, Any], data: st.DataObject) -> None:
    """Models in another order get the same verdict; only the sum of weights is rounded elsewhere."""
    order = data.draw(st.permutations(range(pool.size)))
    found, expected = (judged(each.seats(floor), **settings)[0] for each in (pool.at(order), pool))
    for name in ("competitive", "wins", "rate"):
        assert found[name].tolist() == expected[name][order].tolist()
    assert found["weight"] == pytest.approx(expected["weight"][order], rel=1e-6)


@given(pool=pools(strange=True), floor=floors(), settings=SETTINGS)
def test_pairs_with_the_models_advantages_change_nothing(pool: Models, floor: float, settings: dict[str, Any]) -> None:
    """Where every pair has the advantage of its older model the verdict is that of the models' own."""
    alike = np.repeat(pool.epsilon[:, None], pool.size, axis=1)
    found, lost = judged(pool.seats(floor), (alike, np.full_like(alike, floor)), **settings)
    expected, lost_too = judged(pool.seats(floor), **settings)
    agree(found, expected)
    assert lost == lost_too


@given(pools(strange=True, least=1))
def test_weights_sum_to_one(pool: Models) -> None:
    """Whatever the pool, the step weights are a distribution over it."""
    assert float(judged(pool.seats(0.0005))[0]["weight"].sum()) == pytest.approx(1, rel=1e-6)


@given(pools(strange=True))
def test_a_step_is_lost_when_nobody_is_competitive(pool: Models) -> None:
    """A step is lost when the filter left nobody, as in an empty pool."""
    found, lost = judged(pool.seats(0.0005))
    assert lost == (not found["competitive"].any())


@given(pool=pools(least=1), settings=SETTINGS)
def test_a_pool_of_empty_seats_is_lost(pool: Models, settings: dict[str, Any]) -> None:
    """Where no seat holds a model the step is lost, whatever stands in them."""
    found, lost = judged(pool.seats(0.001, False), **settings)
    assert lost
    assert not found["competitive"].any()
    assert not np.isnan(found["weight"]).any()
