"""Sealed models: who may copy and begin from them when."""

from dataclasses import replace
from math import exp, sqrt

import numpy as np
import pytest
from steady_world import AT_ONCE, SEED, ended, kings, lane, steady

from sim.clock import BLOCKS_PER_DAY
from sim.miners.population import Population
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.strategies import build as strategy
from sim.scenario import Scenario
from sim.validators.noise import NoiseLevel
from sim.vault import is_public
from sim.world import World

COPYCAT = {"copycat": {"rest_blocks": 100}}
FIXED = {"fixed": {"epsilon": 0.0005}}


def days(blocks: float) -> float:
    """Blocks in days."""
    return blocks / BLOCKS_PER_DAY


def test_public() -> None:
    """A model is public from one delay after its commitment on; the one that a contest begins with always is."""
    assert not is_public.py_func(300.0, 1299.0, 1000.0)
    assert is_public.py_func(300.0, 1300.0, 1000.0)
    assert is_public.py_func(0.0, 10.0, 1000.0)


def first_copies(*sealed: float) -> list[int]:
    """Block of the first copy of m1's model of block 6000, in a lane for each number of blocks."""
    lanes = [lane(FIXED, "copycat", sealed_days=days(each)) for each in sealed]
    world = World(steady(0.0, 0.0008, 0.0, days=3.0), lanes, SEED, [0])
    found: list[list[int]] = [[] for _ in sealed]

    def watch(now: int) -> None:
        for column, model in enumerate(world.miners.committed.facts[:, 0]):
            if model["twin"] == 1 and model["block"] >= now:
                found[column].append(int(model["block"]))

    world.run(watch)
    assert all(kings(world, column)[1] == (6450, 1) for column in range(len(sealed)))
    return [blocks[0] for blocks in found]


def test_copies_come_one_delay_after() -> None:
    """The copycat looks at 7200, 9000, ...: it copies at the first look that is one delay after the commitment.

    So a copy comes at the earliest one delay after the original, and at the latest one more interval of looks.
    """
    assert first_copies(0, 600, 3000, 3001, 6000) == [7200, 7200, 9000, 10_800, 12_600]


def test_kings_are_copied_by_the_exponential_law() -> None:
    """With Poisson ideas a king is copied if none comes within the seal: in a share `exp(-rate * delay)` of all reigns.

    m1 has all ideas and publishes them; m0 looks at every step. Committed in the middle of a step and crowned at the
    next one, a model has an age of K + 1/2 steps at the first look at which it is public, and is still king's then if
    its successor came more than K steps later.
    """
    ideas, every, steps = IdeasProgress(sigma=0.0, per_day=1.0, gain=0.002, burst=1), AT_ONCE.step_blocks, (1, 24, 72)
    scenario = steady(0.0, 0.0, days=400.0, wake_blocks=every, progress=((ideas, 1.0),))
    crowd = [{"copycat": {"rest_blocks": 100}}, "publisher"]
    lanes = [lane(FIXED, *crowd, sealed_days=days(each * every), delay=0) for each in steps]
    world = World(scenario, lanes, SEED, [0])
    reigns: list[dict[float, bool]] = [{} for _ in steps]

    def watch(now: int) -> None:
        for mine, (_, king, _), (copy, _, _) in zip(
            reigns, world.validators[0].models.facts, world.miners.committed.facts, strict=True
        ):
            mine[king["block"]] = mine.get(king["block"], False) or bool(copy["copied"] and copy["block"] >= now)

    world.run(watch)
    for mine, each in zip(reigns, steps, strict=True):
        copied = list(mine.values())[1:-1]  # not the public model, and not the last king
        expected = exp(-days(each * every))
        assert len(copied) > 350
        assert abs(np.mean(copied) - expected) < 3.5 * sqrt(expected * (1.0 - expected) / len(copied))


def test_who_begins_from_others_is_one_delay_behind() -> None:
    """m1 gains and publishes all the time, m2 nothing: m2 has what m1 had committed one delay before, never its newest.

    m1 looks at 600 + 1800 k, m2 at 1200 + 1800 k, and a model is king a step or two later. With a seal of 5000 blocks
    m2's last look at 13,800 finds public what was committed until 8800: m1's model of 7800. With no seal, and 600
    blocks until a model can be begun from, it finds the one of 13,200, which is crowned by then.
    """
    lanes = [lane({"fixed": {"epsilon": 0.0}}, "idle", "publisher", sealed_days=days(each)) for each in (0, 5000)]
    world = ended(steady(0.0, 0.004, 0.0, days=days(14_400)), *lanes)
    np.testing.assert_allclose(world.miners.position[2], 0.004 * np.array([days(13_200), days(7800)]), rtol=1e-12)


@pytest.mark.parametrize(("crowd", "blocks"), [("copycat", 250), ("honest", 600)])
def test_a_seal_that_nobody_meets_changes_nothing(crowd: str, blocks: int) -> None:
    """No king is younger than the delay of evaluations, 250 blocks, and nobody begins within 600: all is the same."""
    scenario = Scenario(
        days=6.0, miners=24, noise=NoiseLevel(samples=100), progress=((IdeasProgress(per_day=2.0), 1.0),)
    )
    mix = Population("mix", ((strategy("honest"), 0.75), (strategy(crowd), 0.25)))
    lanes = [
        replace(lane(FIXED, name=f"{each}", sealed_days=days(each)), population=mix) for each in (0, blocks, 20_000)
    ]
    world = World(scenario, lanes, SEED, [0, 1])
    world.run()
    for facts in (world.miners.people.miners, world.validators[0].history.measured, world.miners.committed.facts):
        none, short, long = facts.reshape(3, 2, -1)
        assert none.tobytes() == short.tobytes()
        assert none.tobytes() != long.tobytes()
