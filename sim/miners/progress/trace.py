"""Progress along real or synthesised loss curves, each played at a miner's own speed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from policies.arrays import Array
from policies.errors import InputError
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.course import Crew
from sim.streams import stream
from sim.traces.curve import Curve

GRID = 1024
"""Points of the common grid of log tokens that curves are laid on; a curve of the library has 20 to 500."""


@dataclass(frozen=True)
class TraceProgress:
    """Curves of a library, dealt out to the miners by lot.

    Attributes:
        curves: validation curves in nats per token, with tokens.
        begin: where on its way the public model stands: a share of the shortest curve's tokens.
        days: how long a miner of skill 1 takes for the longest curve; when left out, tokens pass at the speed of his
            GPUs for models of that size.
    """

    curves: tuple[Curve, ...]
    begin: float = 0.1
    days: float | None = None

    @property
    def parameters(self) -> float:
        """The largest model of the curves; 124M where none says its size."""
        known = [c.parameters for c in self.curves if np.isfinite(c.parameters)]
        return max(known, default=0.124e9)

    def course(self, crew: Crew) -> "TraceCourse":
        """See `Progress`.

        Raises:
            InputError: a curve without tokens, in another unit, or too short for the horizon.
        """
        if not self.curves:
            raise InputError("no curve of the library was chosen; give at least one", ("library",))
        for curve in self.curves:
            good = np.isfinite(curve.tokens) & (curve.tokens > 0)
            if curve.unit != "nats" or good.sum() < 2:
                fault = f"is in {curve.unit}" if curve.unit != "nats" else "does not say how many tokens it saw"
                raise InputError(f"run {curve.run!r} {fault}; a world needs nats per token over tokens", ("library",))
        if not 0 < self.begin < 1 or not (self.days is None or 0 < self.days <= 1e5):
            raise InputError(
                f"begin is {self.begin:g} and days {self.days}, but begin must be a share between 0 and 1 "
                "and days positive",
                ("begin",),
            )
        return TraceCourse(self, crew)


class TraceCourse:
    """See `Course`. A curve's lowest loss so far is what a miner would publish, so positions have one loss each."""

    scratch = 1.0

    def __init__(self, progress: TraceProgress, crew: Crew) -> None:
        self._crew = crew
        ends = np.array([c.tokens[np.isfinite(c.tokens)][-1] for c in progress.curves])
        self.begin = float(progress.begin * ends.min())
        self._first = np.log(min(self.begin, *(float(c.tokens[c.tokens > 0][0]) for c in progress.curves)))
        self._step = (np.log(ends.max()) - self._first) / (GRID - 1)
        self._table = np.stack([_laid(c, self._first + self._step * np.arange(GRID)) for c in progress.curves])
        self._end = ends
        self._which = stream(crew.seed, "curves").permutation(crew.miners) % len(progress.curves)
        self.sizes = np.array([c.parameters for c in progress.curves])[self._which]
        speed = crew.hardware.tokens if progress.days is None else ends.max() / progress.days
        self._rate = speed * crew.hardware.skill
        self._check(progress)
        self._on_grid = crew.place.array(self._table)

    def work(self, rows: np.ndarray, look: np.ndarray, world: np.ndarray) -> Array:
        """Tokens of the interval."""
        return self._crew.place.array(self._rate[rows][:, world] * self._crew.looks.days(rows, look))

    def advance(self, position: Array, work: Array) -> Array:
        """Tokens add up; past the end of a curve nothing more is gained."""
        return position + work

    def loss(self, position: Array, rows: Any) -> Array:
        """The curve's lowest loss up to the position, between points on a straight line over log tokens."""
        xp = self._crew.place.xp
        at = xp.clip((xp.log(position) - self._first) / self._step, 0.0, GRID - 1.000001)
        low = xp.astype(xp.floor(at), xp.int64)
        table = self._on_grid[self._crew.place.array(self._which[rows])]
        here = xp.take_along_axis(table, low, axis=1)
        there = xp.take_along_axis(table, low + 1, axis=1)
        return here + (there - here) * (at - low)

    def at(self, loss: Array, rows: Any, world: Any) -> Array:
        """The tokens at which one's own curve first gets as low; its end if it never does."""
        place = self._crew.place
        values, which = place.numpy(loss), self._which[place.numpy(rows)]
        out = np.empty(len(values))
        for curve in np.unique(which):
            mine = which == curve
            out[mine] = np.interp(-values[mine], -self._table[curve], np.arange(GRID))
        return place.array(np.exp(self._first + self._step * out))

    def pace(self, position: Array, rows: np.ndarray, world: np.ndarray) -> Array:
        """The fall of the curve over the next day at the miner's speed."""
        rate = self._crew.place.array(self._rate[rows][:, world])
        xp = self._crew.place.xp
        return xp.log(self.loss(position, rows)) - xp.log(self.loss(position + rate, rows))

    def pooled(self, work: Array) -> Array:
        """All tokens in one run along the curve that ends lowest."""
        xp = self._crew.place.xp
        best = int(np.argmin(self._table[:, -1]))
        at = xp.clip((xp.log(self.begin + work) - self._first) / self._step, 0.0, GRID - 1.0)
        low = xp.astype(xp.floor(at), xp.int64)
        ends = np.interp(np.log(self.begin), self._first + self._step * np.arange(GRID), self._table[best])
        return float(np.log(ends)) - xp.log(self._on_grid[best][low])

    def _check(self, progress: TraceProgress) -> None:
        days = self._crew.looks.horizon / BLOCKS_PER_DAY
        short = self.begin + self._rate * days - self._end[self._which][:, None]
        if (short > 0).any():
            miner, world = np.unravel_index(int(np.argmax(short)), short.shape)
            curve, rate = progress.curves[self._which[miner]], self._rate[miner, world]
            lasts = (self._end[self._which[miner]] - self.begin) / rate
            raise InputError(
                f"run {curve.run!r} is too short for the horizon: miner {miner} passes {rate:.3g} tokens a day and is "
                f"at its end after {lasts:.3g} of {days:g} days; shorten the horizon, take longer curves, or play them "
                "slower (`days`)",
                ("days",),
            )


def _laid(curve: Curve, grid: np.ndarray) -> np.ndarray:
    """The lowest loss up to each point of the grid (log tokens)."""
    good = np.isfinite(curve.tokens) & (curve.tokens > 0)
    loss = np.minimum.accumulate(curve.loss[good])
    laid: np.ndarray = np.interp(grid, np.log(curve.tokens[good]), loss)
    return laid
