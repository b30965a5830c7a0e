"""Charts exported from Weights & Biases: `"Step","<run> - val/loss","<run> - val/loss__MIN", ...__MAX`."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from sim.traces.reading.names import Layout, Meaning, loss_of, meaning
from sim.traces.reading.records import COLUMNS, Records
from sim.traces.reading.sheet import Sheet
from sim.traces.reading.source import Source, Unreadable

MARKS = ("__MIN", "__MAX")
APART = " - "


class Series(NamedTuple):
    """Columns of one run's loss: the values, and their least and most in each step that the chart draws."""

    run: str
    loss: Meaning
    place: int
    least: int | None
    most: int | None


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1: a column to set runs against, and columns of `<run> - <metric>`."""
    header = Sheet(source).header
    if len(header) < 2 or APART in header[0]:
        return 0.0
    named = [name for name in header if APART in name]
    marked = any(name.endswith(MARKS) for name in named)
    return 0.95 if marked else 0.8 if named and len(named) == len(header) - 1 else 0.0


def read(source: Source) -> Iterator[Records]:
    """The runs of the chart; a run that has several of its losses in it has one record of each per row."""
    sheet = Sheet(source)
    chart = _series(sheet.header)
    if not chart:
        raise Unreadable(f"a W&B chart, but of no loss: {', '.join(sheet.header[1:4])}")
    layout = Layout(sheet.header, lambda name: None if APART in name else meaning(name))
    layout.columns.pop("run", None)
    clock, step = layout.columns.get("seconds"), layout.columns.get("step")
    unit = clock.meaning.time_unit if clock else np.nan
    runs: dict[str, Records] = {}
    for header, rows in sheet.blocks():
        if rows and header == sheet.header:
            frame = sheet.frame(rows, layout, also=[p for series in chart for p in series[2:] if p is not None])
            x = np.full((len(frame), len(COLUMNS)), np.nan)
            for name, column in layout.columns.items():
                x[:, COLUMNS.index(name)] = frame[column.places[0]]
            for series in chart:
                if series.run not in runs:
                    run = runs[series.run] = Records(series.run, seconds_unit=unit)
                    run.dataset, run.kind_unsaid = series.loss.group, series.loss.bare
                _feed(runs[series.run], series, x, frame)
    if not runs:
        raise Unreadable("has a header but no rows")
    for run in runs.values():
        if run.run.startswith("Group: "):
            run.note("a group of runs, of which the chart draws the mean")
        if step and sheet.header[step.places[0]].strip().lower() in ("step", "_step"):
            run.note("W&B's Step counts calls of its log function, which need not be optimiser steps", len(run))
        run.notes.update(sheet.notes)
        run.cut = sheet.cut
        yield run


def _series(header: list[str]) -> list[Series]:
    """The losses in a header; a second column of a name belongs to another run of that name."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        places.setdefault(name, []).append(place)
    out = []
    for name, found in places.items():
        run, _, metric = name.rpartition(APART)
        if not run or metric.endswith(MARKS) or (loss := loss_of(metric)) is None:
            continue
        for count, place in enumerate(found):
            ends = [mine[count] if len(mine := places.get(name + mark, [])) > count else None for mark in MARKS]
            out.append(Series(run if not count else f"{run} ({count + 1})", loss, place, *ends))
    return out


def _feed(run: Records, series: Series, x: np.ndarray, frame: Any) -> None:
    """The rows in which the run has a value."""
    values = frame[series.place].to_numpy()
    there = ~np.isnan(values)
    if series.loss.column == "validation":
        run.validation_unit = series.loss.unit
    else:
        run.train_unit = series.loss.unit
    if series.least is not None and series.most is not None:
        with np.errstate(invalid="ignore"):
            spread = (frame[series.most] - frame[series.least]).to_numpy()
        if drawn := int((there & np.isfinite(spread) & (spread != 0)).sum()):
            run.note("down-sampled by the chart, values are means over several steps", drawn)
    table = x[there]
    table[:, COLUMNS.index(series.loss.column)] = values[there]
    run.extend(table)
