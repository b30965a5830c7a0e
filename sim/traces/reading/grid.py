"""Rows of numbers under names as records of runs; all formats that are tables share it."""

from collections import Counter
from collections.abc import Iterator
from math import inf, isnan, nan
from typing import Any

import numpy as np

from sim.traces.reading import records
from sim.traces.reading.names import Column, Layout
from sim.traces.reading.records import COLUMNS, Records
from sim.traces.reading.source import Unreadable

MOST_RUNS = 100_000
LOSSES = [COLUMNS.index("validation"), COLUMNS.index("train")]
UNIX_FROM, UNIX_MS_FROM = 1e8, 1e11  #: seconds since 1970 from 1973 on, and milliseconds; no run takes that long


class Grid:
    """Runs, filled from blocks of rows."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout  #: what the columns of the rows mean
        self.runs: dict[tuple[str, str], Records] = {}  #: by label and column of the loss, in order of appearance

    def feed(self, frame: Any) -> None:
        """A block of rows: a DataFrame by place of numbers (losses as of `numbers.as_loss`) and of the runs' labels."""
        losses = {column: _best_values(frame, column) for column in self.layout.losses}
        finite = np.logical_or.reduce([np.isfinite(values) for values in losses.values()])
        for values in losses.values():
            values[finite & (values == -inf)] = nan  # a NaN beside a finite loss is a gap: a lost run has no finite one
        table = np.full((len(frame), len(COLUMNS)), nan)
        for name, column in self.layout.columns.items():
            if name != "run":
                table[:, COLUMNS.index(name)] = _best_values(frame, column)
        if self.layout.train:
            table[:, COLUMNS.index("train")] = losses[self.layout.train]
        # a table without a validation loss is one run of its training loss
        validations: list[Column | None] = [*self.layout.validations] or [None]
        for label, rows in _rows_by_label(frame, self.layout.columns.get("run")):
            for validation in validations:
                if validation:
                    table[:, COLUMNS.index("validation")] = losses[validation]
                block = table[rows]
                if len(validations) > 1:  # sets are measured at different steps, and a run keeps what is of its own
                    block = block[~np.isnan(block[:, LOSSES]).all(axis=1)]
                self._run(label, validation).extend(block)
        records.thin_longest(self.runs.values(), records.MOST_RECORDS)

    def finish(self, notes: Counter[str] | None = None, cut: bool = False) -> Iterator[Records]:
        """The runs, when all rows were fed, with the notes on their file."""
        for run in self.runs.values():
            times = run.column("seconds")
            stated = times[np.isfinite(times)]
            if isnan(run.seconds_unit) and len(stated) and stated[0] >= UNIX_FROM:  # dates: count from the run's first
                run.seconds_unit = 0.001 if stated[0] > UNIX_MS_FROM else 1.0
                times -= stated.min()
            run.notes.update(notes)
            run.cut = cut
            yield run

    def _run(self, label: str, validation: Column | None) -> Records:
        key = label, self.layout.header[validation.places[0]] if validation else ""
        if key in self.runs:
            return self.runs[key]
        if len(self.runs) >= MOST_RUNS:
            raise Unreadable(f"more than {MOST_RUNS:,} runs in one table")
        clock, train = self.layout.columns.get("seconds"), self.layout.train
        run = self.runs[key] = Records(label, seconds_unit=clock.meaning.time_unit if clock else nan)
        if validation:
            run.validation_unit, run.dataset = validation.meaning.unit, validation.meaning.group
            if len(self.layout.validations) > 1:
                run.loss_column = key[1]
                run.run = " ".join(filter(None, (label, validation.meaning.group or key[1])))
        if train:
            run.train_unit, run.kind_unsaid = train.meaning.unit, train.meaning.bare
        return run


def _best_values(frame: Any, column: Column) -> np.ndarray:
    """In each row the value of the best name that has one."""
    values = frame[column.places[0]].to_numpy(dtype=np.float64, copy=True)
    for place in column.places[1:]:
        np.copyto(values, frame[place].to_numpy(dtype=np.float64), where=np.isnan(values))
    return np.asarray(values)


def _rows_by_label(frame: Any, column: Column | None) -> Iterator[tuple[str, np.ndarray | slice]]:
    """The rows of each run, in order of appearance."""
    if column is None:
        yield "", slice(None)
        return
    import pandas as pd  # noqa: PLC0415 - slow to import

    codes, labels = pd.factorize(frame[column.places[0]])
    by_label = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes))
    yield from zip(map(str, labels), np.split(by_label, ends[:-1]), strict=True)
