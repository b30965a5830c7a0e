"""When miners look up, and the chance of each look: drawn by the world, the same in every lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.compiler import compiled
from sim.streams import stream

if TYPE_CHECKING:
    from sim.miners.progress.course import Courses
    from sim.scenario import Scenario

CHUNK = 256
"""Steps of the clock that are drawn at a time."""


@dataclass(frozen=True)
class Looks:
    """When miners look up: every `every` blocks, each at a phase of its own, the same in every world.

    Attributes:
        every: blocks between two looks of a miner.
        phase: block of each miner's first look, int `[miners]`.
        horizon: blocks of the contest.
    """

    every: int
    phase: np.ndarray
    horizon: int

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
        """Length of the interval that ends with each one's look of that number, `[rows]`."""
        return np.asarray(np.where(look == 0, self.phase[rows], self.every) / BLOCKS_PER_DAY)


class Agenda(NamedTuple):
    """The looks of some steps of the clock, by step and then by miner; arrays `[looks]` or `[looks, worlds]`.

    Attributes:
        begins: the first look of each step, and behind them their number, int `[steps + 1]`.
        miner, block, days: which miner, when, and the length of the interval that ends there.
        work: how far the interval takes a miner that trains, `[looks, worlds]`.
        doubt, draw, luck: chance: of its own evaluation (normal), of its decision (uniform), of its last seed (normal).
    """

    begins: np.ndarray
    miner: np.ndarray
    block: np.ndarray
    days: np.ndarray
    work: np.ndarray
    doubt: np.ndarray
    draw: np.ndarray
    luck: np.ndarray


@compiled
def list_looks(
    first: int, every: int, phase: np.ndarray, wake: int, horizon: int, begins: np.ndarray, miner: np.ndarray,
    look: np.ndarray,
) -> int:  # fmt: skip
    """Fill in which miners look up in each step from block `first` on, and with which look; how many looks there are.

    A miner that would look twice in a step looks once.
    """
    count = 0
    for step in range(len(begins) - 1):
        begins[step] = count
        now = first + step * every
        until = min(now + every, horizon)
        for m in range(len(phase)):
            number = max((now - phase[m] + wake - 1) // wake, 0)
            if phase[m] + number * wake < until:
                miner[count], look[count] = m, number
                count += 1
    begins[len(begins) - 1] = count
    return count


class Chance:
    """Random numbers for every step of the clock and miner; a shorter contest has the first ones of a longer.

    Args:
        scenario: the contest.
        looks: when miners look up.
        courses: how far training takes them.
        seed: of all random streams.
        worlds: which worlds, by number.
    """

    def __init__(
        self, scenario: "Scenario", looks: Looks, courses: "Courses", seed: int, worlds: Sequence[int]
    ) -> None:
        self._scenario, self._looks, self._courses = scenario, looks, courses
        self._seed, self._worlds = seed, worlds
        self._chunk = -1
        self._agenda: Agenda | None = None

    def at(self, step: int) -> tuple[Agenda, int, int]:
        """The agenda that has the looks of a step, and the first and the last but one of them; ask in rising order."""
        if step // CHUNK != self._chunk:
            self._chunk = step // CHUNK
            self._agenda = self._draw()
        assert self._agenda is not None  # noqa: S101 - drawn above
        at = step % CHUNK
        return self._agenda, int(self._agenda.begins[at]), int(self._agenda.begins[at + 1])

    def _draw(self) -> Agenda:
        scenario, looks = self._scenario, self._looks
        every, first = scenario.validation.step_blocks, self._chunk * CHUNK
        steps, miners = min(CHUNK, scenario.steps - first), scenario.miners
        begins, most = np.zeros(steps + 1, np.int64), steps * min(miners, miners * (1 + every // looks.every) + miners)
        miner, look = np.empty(most, np.int64), np.empty(most, np.int64)
        count = list_looks(first * every, every, looks.phase, looks.every, scenario.horizon, begins, miner, look)
        miner, look = miner[:count].copy(), look[:count].copy()
        step = np.repeat(np.arange(steps), np.diff(begins))
        level, still = scenario.noise, np.zeros((count, len(self._worlds)))
        return Agenda(
            begins,
            miner,
            (looks.phase[miner] + look * looks.every).astype(np.float64),
            looks.days(miner, look),
            np.ascontiguousarray(self._courses.work(miner, look)),
            self._drawn("local evaluation", "standard_normal", steps, step, miner) if level.stranger else still,
            self._drawn("decisions", "random", steps, step, miner),
            self._drawn("seeds", "standard_normal", steps, step, miner) if scenario.seed_sd else still,
        )

    def _drawn(self, purpose: str, law: str, steps: int, step: np.ndarray, miner: np.ndarray) -> np.ndarray:
        """Numbers of looks, `[looks, worlds]`: each belongs to (world, purpose, step, miner)."""
        streams = [stream(self._seed, "world", w, purpose, self._chunk) for w in self._worlds]
        every = [getattr(each, law)((steps, self._scenario.miners))[step, miner] for each in streams]
        return np.ascontiguousarray(np.stack(every, axis=-1))
