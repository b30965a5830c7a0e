"""Fill the compiler's cache, so that no later command waits; set-up calls `python -m experiments.run.compile_all`.

Two processes take some 12 s each: one compiles validators and races, the other miners and the whole shelf.
"""

from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from typing import Any

import numpy as np
import simpy

from experiments.submissions import read_race, shipped
from policies import PolicyError, build, names
from policies.rewards import build as build_reward
from policies.rewards import names as reward_names
from sim.compiler.policies import compile_policy
from sim.compiler.rewards import compile_reward
from sim.compiler.strategies import compile_strategy
from sim.lanes import Lane
from sim.miners.progress.draws import DrawsProgress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.trace import TraceProgress
from sim.miners.strategies import build as build_strategy
from sim.miners.strategies import names as strategy_names
from sim.race.race import Race, Setting
from sim.race.world import RaceWorld
from sim.scenario import Scenario, Validation
from sim.traces.curve import Curve
from sim.world import World

LANES = [Lane("any", build("fixed"))]


def compile_validators() -> None:
    """Compile what every world calls; when it gets to miners, the other process has compiled their looks."""
    _world(days=1.1).run()
    block, loss = np.array([0, 300]), np.array([3.0, 2.9])
    for path in shipped().values():
        read_race(path)
    race = Race("any", "nats", block, ("a", "b"), loss, np.full(2, np.nan), ((), ()))
    RaceWorld(race, LANES, Setting(tail_days=0.1), 0, [0]).run()


def compile_miners() -> None:
    """Compile the looks of miners, the methods of all policies, rewards and strategies, and what is left."""
    world, clock = _world(), simpy.Environment()
    clock.process(world._each_step(clock, "decisions", world._wake))
    clock.run(until=world.scenario.horizon)
    for name in names():
        with suppress(PolicyError):  # somebody's own on the shelf, which is refused when it is used
            compile_policy(build(name), 1, [])
    for name in reward_names():
        compile_reward(build_reward(name), 1, 2, [])
    for name in strategy_names():
        compile_strategy(build_strategy(name), [])
    step, tokens, loss = np.array([0.0, 1.0]), np.array([1e9, 2e12]), np.array([3.0, 2.0])
    curve = Curve("any", step, tokens, step, loss, "validation")
    for way in (IdeasProgress(), DrawsProgress(), TraceProgress((curve,), days=1e4)):
        _world(progress=((way, 1.0),))
    _world(validation=Validation(validators=2)).run()


def _world(days: float = 0.1, **given: Any) -> World:
    return World(Scenario(days=days, miners=8, **given), LANES, 0, [0])


if __name__ == "__main__":
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for part in [pool.submit(compile_validators), pool.submit(compile_miners)]:
            part.result()  # raises what failed, for exit code 1
