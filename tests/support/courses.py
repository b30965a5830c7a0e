"""Courses of progress as the engine calls them, and the miners that go them."""

from collections.abc import Callable, Sequence

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.compiler import pointers
from sim.compiler.courses import compile_course
from sim.miners.hardware import Fleet, equip
from sim.miners.looks import Looks
from sim.miners.progress.course import Course, Crew, Progress
from sim.traces.curve import Curve

SIZE = 3e9

SHAPES = {1: pointers.ONE, 2: pointers.TWO, 3: pointers.THREE}


def crew(
    miners: int = 3, days: float = 10.0, every: int = 1800, skill: float = 0.0, worlds: tuple[int, ...] = (0,)
) -> Crew:
    """Miners of one H100 each, that look up at once and then every quarter of a day."""
    hardware = equip(Fleet(least=1, most=1, skill=skill), SIZE, miners, 1, worlds)
    looks = Looks(every, np.zeros(miners, dtype=np.int64), round(days * BLOCKS_PER_DAY))
    return Crew(hardware, looks, 1, worlds)


class Compiled:
    """The functions of a course as the engine calls them, for one miner."""

    def __init__(self, course: Course, miner: int = 0) -> None:
        self._made, record = compile_course(course, []), int(course.which[miner])
        self._numbers = int(self._made.numbers[record])
        self._functions = {
            name: pointers.callable_at(int(self._made.functions[name][record]), SHAPES[count])
            for name, count in Course.functions
        }

    def __getattr__(self, name: str) -> Callable[..., float]:
        """One of the functions of a position."""
        return lambda *values: self._functions[name](self._numbers, *map(float, values))


def everything(progress: Progress, who: Crew) -> np.ndarray:
    """All work until the last look, `[miners, worlds]`."""
    course, rows = progress.course(who), np.arange(who.miners)
    return sum(course.work(rows, np.full(who.miners, look)) for look in range(who.looks.count))


def curve(loss: Sequence[float], tokens: Sequence[float], run: str = "one", unit: str = "nats") -> Curve:
    """A validation curve."""
    n = len(loss)
    given = np.array(loss), np.array(tokens)
    return Curve(run, np.arange(n) * 1.0, given[1], np.full(n, np.nan), given[0], "validation", unit)


FALLING = curve((6.0, 4.0, 3.5, 3.2), (1e6, 1e7, 1e8, 1e9))
