"""One evaluation: lanes, empty slots, the order of models and the array library make no difference."""

from typing import Any

import numpy as np
import pytest
from generators import Models, floors, pools
from hypothesis import given
from hypothesis import strategies as st

from policies.contract import same
from sim.mechanism.judge import Verdict, judge

FIELDS = ("competitive", "wins", "rate", "weights")
SETTINGS = st.fixed_dictionaries(
    {
        "floor": floors(),
        "temperature": st.sampled_from([0.01, 0.04]),
        "filtered": st.booleans(),
        "winner_takes_all": st.booleans(),
        "alone": st.sampled_from([0.0, 1.0]),
    }
)


def agree(found: Verdict, expected: Verdict, where: Any = ...) -> None:
    """Equal to the last bit; `where` picks models of `found`."""
    for name in FIELDS:
        assert same(getattr(found, name)[where], getattr(expected, name)), name
    assert bool(found.lost) == bool(expected.lost)


def lane_of(found: Verdict, lane: int) -> Verdict:
    """One lane of a verdict."""
    return Verdict(*(getattr(found, name)[:, lane] for name in FIELDS), found.lost[lane])


@given(pool=pools(lanes=4, strange=True, least=1), settings=st.lists(SETTINGS, min_size=4, max_size=4))
def test_each_lane_is_alone(pool: Models, settings: list[dict[str, Any]]) -> None:
    """A lane with its own floor, temperature and rules gives, bit for bit, what it gives alone."""
    together = judge(*pool, **{key: np.array([s[key] for s in settings]) for key in settings[0]})
    for lane, own in enumerate(settings):
        agree(lane_of(together, lane), judge(*pool.lane(lane), **own))


@given(pool=pools(lanes=2, strange=True, least=1), settings=SETTINGS, data=st.data())
def test_empty_slots_change_nothing(pool: Models, settings: dict[str, Any], data: st.DataObject) -> None:
    """Slots that hold no model, wherever they are in each lane, leave every lane's verdict as it is."""
    size = pool.size + data.draw(st.integers(0, 4))
    places = [sorted(data.draw(st.permutations(range(size)))[: pool.size]) for _ in range(2)]
    wide = data.draw(pools(lanes=2, strange=True, least=size, most=size))
    present = np.zeros((size, 2), dtype=bool)
    for lane, place in enumerate(places):
        present[place, lane] = True
        for array, own in zip(wide, pool, strict=True):
            array[place, lane] = own[:, lane]
    found = judge(*wide, present=present, **settings)
    for lane, place in enumerate(places):
        one = lane_of(found, lane)
        agree(one, judge(*pool.lane(lane), **settings), place)
        for name in FIELDS:
            assert not np.delete(getattr(one, name), place).any()


@given(pool=pools(strange=True, least=1), settings=SETTINGS, data=st.data())
def test_order_does_not_matter(pool: Models, settings: dict[str, Any], data: st.DataObject) -> None:
    """Models in another order get the same verdict; only the sum of weights is rounded elsewhere."""
    order = data.draw(st.permutations(range(pool.size)))
    found, expected = judge(*pool.at(order), **settings), judge(*pool, **settings)
    for name in ("competitive", "wins", "rate"):
        assert getattr(found, name).tolist() == getattr(expected, name)[order].tolist()
    assert found.weights == pytest.approx(expected.weights[order], rel=1e-6)


@given(pool=pools(lanes=2, strange=True, least=1), settings=SETTINGS)
def test_torch_gives_the_same_verdict(pool: Models, settings: dict[str, Any]) -> None:
    """In torch every yes or no and every count is the same, and weights agree to 1e-6."""
    torch = pytest.importorskip("torch")
    found = judge(*(torch.asarray(array) for array in pool), **settings)
    expected = judge(*pool, **settings)
    for name in ("competitive", "wins", "lost"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
    assert found.rate.dtype == torch.float64
    assert same(found.rate.numpy(), expected.rate)
    assert found.weights.dtype == torch.float32
    assert found.weights.numpy() == pytest.approx(expected.weights, rel=1e-6, abs=1e-37)


@given(pools(strange=True, least=1))
def test_weights_sum_to_one(pool: Models) -> None:
    """Whatever the pool, the step weights are a distribution over it."""
    assert float(judge(*pool, floor=0.0005).weights.sum()) == pytest.approx(1, rel=1e-6)


@given(pools(strange=True))
def test_a_step_is_lost_when_nobody_is_competitive(pool: Models) -> None:
    """`lost` says that the filter left nobody, as in an empty pool."""
    found = judge(*pool, floor=0.0005)
    assert bool(found.lost) == (not found.competitive.any())


def test_an_empty_lane_is_lost_and_disturbs_nobody() -> None:
    """A lane without any model is a lost step; its neighbour is judged as if alone."""
    score, block = np.array([[1.0, 1.0], [0.9, 0.9]]), np.array([[0.0, 0.0], [1.0, 1.0]])
    epsilon = np.full((2, 2), 0.01)
    present = np.array([[False, True], [False, True]])
    found = judge(score, block, epsilon, 0.001, present=present)
    assert found.lost.tolist() == [True, False]
    assert not found.competitive[:, 0].any()
    agree(lane_of(found, 1), judge(score[:, 1], block[:, 1], epsilon[:, 1], 0.001))
