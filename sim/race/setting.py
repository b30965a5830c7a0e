"""How a race is run, and the scenario that this makes of it."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np

from sim.clock import BLOCKS_PER_DAY, blocks
from sim.miners.script import Script
from sim.race.noise import NoiseLevel, RaceNoise
from sim.race.race import Race
from sim.scenario import Scenario, Validation
from sim.settings import About, Settings


@dataclass(frozen=True)
class Setting(Settings):
    """How a race is run."""

    noise: Annotated[NoiseLevel, About("noise of an evaluation")] = field(default_factory=NoiseLevel)
    step_blocks: Annotated[
        int,
        About("blocks between two evaluations; 150 is the subnet's shared-data window of 30 minutes", 1, 100_000),
    ] = 150
    tail_days: Annotated[float, About("days that the contest goes on after the last submission", 0, 3650)] = 7.0
    hotkeys: Annotated[
        Literal["submission", "miner"],
        About("each `submission` from a hotkey of its own, or one per `miner`: a new model replaces the old one"),
    ] = "submission"


def scenario_of(race: Race, setting: Setting) -> Scenario:
    """The contest: everything is evaluated as soon as it is old enough, and steps take no time."""
    hotkey = np.arange(len(race))
    if setting.hotkeys == "miner":
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
        days=horizon / BLOCKS_PER_DAY,
        miners=len(race),
        noise=RaceNoise(race, setting.noise),
        validation=how,
        founded=False,
        script=Script(race.block, hotkey, race.loss, starts),
    )
