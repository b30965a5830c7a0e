"""How a race is run, and the scenario that this makes of it."""

from dataclasses import dataclass, field

import numpy as np

from sim.clock import BLOCKS_PER_DAY, blocks
from sim.miners.script import Script
from sim.race.noise import NoiseLevel, RaceNoise
from sim.race.race import Race
from sim.scenario import Scenario, Validation


@dataclass(frozen=True)
class Setting:
    """How a race is run.

    Attributes:
        noise: evaluation noise.
        step_blocks: blocks between two evaluations; 150 is the subnet's shared-data window of 30 minutes.
        tail_days: how long the contest goes on after the last submission.
        one_model_per_miner: whether a miner's submissions replace each other (one hotkey) or stand side by side.
    """

    noise: NoiseLevel = field(default_factory=NoiseLevel)
    step_blocks: int = 150
    tail_days: float = 7.0
    one_model_per_miner: bool = False


def scenario_of(race: Race, setting: Setting) -> Scenario:
    """The contest: everything is evaluated as soon as it is old enough, and steps take no time."""
    hotkey = np.arange(len(race))
    if setting.one_model_per_miner:
        first = {miner: i for i, miner in reversed(list(enumerate(race.miner)))}
        hotkey = np.array([first[miner] for miner in race.miner])
    observed = race.observed
    if observed is None:
        starts, every, horizon = (), setting.step_blocks, int(race.block[-1]) + max(blocks(setting.tail_days), 1)
    else:
        starts, every, horizon = tuple(observed.block.tolist()), 1, int(observed.block[-1]) + 1
    how = Validation(every, every, len(race), load_seconds=0.0, model_seconds=0.0, retry_blocks=1, commit_blocks=0)
    return Scenario(
        race.name,
        horizon / BLOCKS_PER_DAY,
        len(race),
        noise=RaceNoise(race, setting.noise),
        validation=how,
        founded=False,
        script=Script(race.block, hotkey, race.loss, starts),
    )
