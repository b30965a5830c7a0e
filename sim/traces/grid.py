"""Rows of numbers under names as records of runs; CSV, Lightning and parquet share it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from sim.traces.cells import Numbers
from sim.traces.layout import Layout
from sim.traces.names import Loss
from sim.traces.raw import MOST_VALUES, Raw
from sim.traces.source import Unreadable

MOST_RUNS = 100_000
UNIX_FROM = 1e8
"""Seconds since 1970 from 1973 on; no run takes that long."""
UNIX_MS_FROM = 1e11


@dataclass
class Grid:
    """Runs, filled from blocks of rows.

    Attributes:
        layout: what the columns mean.
        shift: added to the steps that the table gives.
        runs: (label of the run, column of its loss) -> the run, in order of appearance.
    """

    layout: Layout
    shift: float = 0.0
    runs: dict[tuple[str, str], Raw] = field(default_factory=dict)

    def feed(self, columns: Mapping[int, Numbers], labels: Sequence[str] | None = None) -> None:
        """A block of rows: the wanted columns by place, and the run of each row if there is a column of runs."""
        values = {m: columns[p][0] for m, p in self.layout.places.items() if m != "run"}
        if "step" in values:
            values["step"] = values["step"] + self.shift
        losses = {place: columns[place] for place in self.layout.losses}
        finite = sum((there & np.isfinite(loss)).astype(np.int8) for loss, there in losses.values())
        for place, (loss_values, there) in losses.items():
            # a NaN beside a finite loss is a gap: a run that is lost has no finite one
            losses[place] = loss_values, there & ~(np.isnan(loss_values) & (np.asarray(finite) > 0))
        several = len(self.layout.validations) > 1
        for label, rows in _by_label(labels):
            train = losses.get(self.layout.train[0]) if self.layout.train else None
            for place, loss in self.layout.validations or ((-1, None),):
                pair = {"validation": losses.get(place), "train": train}
                said = {kind: found for kind, found in pair.items() if found is not None}
                block = values | {kind: found for kind, (found, _) in said.items()}
                if several:  # sets are measured at different steps, and a run keeps what is of its own
                    there = np.logical_or.reduce([mask for _, mask in said.values()])
                    kept = np.flatnonzero(there[rows]) if isinstance(rows, slice) else rows[there[rows]]
                else:
                    kept = rows
                self._run(label, place, loss).extend(
                    {name: column[kept] for name, column in block.items()},
                    {kind: mask[kept] for kind, (_, mask) in said.items()},
                )
        self._bound()

    def finish(self) -> Iterator[Raw]:
        """The runs, when all rows were fed."""
        for raw in self.runs.values():
            settle_clock(raw)
            yield raw

    def _bound(self) -> None:
        """Thin the longest runs out where all of them together hold too much."""
        while sum(raw.size for raw in self.runs.values()) > MOST_VALUES:
            longest = max(raw.size for raw in self.runs.values())
            for raw in self.runs.values():
                if raw.size > longest // 2:
                    raw.thin()

    def _run(self, label: str, place: int, loss: Loss | None) -> Raw:
        key = label, self.layout.header[place] if loss else ""
        if key not in self.runs:
            if len(self.runs) >= MOST_RUNS:
                raise Unreadable(f"more than {MOST_RUNS:,} runs in one table")
            self.runs[key] = self._new(label, key[1], loss)
        return self.runs[key]

    def _new(self, label: str, column: str, loss: Loss | None) -> Raw:
        raw = Raw(seconds_unit=self.layout.time_unit)
        group = ""
        if loss:
            raw.validation_unit, raw.dataset = loss.unit, loss.group
            if len(self.layout.validations) > 1:
                raw.loss_column, group = column, loss.group or column
        if self.layout.train:
            raw.train_unit, raw.kind_unsaid = self.layout.train[1].unit, not self.layout.train[1].kind
        raw.run = " ".join(part for part in (label, group) if part)
        return raw


def settle_clock(raw: Raw) -> None:
    """Times that are dates (seconds or milliseconds since 1970) count from the run's first one."""
    times = raw.column("seconds")
    known = times[np.isfinite(times)]
    if isfinite(raw.seconds_unit) or not len(known) or float(known[0]) < UNIX_FROM:
        return
    raw.seconds_unit = 0.001 if known[0] > UNIX_MS_FROM else 1.0
    start = float(known.min())
    del times, known
    np.frombuffer(raw.columns["seconds"], dtype=np.float64)[:] -= start


def _by_label(labels: Sequence[str] | None) -> Iterator[tuple[str, np.ndarray | slice]]:
    """The rows of each run, in order of appearance."""
    if labels is None:
        yield "", slice(None)
        return
    found, first, inverse = np.unique(np.asarray(labels, dtype=object), return_index=True, return_inverse=True)
    for place in np.argsort(first):
        yield str(found[place]), np.flatnonzero(inverse == place)
