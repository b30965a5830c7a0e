"""A race run again: one clock, all lanes. What differs between lanes is a value in an array."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import simpy

from sim.clock import BLOCKS_PER_DAY, blocks
from sim.lanes import Columns, Lane
from sim.replay.noise import Noise, NoiseLevel
from sim.replay.race import Race
from sim.replay.record import Record
from sim.replay.validator import Validator

Watch = Callable[[int], None]


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


class Replay:
    """A race under the same noise for every lane, in several worlds at once.

    Args:
        race: the submissions.
        lanes: the competing policies.
        setting: noise, clock and hotkeys.
        seed: of all random streams.
        worlds: which worlds to run in this pass, by number; a world's result does not depend on the others.
    """

    def __init__(self, race: Race, lanes: Sequence[Lane], setting: Setting, seed: int, worlds: Sequence[int]) -> None:
        self.race = race
        self.columns = Columns(lanes, len(worlds))
        self.validator = Validator(race, self.columns, setting.one_model_per_miner)
        self.record = Record(race, self.columns, self.validator.pool.uids)
        self._noise = Noise(race, setting.noise, seed, worlds)
        self._every = setting.step_blocks
        last = int(race.block[-1]) if race.observed is None else int(race.observed.block[-1])
        self.horizon = last + max(blocks(setting.tail_days), 1) if race.observed is None else last + 1

    @property
    def days(self) -> float:
        """Length of the contest in days."""
        return self.horizon / BLOCKS_PER_DAY

    def run(self, watch: Watch | None = None) -> Record:
        """Run the clock from the first submission to the horizon; `watch` is called with each step's block."""
        env = simpy.Environment()
        env.process(self._evaluations(env, watch))
        env.run(until=self.horizon)
        return self.record

    def _evaluations(self, env: simpy.Environment, watch: Watch | None) -> Generator[simpy.Event]:
        """The validator's life: sleep, measure, judge."""
        for step, (now, until) in enumerate(self._steps()):
            yield env.timeout(now - env.now)
            self.validator.step(now, self._measured(step), partial(self._sampled, step))
            self.record.step(now, self.validator, (until - now) / BLOCKS_PER_DAY)
            if watch is not None:
                watch(now)

    def _steps(self) -> Generator[tuple[int, int]]:
        """Begin and end of each step, in blocks."""
        if self.race.observed is None:
            for now in range(0, self.horizon, self._every):
                yield now, min(now + self._every, self.horizon)
            return
        starts = self.race.observed.block.tolist()
        yield from zip(starts, [*starts[1:], self.horizon], strict=True)

    def _sampled(self, step: int) -> np.ndarray:
        if self.race.observed is None:
            return self._noise.samples(step)
        return self._measured(step)[None]  # a validator's log has means only: one sample

    def _measured(self, step: int) -> np.ndarray:
        if self.race.observed is None:
            return self._noise.losses(step)
        row = self.race.observed.loss[step]
        return np.repeat(row[:, None], self.columns.worlds, axis=1)
