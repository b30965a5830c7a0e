"""Miners at the beginning of a contest."""

import numpy as np
import pytest
from steady_world import SEED, START, lane, steady

from sim.world import World


def test_the_public_model_has_a_founder() -> None:
    """At block 0 one miner of each column has a model, the public one with 2.5 nats; no other has committed any."""
    world = World(steady(0.004, 0.002, 0.0), [lane("linear"), lane("fixed")], SEED, [0, 1])
    block, loss = world.miners.committed.facts["block"][:, :3], world.miners.committed.facts["loss"][:, :3]
    assert (block == 0).sum(axis=1).tolist() == [1] * 4
    assert np.argmin(block, axis=1).tolist() == world.miners.founder.tolist()
    assert loss[block == 0].tolist() == [START] * 4
    assert world.miners.losses(world.data_weights) == pytest.approx(START)


def test_who_waits_has_not_paid() -> None:
    """A miner that is there at the beginning has paid its place; an entrant looks on and has paid nothing."""
    world = World(steady(0.004, 0.002, 0.0), [lane("linear", "entrant")], SEED, [0])
    assert world.miners.active[:, 0].tolist() == [False, True, True]
    assert world.miners.balance[:, 0].tolist() == [0.0, -10.0, -10.0]
