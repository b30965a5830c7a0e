"""Progress along real or synthesised loss curves, each played at a miner's own speed."""

from dataclasses import dataclass
from math import exp, log
from typing import Annotated

import numpy as np

from policies.errors import InputError
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.course import Course, Crew
from sim.settings import About, Settings
from sim.streams import stream
from sim.traces.curve import Curve

GRID = 1024
"""Points of the common grid of log tokens at which curves are read; a curve of the library has 20 to 500."""


Begin = Annotated[float, About("where the public model stands: a share of the shortest curve's tokens", 1e-6, 0.999)]
Days = Annotated[
    float | None,
    About("days of a miner of skill 1 for the longest curve; when left out, tokens pass at its GPUs' speed", 0.01, 1e5),
]


@dataclass(frozen=True)
class TraceProgress(Settings):
    """Curves of a library, dealt out to the miners by lot."""

    curves: tuple[Curve, ...]  #: validation curves in nats per token, with tokens
    begin: Begin = 0.1
    days: Days = None

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
        return TraceCourse(self, crew)


class TraceCourse(Course):
    """See `Course`; work is tokens. A miner publishes its curve's lowest loss so far, so each position has one loss."""

    scratch = 1.0

    first: float
    step: float
    table: np.ndarray

    def __init__(self, progress: TraceProgress, crew: Crew) -> None:
        ends = np.array([c.tokens[np.isfinite(c.tokens)][-1] for c in progress.curves])
        self.begin = float(progress.begin * ends.min())
        first = np.log(min(self.begin, *(float(c.tokens[c.tokens > 0][0]) for c in progress.curves)))
        step = (np.log(ends.max()) - first) / (GRID - 1)
        self.records = np.zeros(len(progress.curves), [("first", "f8"), ("step", "f8"), ("table", "f8", (GRID,))])
        self.records["first"], self.records["step"] = first, step
        for record, curve in zip(self.records, progress.curves, strict=True):
            good = np.isfinite(curve.tokens) & (curve.tokens > 0)
            lowest = np.minimum.accumulate(curve.loss[good])  # up to each point
            record["table"] = np.interp(first + step * np.arange(GRID), np.log(curve.tokens[good]), lowest)
        self.looks = crew.looks
        self.which = stream(crew.seed, "curves").permutation(crew.miners) % len(progress.curves)
        self.sizes = np.array([c.parameters for c in progress.curves])[self.which]
        speed = crew.hardware.tokens if progress.days is None else ends.max() / progress.days
        self.rate = speed * crew.hardware.skill
        self._check(progress, ends[self.which])

    def loss(self, position: float) -> float:
        """The curve's lowest loss up to the position, between points on a straight line over log tokens."""
        at = min(max((log(position) - self.first) / self.step, 0.0), GRID - 1.000001)
        low = int(at)
        here, there = self.table[low], self.table[low + 1]
        return float(here + (there - here) * (at - low))

    def resume(self, loss: float, rate: float) -> float:
        """The tokens at which its own curve first gets as low; its end if it never does."""
        low, high = 0, GRID - 1  # the table never rises: find the last point above the loss
        if loss >= self.table[0]:
            return exp(self.first)
        if loss < self.table[high]:
            return exp(self.first + self.step * high)
        while high - low > 1:
            middle = (low + high) // 2
            if self.table[middle] > loss:
                low = middle
            else:
                high = middle
        fallen = self.table[low] - self.table[high]
        share = (self.table[low] - loss) / fallen if fallen > 0.0 else 1.0
        return exp(self.first + self.step * (low + share))

    def pace(self, position: float, loss: float, rate: float) -> float:
        """The fall of the curve over the next day at the miner's speed."""
        return log(loss) - log(self.loss(position + rate))

    def pooled(self, work: np.ndarray) -> np.ndarray:
        """All tokens in one run along the curve that ends lowest."""
        first, step = self.records["first"][0], self.records["step"][0]
        best = self.records["table"][np.argmin(self.records["table"][:, -1])]
        low = np.clip((np.log(self.begin + work) - first) / step, 0.0, GRID - 1.0).astype(np.int64)
        ends = np.interp(np.log(self.begin), first + step * np.arange(GRID), best)
        return np.asarray(np.log(ends) - np.log(best[low]))

    def _check(self, progress: TraceProgress, ends: np.ndarray) -> None:
        """Refuse curves that end (`ends`, tokens `[miners]`) before the horizon: past its end a curve gains nothing."""
        days = self.looks.horizon / BLOCKS_PER_DAY
        short = self.begin + self.rate * days - ends[:, None]
        if (short > 0).any():
            miner, world = np.unravel_index(int(np.argmax(short)), short.shape)
            curve, rate = progress.curves[self.which[miner]], self.rate[miner, world]
            lasts = (ends[miner] - self.begin) / rate
            raise InputError(
                f"run {curve.run!r} is too short for the horizon: miner {miner} passes {rate:.3g} tokens a day and is "
                f"at its end after {lasts:.3g} of {days:g} days; shorten the horizon, take longer curves, or play them "
                "slower (`days`)",
                ("days",),
            )
