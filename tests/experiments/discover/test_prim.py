"""The patient rule induction method: boxes of known limits, pencil, and laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.discover.prim import SLICES, Box, accuracy, everything, find, peel, quasi_p

PLANTED = Box(np.array([0.6, -np.inf, -np.inf, -np.inf]), np.array([np.inf, np.inf, 0.5, np.inf]))


def uniform(seed: int, count: int = 512) -> np.ndarray:
    """Points in a cube of four axes."""
    return np.random.default_rng(seed).random((count, 4))


def test_a_planted_box_is_recovered() -> None:
    """Where all points of a box are lost and no others, its limits are found to the next points, and no more limits."""
    points = uniform(0)
    box, _ = find(points, PLANTED.holds(points))

    assert box.limits == PLANTED.limits == [(0, "low"), (2, "high")]
    assert box.low[0] == pytest.approx(0.6, abs=0.01)
    assert box.high[2] == pytest.approx(0.5, abs=0.01)
    assert (box.holds(points) == PLANTED.holds(points)).all()


def test_a_box_under_noise_is_recovered() -> None:
    """Lost 85 % inside and 20 % outside: on fresh points the box found is nine tenths as accurate."""
    fresh = uniform(1, 20_000)
    inside = PLANTED.holds(fresh)
    chances = np.where(inside, 0.85, 0.2)
    best = accuracy(PLANTED, fresh, chances)
    reached = []
    for seed in range(10):
        points = uniform(seed)
        lost = np.random.default_rng(100 + seed).random(len(points)) < np.where(PLANTED.holds(points), 0.85, 0.2)
        reached.append(accuracy(find(points, lost)[0], fresh, chances) / best)

    assert np.mean(reached) > 0.9


def test_the_first_peel_by_hand() -> None:
    """Of ten points in a row of which the last four are lost, the lower half is peeled off first.

    That slice lies 0.4 below the mean, times sqrt(5 x 10 / 5) = 1.26; 40 % of the points 0.4 times sqrt(4 x 10 / 6) =
    1.03; and slices from above have a density above the mean.
    """
    points, lost = np.arange(10.0)[:, None], np.arange(10) >= 6
    first = peel(points, lost)[1]

    assert first.limits == [(0, "low")]
    assert first.low[0] == 4.5  # half way between the last that left and the first that stays


def test_quasi_p_by_hand() -> None:
    """Two of two inside, two of four without the limit: two heads of two throws, 1/4."""
    box = Box(np.array([1.5]), np.array([np.inf]))
    assert quasi_p(box, 0, "low", np.arange(4.0)[:, None], np.arange(4) >= 2) == pytest.approx(0.25)


def test_accuracy_by_hand() -> None:
    """Half of the points, all lost, where half of all are: 1/2 x (1 - 1/2); without limits 0."""
    points, lost = np.arange(4.0)[:, None], np.arange(4) >= 2

    assert accuracy(Box(np.array([1.5]), np.array([np.inf])), points, lost) == pytest.approx(0.25)
    assert accuracy(everything(1), points, lost) == 0.0


def test_all_points_of_one_value_leave_together() -> None:
    """On an axis of whole numbers no limit divides the points of one number."""
    points = np.repeat(np.arange(4.0), 25)[:, None]
    for box in peel(points, points[:, 0] == 2.0):
        assert {int(n) for n in np.bincount(points[box.holds(points), 0].astype(int))} <= {0, 25}


def test_nothing_is_found_where_all_or_none_are_lost() -> None:
    """Without a difference between points there is no limit."""
    for lost in (np.zeros(64, dtype=bool), np.ones(64, dtype=bool)):
        assert not find(uniform(3, 64), lost)[0].limits


@given(seed=st.integers(0, 10_000), count=st.integers(8, 60))
def test_laws_of_a_trajectory(seed: int, count: int) -> None:
    """Boxes are nested, never empty, and limited within the range of the points; a peel takes what `SLICES` allow."""
    points = uniform(seed, count)
    boxes = peel(points, np.random.default_rng(seed).random(count) < 0.3)
    sizes = [int(box.holds(points).sum()) for box in boxes]

    assert sizes[0] == count
    for before, box, size, left in zip(boxes, boxes[1:], sizes, sizes[1:], strict=False):
        assert 0 < left < size
        assert size - left in {max(1, int(share * size)) for share in SLICES}
        assert not (box.holds(points) & ~before.holds(points)).any()
    last = boxes[-1]
    assert (last.low[np.isfinite(last.low)] > points.min(axis=0)[np.isfinite(last.low)]).all()
    assert (last.high[np.isfinite(last.high)] < points.max(axis=0)[np.isfinite(last.high)]).all()


@given(seed=st.integers(0, 10_000), order=st.permutations(range(4)))
def test_the_order_of_axes_does_not_matter(seed: int, order: list[int]) -> None:
    """Permuted axes give boxes with the same points inside. Outcomes are numbers here: no two sets are equally good."""
    points, loss = uniform(seed, 40), np.random.default_rng(seed).random(40)
    for box, other in zip(peel(points, loss), peel(points[:, order], loss), strict=True):
        assert (box.holds(points) == other.holds(points[:, order])).all()
