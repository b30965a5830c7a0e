"""A validator's weights, when they are set and how fast they follow, and what several agree on, by hand."""

import numpy as np
import pytest
from steady_world import AT_ONCE, QUIET, SEED, ended, kings, lane, steady

from sim.scenario import Validation
from sim.validators.averages import agree
from sim.world import World

A, B, C = (0.6, 0.4, 0.0), (0.5, 0.3, 0.2), (0.0, 0.5, 0.5)
NONE = (0.0, 0.0, 0.0)


def agreed(*given: tuple[float, ...], reigning: int = -1) -> tuple[list[float], int]:
    """Shares and king from the weights of some validators, in one column."""
    every = np.array(given, np.float32)[:, None, :]
    weights, kings = np.full(every.shape[1:], np.nan, np.float32), np.array([reigning])
    agree(every, weights, kings)
    return weights[0].tolist(), int(kings[0])


def shares(*given: tuple[float, ...]) -> object:
    """The shares, float32."""
    return pytest.approx(agreed(*given)[0], abs=1e-7)


def test_weights_are_set_when_a_step_ends() -> None:
    """A challenger let in at 7500 has the most weight by its second step, which is known when that one has ended."""
    for how, block in ((AT_ONCE, 7650), (Validation(), 7800), (Validation(model_seconds=1200.0), 8100)):
        assert kings(ended(steady(0.004, 0.0, 0.0, validation=how, days=2.0), lane("linear"))) == [(0, 2), (block, 0)]


def test_average() -> None:
    """With an average of 0.9 a challenger who wins every step has 1 - 0.9^n, more than half with the seventh."""
    slow = lane("linear", alpha=0.9)
    assert kings(ended(steady(0.004, 0.0, 0.0, days=2.0), slow)) == [(0, 2), (7500 + 6 * 150, 0)]
    weights: dict[int, float] = {}
    world = World(steady(0.004, 0.0, 0.0, days=1.3), [slow], SEED, [0])
    world.run(lambda now: weights.update({now: float(world.weights[0, 0])}))
    for step in range(5):
        assert weights[7500 + 150 * step] == pytest.approx(1 - 0.9 ** (step + 1), rel=1e-6)


def test_two_are_averaged() -> None:
    """Each of two is half of the stake, so nothing is clipped."""
    assert shares(A, B) == [0.55, 0.35, 0.1]


def test_three_by_hand() -> None:
    """Two of three give at least 0.5, 0.4 and 0.2; clipped there the sums are 1.0, 1.1 and 0.4 of 2.5."""
    assert shares(A, B, C) == [0.4, 0.44, 0.16]


def test_a_minority_is_not_paid_for() -> None:
    """What one of three, or one of four, gives alone counts nothing, however much it is."""
    honest, liar = (1.0, 0.0), (0.0, 1.0)
    assert agreed(honest, honest, liar)[0] == [1.0, 0.0]
    assert agreed(honest, liar, honest, honest)[0] == [1.0, 0.0]


def test_half_is_enough() -> None:
    """Two of four are half of the stake: what they give counts."""
    first, second = (1.0, 0.0), (0.0, 1.0)
    assert agreed(first, first, second, second)[0] == [0.5, 0.5]


def test_nothing_is_nothing() -> None:
    """Without weights, or without any that half support, nobody has a share, and the king stays."""
    assert agreed(NONE, NONE, NONE, reigning=1) == (list(NONE), 1)
    assert agreed(*np.eye(3).tolist(), reigning=2) == (list(NONE), 2)


def test_the_king_has_the_largest_share() -> None:
    """It is the miner with the largest share; on a tie the reigning one stays."""
    assert agreed(A, B, C)[1] == 1
    assert [agreed((0.5, 0.5), (0.5, 0.5), reigning=king)[1] for king in (0, 1)] == [0, 1]


def test_order_and_neighbours_do_not_matter() -> None:
    """The same shares in any order of validators, and the same to the bit in any company of columns."""
    assert shares(C, A, B) == agreed(A, B, C)[0]
    every = np.array([(A, C), (B, A), (C, B)], np.float32)
    weights, kings = np.empty((2, 3), np.float32), np.array([-1, -1])
    agree(every, weights, kings)
    assert weights.tolist() == [agreed(A, B, C)[0], agreed(C, A, B)[0]]


def test_several_validators_agree_about_quiet_losses() -> None:
    """Without noise five validators crown the miners that one does."""
    one, five = (
        ended(steady(0.004, 0.003, 0.0, validation=Validation(validators=n)), lane("linear", "blocker")) for n in (1, 5)
    )
    assert kings(one) == kings(five)
    assert len(kings(one)) > 2
    assert one.scenario.noise == QUIET
