"""Golden cases, small enough for a pencil."""

import numpy as np
import pytest
from judged import judged

from policies import Policy, build
from sim.mechanism.judge import beats
from sim.mechanism.pool import pool_of

K, M1, M2 = (1.0, 0), (0.997, 100), (0.9945, 200)
"""Loss and block of the king, of a near miss, and of a model that beats the king by more than 0.5 %."""

FIXED = build({"fixed": {"epsilon": 0.005}})
LINES = [
    build({"linear": {"start": 0.005, "end": end, "decay_blocks": decay}})
    for end, decay in ((0.0005, 50_400), (0.0001, 14_400))
]


def verdict(policy: Policy, *models: tuple[float, int], now: int = 200) -> tuple[np.ndarray, bool]:
    """The verdict on a pool of (loss, block), and whether the step is lost."""
    score, block = np.array(models, dtype=np.float64).T
    return judged(pool_of(score, block, policy.epsilon(now - block), float(policy.epsilon(np.inf))))


def test_a_near_miss_blocks_a_better_model_under_a_fixed_epsilon() -> None:
    """m2 beats K, but not m1, so the filter leaves K alone, and K keeps everything."""
    found, _ = verdict(FIXED, K, M1, M2)
    assert beats(*M2, 0.005, *K, 0.005)
    assert not beats(*M2, 0.005, *M1, 0.005)
    assert found["competitive"].tolist() == [True, False, False]
    assert found["weight"] == pytest.approx([1, 0, 0], abs=1e-30)


@pytest.mark.parametrize("policy", LINES)
def test_a_near_miss_takes_a_third_under_a_fresh_decay(policy: Policy) -> None:
    """All three are competitive, K beats m1 beats m2 beats K, so each has 1/2 and is paid 1/3."""
    found, _ = verdict(policy, K, M1, M2)
    assert found["competitive"].all()
    assert found["wins"].tolist() == [1, 1, 1]
    assert found["rate"].tolist() == [0.5, 0.5, 0.5]
    assert found["weight"] == pytest.approx([1 / 3] * 3, rel=1e-6)


@pytest.mark.parametrize("policy", [FIXED, *LINES])
def test_without_the_near_miss_the_better_model_wins(policy: Policy) -> None:
    """Without m1, m2 beats K and takes everything."""
    found, _ = verdict(policy, K, M2)
    assert found["competitive"].all()
    assert found["weight"] == pytest.approx([0, 1], abs=1e-30)


def test_decay_ends_the_cycle() -> None:
    """When all have decayed to the floor, m2 beats both and takes everything."""
    for policy in LINES:
        found, _ = verdict(policy, K, M1, M2, now=200 + 60_000)
        assert found["wins"].tolist() == [0, 1, 2]
        assert found["weight"] == pytest.approx([0, 0, 1], abs=1e-20)


def test_the_best_two_of_one_block_remove_each_other() -> None:
    """Two best models of the same block within the floor of each other make neither competitive."""
    found, _ = verdict(LINES[1], K, (0.98, 100), (0.97995, 100))
    assert found["competitive"].tolist() == [True, False, False]
    assert found["weight"] == pytest.approx([1, 0, 0], abs=1e-30)
    assert verdict(LINES[1], (0.98, 100), (0.97995, 100))[1]


def test_copies_never_earn() -> None:
    """The public unit tests' clone cases: later copies of the king, any number of them, change nothing."""
    for policy in (FIXED, *LINES):
        found, _ = verdict(policy, K, (1.0, 50), (1.0, 51), (1.0, 52))
        assert found["competitive"].tolist() == [True, False, False, False]
        assert found["weight"] == pytest.approx([1, 0, 0, 0], abs=1e-30)
