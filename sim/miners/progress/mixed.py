"""Several ways of making progress in one world: each miner goes his own."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from policies.arrays import Array
from sim.miners.progress.course import Course, Crew, Progress


class Courses:
    """The courses of all miners as one; see `Course`. `begin`, `scratch` and `sizes` are `[miners]`.

    Args:
        progress: ways with the share of the miners that go each way; which miner goes which way is the same in every
            world and lane.
        crew: all miners.
    """

    def __init__(self, progress: Sequence[tuple[Progress, float]], crew: Crew) -> None:
        self._crew = crew
        self.courses: list[Course] = [way.course(crew) for way, _ in progress]
        edges = np.cumsum([share for _, share in progress])
        # golden-ratio steps: every stretch of miners has the shares
        self.kind = np.minimum(
            np.searchsorted(edges, np.arange(crew.miners) * 0.6180339887498949 % 1.0, side="right"), len(progress) - 1
        )
        self.begin, self.scratch = (
            np.array([getattr(course, name) for course in self.courses])[self.kind] for name in ("begin", "scratch")
        )
        sizes = np.stack([np.broadcast_to(course.sizes, crew.miners) for course in self.courses])
        self.sizes: np.ndarray = sizes[self.kind, np.arange(crew.miners)]

    def work(self, rows: np.ndarray, look: np.ndarray, world: np.ndarray) -> Array:
        """See `Course`."""
        return self._each(rows, lambda course, at: course.work(rows[at], look[at], world))

    def advance(self, position: Array, work: Array, rows: np.ndarray) -> Array:
        """See `Course`."""
        return self._each(rows, lambda course, at: course.advance(position[at], work[at]))

    def loss(self, position: Array, rows: np.ndarray) -> Array:
        """See `Course`."""
        return self._each(rows, lambda course, at: course.loss(position[at], rows[at]))

    def at(self, loss: Array, rows: np.ndarray, world: np.ndarray) -> Array:
        """See `Course`."""
        return self._each(rows, lambda course, at: course.at(loss[at], rows[at], world[at]))

    def pace(self, position: Array, rows: np.ndarray, world: np.ndarray) -> Array:
        """See `Course`."""
        return self._each(rows, lambda course, at: course.pace(position[at], rows[at], world))

    def _each(self, rows: np.ndarray, call: Callable[[Course, Any], Array]) -> Array:
        if len(self.courses) == 1:
            return call(self.courses[0], slice(None))
        kinds = self.kind[rows]
        rooms = [(course, np.flatnonzero(kinds == number)) for number, course in enumerate(self.courses)]
        found = [(at, call(course, at)) for course, at in rooms if len(at)]
        # what is the same in all lanes may come as one column from one course, and wide from another
        width = np.broadcast_shapes(*(values.shape[1:] for _, values in found))
        out = self._crew.place.full((len(rows), *width), 0.0)
        for at, values in found:
            out[at] = values
        return out
