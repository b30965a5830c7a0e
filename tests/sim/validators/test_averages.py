"""A validator's weights: when they are set, and how fast an average lets a challenger through."""

import pytest
from steady_world import AT_ONCE, SEED, ended, kings, lane, steady

from sim.scenario import Validation
from sim.world import World


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
