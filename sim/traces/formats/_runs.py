"""Several runs in one file, one after the other: where one ends, what they are called, and which are copies."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf, isnan, nan

import numpy as np

from sim.traces.raw import Raw

LEAST = 5
"""Records of which a run must be seen to be in order before it can be over."""
COPY = "a second copy of the run left out"
UNTIMED = "times before the clock had started left out"


@dataclass
class Run:
    """One run so far.

    Attributes:
        raw: its records.
        first, lowest, latest: step of its first record, its lowest step, that of its latest record.
        falls: how often the step went down.
        untimed: highest step of the records that the log marks as before the start of its clock.
        stopped: the log says that the run was ended before its planned steps.
    """

    raw: Raw = field(default_factory=Raw)
    first: float = nan
    lowest: float = inf
    latest: float = nan
    falls: int = 0
    untimed: float = -inf
    stopped: bool = False

    def is_over(self, step: float) -> bool:
        """Whether a record begins another run: this one, in order but for repeats, was at its end."""
        at_end = self.latest == self.raw.planned_steps and step < self.latest
        in_order = len(self.raw) >= LEAST and self.falls * 4 <= len(self.raw)
        return at_end and in_order and step == self.first == self.lowest

    def at(self, step: float) -> None:
        """A record of that step was added."""
        self.falls += step < self.latest
        self.first = step if isnan(self.first) else self.first
        self.lowest, self.latest = min(self.lowest, step), step

    def done(self) -> Raw:
        """The run, without times of a clock that had not started when it restarted after the untimed records."""
        if self.untimed >= 0 and "seconds" in self.raw.columns:
            step, seconds = self.raw.column("step"), self.raw.column("seconds")
            timed = step[(step > self.untimed) & np.isfinite(seconds)]
            begin = np.flatnonzero((step <= (timed.min() if len(timed) else inf)) & np.isfinite(seconds))
            begin = begin[np.lexsort((seconds[begin], step[begin]))]
            back = np.flatnonzero(np.diff(seconds[begin]) < 0)
            for place in begin[: back[-1] + 1] if len(back) else ():
                self.raw.columns["seconds"][place] = nan
                self.raw.note(UNTIMED)
        if self.stopped:
            self.raw.planned_steps = nan
            self.raw.note("the run stopped early by its own rule")
        return self.raw


def named(raws: Iterable[Raw]) -> Iterator[Raw]:
    """The runs called 1, 2, ... if there is more than one, without those that only repeat the one before."""
    held, count = None, 0
    for raw in raws:
        if held is not None:
            if len(raw) and _repeats(raw, held):
                held.note(COPY, len(raw))
                continue
            count += 1
            held.run = str(count)
            yield held
        held = raw
    if held is not None:
        held.run = str(count + 1) if count else ""
        yield held


def _repeats(raw: Raw, other: Raw) -> bool:
    def records(of: Raw) -> np.ndarray:
        columns = [np.nan_to_num(of.column(name), nan=-1.0) for name in ("step", "validation", "train")]
        return np.stack(columns, axis=1)

    both = np.unique(np.concatenate([records(other), records(raw)]), axis=0)
    return len(both) == len(np.unique(records(other), axis=0))
