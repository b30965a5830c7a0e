"""Charts exported from Weights & Biases: `"Step","<run> - val/loss","<run> - val/loss__MIN", ...__MAX`."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.traces.cells import Numbers, numbers
from sim.traces.layout import layout
from sim.traces.names import Loss, loss_of
from sim.traces.raw import Raw
from sim.traces.sheet import Block, Sheet
from sim.traces.source import Source, Unreadable

MARKS = ("__MIN", "__MAX")
APART = " - "


class Series(NamedTuple):
    """Columns of one run's loss: the values, and their least and most in each step that the chart draws."""

    run: str
    loss: Loss
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


def read(source: Source) -> Iterator[Raw]:
    """The runs of the chart; a run that has several of its losses in it has one record of each per row.

    Raises:
        Unreadable: no rows, or the chart shows no loss.
    """
    sheet = Sheet(source)
    found = _series(sheet.header)
    if not found:
        raise Unreadable(f"a W&B chart, but of no loss: {', '.join(sheet.header[1:4])}")
    axis = layout([name for name in sheet.header if APART not in name])
    named = {name: place for place, name in enumerate(sheet.header)}
    axes = {meaning: named[axis.header[place]] for meaning, place in axis.places.items() if meaning != "run"}
    runs: dict[str, Raw] = {}
    for block in sheet.blocks():
        if block.rows and block.header == sheet.header:
            x = {meaning: _column(block, place, sheet)[0] for meaning, place in axes.items()}
            for series in found:
                _feed(runs.setdefault(series.run, _new(series, axis.time_unit)), series, x, block, sheet)
    if not runs:
        raise Unreadable("has a header but no rows")
    for raw in runs.values():
        if "step" in axes and sheet.header[axes["step"]].strip().lower() in ("step", "_step"):
            raw.note("W&B's Step counts calls of its log function, which need not be optimiser steps", len(raw))
        raw.notes.update(sheet.notes)
        raw.cut = sheet.cut
        yield raw


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


def _new(series: Series, time_unit: float) -> Raw:
    raw = Raw(run=series.run, dataset=series.loss.group, seconds_unit=time_unit, kind_unsaid=not series.loss.kind)
    if series.run.startswith("Group: "):
        raw.note("a group of runs, of which the chart draws the mean")
    return raw


def _feed(raw: Raw, series: Series, x: dict[str, np.ndarray], block: Block, sheet: Sheet) -> None:
    """The rows in which the run has a value."""
    values, there = _column(block, series.place, sheet)
    kind = "validation" if series.loss.kind == "validation" else "train"
    if kind == "validation":
        raw.validation_unit = series.loss.unit
    else:
        raw.train_unit = series.loss.unit
    if series.least is not None and series.most is not None:
        spread = _column(block, series.most, sheet)[0] - _column(block, series.least, sheet)[0]
        if drawn := int((there & (np.nan_to_num(spread) != 0)).sum()):
            raw.note("down-sampled by the chart, values are means over several steps", drawn)
    columns = {name: column[there] for name, column in x.items()} | {kind: values[there]}
    raw.extend(columns, {kind: there[there]})


def _column(block: Block, place: int, sheet: Sheet) -> Numbers:
    return numbers([row[place] for row in block.rows], sheet.delimiter == ";", sheet.notes)
