"""The regret of known games, and of numbers made by hand."""

import json

import numpy as np
import pytest

from experiments.results.estimate import estimate
from experiments.results.regret import best_gain, deviation_gains

ONE = np.array(["case"] * 3)


def gains(**by_strategy: list[float]) -> list[str | None]:
    """The column of a lane, a row for each world."""
    return [json.dumps(dict(zip(by_strategy, row, strict=True))) for row in zip(*by_strategy.values(), strict=True)]


def test_best_is_by_the_mean_and_not_world_by_world() -> None:
    """b gains more in one world, but a in the mean: its gains are the regret, 2 on average and not 3."""
    found = best_gain(deviation_gains(gains(a=[1.0, 3.0, 2.0], b=[4.0, -9.0, 0.0])), ONE)
    assert found.tolist() == [1.0, 3.0, 2.0]
    assert estimate(found, ONE).mean == 2.0


def test_each_case_has_a_best_of_its_own() -> None:
    """In the first case a, in the second b."""
    told = gains(a=[1.0, 2.0, -1.0, -2.0], b=[0.0, 0.0, 5.0, 6.0])
    assert best_gain(deviation_gains(told), np.array(["x", "x", "y", "y"])).tolist() == [1.0, 2.0, 5.0, 6.0]


def test_a_lane_that_does_not_play_has_none() -> None:
    """NaN, which JSON says as null."""
    assert deviation_gains([None] * 3) == {}
    found = estimate(best_gain({}, ONE), ONE)
    assert found.document() == {"mean": None, "lo": None, "hi": None, "n": 0}


def test_worlds_that_failed_do_not_count() -> None:
    """The mean is over the others."""
    found = best_gain(deviation_gains([*gains(a=[1.0, 3.0]), None]), ONE)
    assert found[:2].tolist() == [1.0, 3.0]
    assert np.isnan(found[2])


@pytest.mark.parametrize(
    ("hawks", "regret"),
    [(2 / 3, 0.0), (0.5, 0.5), (1.0, 1.0)],
)
def test_regret_of_hawks_and_doves(hawks: float, regret: float) -> None:
    """V = 4, C = 6: nothing at 2/3 hawks, 1.5 - 1 for a dove at 1/2, and 0 - (-1) for a hawk among hawks."""
    hawk, dove = -hawks + 4 * (1 - hawks), 2 * (1 - hawks)
    usual = hawk if hawks > 0.5 else dove
    found = best_gain(deviation_gains(gains(hawk=[hawk - usual] * 3, dove=[dove - usual] * 3)), ONE)
    assert estimate(found, ONE).mean == pytest.approx(regret)
