"""Looks: the moments at which a miner sees the public facts and decides, with the random numbers of each.

The world draws both; they are the same in every lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.course import NO_IDEAS, Ideas
from sim.streams import stream

if TYPE_CHECKING:
    from sim.miners.progress.course import Courses
    from sim.scenario import Scenario

CHUNK = 256
"""Steps of the clock that are drawn at a time."""


@dataclass(frozen=True)
class Looks:
    """When miners look up: every `every` blocks, each at a phase of its own, the same in every world."""

    every: int  #: blocks between two looks of a miner
    phase: np.ndarray  #: block of each miner's first look, int `[miners]`
    horizon: int  #: blocks of the contest

    @classmethod
    def draw(cls, scenario: "Scenario", seed: int) -> "Looks":
        """The looks of a scenario's miners: one after the other, or each at a phase by lot."""
        n, every = scenario.miners, scenario.wake_blocks
        phase = np.arange(n) * every // n if scenario.in_turn else stream(seed, "looks").integers(0, every, n)
        return cls(every, phase, scenario.horizon)

    @property
    def count(self) -> int:
        """Looks of the busiest miner."""
        return 1 + max(0, int((self.horizon - 1 - self.phase.min()) // self.every))

    def days(self, rows: np.ndarray, look: np.ndarray) -> np.ndarray:
        """Days between the look before and the look of that number, of the miners in `rows`, `[rows]`."""
        return np.asarray(np.where(look == 0, self.phase[rows], self.every) / BLOCKS_PER_DAY)

    def next_look(self, block: int | np.ndarray) -> np.ndarray:
        """The number of each miner's first look at a block or after it, int `[..., miners]`."""
        return np.asarray(np.maximum(-((self.phase - block) // self.every), 0))


class Agenda(NamedTuple):
    """The looks of some steps of the clock, by step and then by miner; arrays `[looks]` or `[looks, worlds]`."""

    begins: np.ndarray  #: the first look of each step, and behind them their number, int `[steps + 1]`
    miner: np.ndarray  #: which miner looks
    block: np.ndarray  #: when
    days: np.ndarray  #: length of the interval that ends there
    work: np.ndarray  #: how far the interval takes a miner that trains, `[looks, worlds, choices]`
    doubt: np.ndarray  #: error of its own evaluation, a standard normal number
    draw: np.ndarray  #: the random number of its decision, uniform in [0, 1)
    luck: np.ndarray  #: luck of its last seed, a standard normal number
    level: np.ndarray  #: the random number of its effort, uniform in [0, 1)
    choice: np.ndarray  #: the random number of its course, likewise
    option: np.ndarray  #: the random number of its option of a protection menu, likewise
    ideas: Ideas  #: what the work consists of, idea by idea, where miners respond to pay


@dataclass
class Chance:
    """Random numbers for every step of the clock and miner; a shorter contest has the first ones of a longer."""

    scenario: "Scenario"  #: the contest
    looks: Looks  #: when miners look up
    courses: "Courses"  #: how far training takes them
    seed: int  #: of all random streams
    worlds: Sequence[int]  #: which worlds, by number
    options: bool = False  #: whether any lane has a protection menu
    _chunk: int = field(default=0, init=False)
    _agenda: Agenda | None = field(default=None, init=False)

    def looks_of(self, step: int) -> tuple[Agenda, int, int]:
        """An agenda, and where in it the looks of a step begin and end; to be asked for steps in rising order."""
        chunk, place = divmod(step, CHUNK)
        if self._agenda is None or chunk != self._chunk:
            self._chunk, self._agenda = chunk, self._draw(chunk)
        return self._agenda, int(self._agenda.begins[place]), int(self._agenda.begins[place + 1])

    def _draw(self, chunk: int) -> Agenda:
        scenario, looks, level = self.scenario, self.looks, self.scenario.noise
        every, steps = scenario.validation.step_blocks, min(CHUNK, scenario.steps - chunk * CHUNK)
        begin = (chunk * CHUNK + np.arange(steps)[:, None]) * every
        number = looks.next_look(begin)
        block = looks.phase + number * looks.every
        # a miner that would look twice in a step looks once
        wakes = block < np.minimum(begin + every, looks.horizon)
        step, miner = np.nonzero(wakes)
        look, still = number[wakes], np.zeros((len(step), len(self.worlds)))

        def drawn(purpose: str, law: str) -> np.ndarray:
            """A random number for each look, `[looks, worlds]`; it belongs to (world, purpose, step, miner)."""
            streams = [stream(self.seed, "world", w, purpose, chunk) for w in self.worlds]
            every_look = [getattr(each, law)((steps, scenario.miners))[step, miner] for each in streams]
            return np.ascontiguousarray(np.stack(every_look, axis=-1))

        responds = scenario.responds
        work = self.courses.work(miner, look)
        return Agenda(
            np.concatenate([[0], np.cumsum(wakes.sum(axis=1))]),
            miner,
            block[wakes].astype(np.float64),
            looks.days(miner, look),
            np.ascontiguousarray(work),
            drawn("local evaluation", "standard_normal") if level.stranger else still,
            drawn("decisions", "random"),
            drawn("seeds", "standard_normal") if scenario.seed_sd else still,
            drawn("effort", "random") if responds else still,
            drawn("course", "random") if scenario.menu else still,
            drawn("option", "random") if self.options else still,
            self.courses.ideas(miner, look) if responds else NO_IDEAS,
        )
