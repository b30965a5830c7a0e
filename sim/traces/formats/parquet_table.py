"""Parquet tables with the columns of plain ones."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.traces.cells import Numbers, numbers
from sim.traces.formats.table import check
from sim.traces.grid import Grid
from sim.traces.layout import layout
from sim.traces.parquet_file import MAGIC, opened
from sim.traces.raw import Raw
from sim.traces.source import Source, Unreadable

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1 << 16
"""Rows held at a time."""


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the first bytes."""
    return 0.9 if source.raw_head.startswith(MAGIC) else 0.0


def read(source: Source) -> Iterator[Raw]:
    """The runs of the table: one per value of its column of runs, and one per evaluation set.

    Raises:
        Unreadable: damaged, no rows, or no column of a loss or of what it is set against.
    """
    import pyarrow as pa  # noqa: PLC0415 - only who reads parquet waits for it

    found = Raw()
    with opened(source) as file:
        schema = file.schema_arrow
        means = check(layout(schema.names))
        clock = means.places.get("seconds")
        if clock is not None and pa.types.is_duration(schema.types[clock]):
            means = replace(means, time_unit=1.0)
        grid = Grid(means)
        names = [means.header[place] for place in means.wanted]
        for batch in file.iter_batches(batch_size=ROWS, columns=names):
            columns = {place: batch.column(batch.schema.names.index(means.header[place])) for place in means.wanted}
            labels = columns.pop(means.places["run"]).cast(pa.string()).to_pylist() if "run" in means.places else None
            grid.feed({place: _numbers(column, found) for place, column in columns.items()}, _words(labels))
    if not grid.runs:
        raise Unreadable("has columns but no rows")
    for raw in grid.finish():
        raw.notes.update(found.notes)
        yield raw


def _words(labels: list[str | None] | None) -> list[str] | None:
    return None if labels is None else [label or "" for label in labels]


def _numbers(column: "pa.Array", raw: Raw) -> Numbers:
    """A column as numbers; times as seconds since 1970, lengths of time as seconds."""
    import pyarrow as pa  # noqa: PLC0415

    kind = column.type
    there = column.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return numbers([cell or "" for cell in column.to_pylist()], False, raw.notes)
    scale = 1.0
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
        scale = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}[kind.unit]
        column = column.cast(pa.int64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raw.note(f"a column of {kind} is no column of numbers")
        return np.full(len(column), np.nan), np.zeros(len(column), dtype=bool)
    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64) * scale, there
