"""Pitfalls of the real mechanism: reproduced, not repaired."""

import numpy as np
import pytest
from judged import judged

from experiments.verification.oracle.competitions import Tracker, blend
from policies import build
from sim.mechanism.pool import EACH_HAS_ONE, pool_of
from sim.mechanism.rules import Rules
from sim.mechanism.samples import judge_samples

DECAY = build({"linear": {"start": 0.005, "end": 0.0001, "decay_blocks": 14_400}})
NOW = 5_000_000


def verdict(*models: tuple[float, float], floor: float = 0.0001) -> tuple[np.ndarray, bool]:
    """The verdict on a pool of (loss, age) under SN9's newest schedule, and whether the step is lost."""
    score, age = np.array(models, dtype=np.float64).T
    return judged(pool_of(score, NOW - age, DECAY.epsilon(age), floor))


def test_three_models_in_a_circle() -> None:
    """Three fresh models 0.3 % apart under 0.5 %: 1 beats 2, 2 beats 3, 3 beats 1, so equal thirds."""
    found, _ = verdict((1.0, 30), (0.997, 20), (0.994, 10))
    assert found["wins"].tolist() == [1, 1, 1]
    assert found["weight"] == pytest.approx([1 / 3] * 3, rel=1e-6)


def test_a_fixed_epsilon_leaves_the_first() -> None:
    """With a fixed 0.5 % the filter keeps only the first of the three."""
    found, _ = judged(pool_of([1.0, 0.997, 0.994], np.arange(3.0), 0.005, 0.005))
    assert found["competitive"].tolist() == [True, False, False]


def test_twins_of_one_block_lose_the_step() -> None:
    """Two identical models of the same block remove each other; with nobody else the step is lost."""
    assert verdict((2.0, 100), (2.0, 100))[1]


def test_a_better_later_model_survives_the_twins() -> None:
    """With a better later model only that one is left."""
    found, _ = verdict((2.0, 100), (2.0, 100), (1.9, 50))
    assert found["competitive"].tolist() == [False, False, True]
    assert found["weight"] == pytest.approx([0, 0, 1], abs=1e-30)


def test_a_copy_in_the_best_models_block_removes_both() -> None:
    """A same-block copy of a new best model removes that one too, and the old king keeps everything."""
    found, _ = verdict((2.0, 5_000), (1.9, 100), (1.9, 100))
    assert found["competitive"].tolist() == [True, False, False]


def test_nan_removes_everything_later() -> None:
    """A model with a NaN loss removes every later model; as the earliest it takes 100 %."""
    found, _ = verdict((np.nan, 300), (2.0, 200), (1.0, 100))
    assert found["competitive"].tolist() == [True, False, False]
    assert found["weight"] == pytest.approx([1, 0, 0], abs=1e-30)
    assert verdict((2.0, 300), (np.nan, 200), (1.0, 100))[0]["competitive"].tolist() == [True, False, False]


@pytest.mark.parametrize(("count", "lost"), [(1, False), (2, True), (5, True)])
def test_nobody_is_available(count: int, lost: bool) -> None:
    """Two or more models with loss and block inf lose the step; a single one gets all the weight."""
    found, none_left = judged(pool_of(np.full(count, np.inf), np.full(count, np.inf), 0.005, 0.0001))
    assert none_left == lost
    if not lost:
        assert found["rate"].tolist() == [1]
        assert found["weight"].tolist() == [1]


@pytest.mark.parametrize(("loss", "kept"), [(2.0, False), (np.nextafter(2.0, 0), True)])
def test_an_equal_copy_is_dropped_even_without_a_floor(loss: float, kept: bool) -> None:
    """With a floor of 0 an equal later copy is still dropped; one ulp better stays."""
    assert verdict((2.0, 100), (loss, 50), floor=0.0)[0]["competitive"].tolist() == [True, kept]


def test_a_clone_restarts_the_decay() -> None:
    """A self-clone 0.015 % better than the decayed original carries a fresh advantage.

    It beats a challenger that is 0.1 % better than the original, and wins 2-0; without it the challenger wins.
    """
    original, clone, challenger = (2.0, 20_000), (2.0 * 0.99985, 10), (2.0 * 0.999, 0)
    assert verdict(original, challenger)[0]["wins"].tolist() == [0, 1]
    found, _ = verdict(original, clone, challenger)
    assert found["competitive"].all()
    assert found["wins"].tolist() == [0, 2, 1]
    assert found["weight"] == pytest.approx([0, 1, 0], abs=1e-20)


@pytest.mark.parametrize(
    ("start", "end", "floor"),
    [
        (0.005, 0.0005, 0.0004999999999999996),
        (0.005, 0.0001, 0.005 - (0.005 - 0.0001)),
        (0.003, 0.0001, 0.003 - (0.003 - 0.0001)),
        (0.05, 0.01, 0.05 - (0.05 - 0.01)),
    ],
)
def test_the_floor_is_not_the_parameter(start: float, end: float, floor: float) -> None:
    """After full decay the deployed constants give start - (start - end), which is not `end` in floating point."""
    policy = build({"linear": {"start": start, "end": end, "decay_blocks": 36_000}})
    assert float(policy.epsilon(np.inf)) == float(policy.epsilon(36_000)) == floor
    assert floor != end


def test_a_threshold_ruins_an_empty_average() -> None:
    """With a threshold above 0 an average without entries becomes NaN, stays NaN, and pays nothing."""
    tracker = Tracker(2, 0.9)
    tracker.record(0, np.zeros(2, dtype=np.float32))
    assert tracker.subnet([(0, 1.0)], threshold=0.18).tolist() == [0, 0]
    for _ in range(3):
        tracker.record(0, np.array([0, 1], dtype=np.float32))
        assert np.isnan(tracker.average[0]).all()
        assert tracker.subnet([(0, 1.0)], threshold=0.18).tolist() == [0, 0]


def test_without_a_threshold_nothing_is_ruined() -> None:
    """Without a threshold an average without entries stays at 0 and recovers."""
    tracker = Tracker(2, 0.5)
    tracker.record(0, np.zeros(2, dtype=np.float32))
    tracker.subnet([(0, 1.0)])
    tracker.record(0, np.array([0, 1], dtype=np.float32))
    assert tracker.average[0].tolist() == [0, 0.5]


def test_the_7bstar_blend_has_two_first_places() -> None:
    """7B*: two softmaxes are mixed, so the winner under 0.1 % gets 12.3 % beside the winner under 0.5 %."""
    losses, verdicts = np.array([[2.0, 2.0 * 0.998]]), []
    for epsilon in (0.005, 0.001):
        pool, _ = judged(pool_of(losses[0], [0.0, 1.0], epsilon), filtered=False)
        judge_samples(pool, losses, EACH_HAS_ONE, False, Rules(wins="per-sample").record())
        verdicts.append(pool)
    assert blend(*verdicts) == pytest.approx([1 - 0.123, 0.123], rel=1e-6)
