"""The contract of progress: where a miner's model stands on its way, how far an interval takes it, and its loss there.

A position is one number per miner and column: tokens for scaling laws and traces, gained log loss for ideas. What a
miner gets done between two looks is the same in every lane; only where it starts from differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from policies.arrays import Array
from sim.backend import Backend
from sim.clock import BLOCKS_PER_DAY
from sim.miners.hardware import Hardware


@dataclass(frozen=True)
class Looks:
    """When miners look up: every `every` blocks, each at a phase of his own, the same in every world.

    Attributes:
        every: blocks between two looks of a miner.
        phase: block of each miner's first look, int `[miners]`.
        horizon: blocks of the contest.
    """

    every: int
    phase: np.ndarray
    horizon: int

    @property
    def count(self) -> int:
        """Looks of the busiest miner."""
        return 1 + max(0, int((self.horizon - 1 - self.phase.min()) // self.every))

    def days(self, rows: np.ndarray, look: np.ndarray) -> np.ndarray:
        """Length of the interval that ends with each one's look of that number, `[rows, 1]`."""
        return (np.where(look == 0, self.phase[rows], self.every) / BLOCKS_PER_DAY)[:, None]


@dataclass(frozen=True)
class Crew:
    """Those whose progress a course describes: the miners of some worlds.

    Attributes:
        hardware: of all miners.
        looks: when they look up.
        seed: of all random streams.
        worlds: which worlds, by number.
        place: where arrays go.
    """

    hardware: Hardware
    looks: Looks
    seed: int
    worlds: Sequence[int]
    place: Backend

    @property
    def miners(self) -> int:
        """How many there are."""
        return len(self.looks.phase)


class Course(Protocol):
    """A way of making progress, drawn for a crew.

    Positions are `[rows, columns]` with `rows` the miners, or `[some]` with one miner and one world each (`rows` and
    `world` of that length).
    """

    begin: float
    """The position of the public model that all begin from."""
    scratch: float
    """The position of somebody who begins from nothing."""

    @property
    def sizes(self) -> float | np.ndarray:
        """Parameters of the miners' models, one number for all or `[miners]`; NaN where unknown."""
        ...

    def work(self, rows: np.ndarray, look: np.ndarray, world: np.ndarray) -> Array:
        """How far the interval that ends with each one's look takes him, `[rows, columns]` or `[rows, 1]`."""
        ...

    def advance(self, position: Array, work: Array) -> Array:
        """The position after that much work; no work leaves it where it is."""
        ...

    def loss(self, position: Array, rows: np.ndarray) -> Array:
        """Nats per token at a position."""
        ...

    def at(self, loss: Array, rows: Array, world: Array) -> Array:
        """The position from which somebody else's finished model of that loss is trained on (theory C1), `[some]`."""
        ...

    def pace(self, position: Array, rows: np.ndarray, world: np.ndarray) -> Array:
        """Log loss per day that training is worth at a position."""
        ...

    def pooled(self, work: Array) -> Array:
        """Log loss that one lineage would have gained from `begin` with all that work; NaN where it has no meaning."""
        ...


class Progress(Protocol):
    """A kind of progress as a recipe describes it."""

    def course(self, crew: Crew) -> Course:
        """Draw it for a crew.

        Raises:
            InputError: it does not fit the crew or the horizon.
        """
        ...

    @property
    def parameters(self) -> float:
        """Size of the models, which decides how fast they are trained."""
        ...
