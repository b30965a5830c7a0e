"""Parquet tables with the columns of plain ones."""

from collections.abc import Iterator
from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.traces.formats.table import checked_layout
from sim.traces.reading.grid import Grid
from sim.traces.reading.numbers import parse_column
from sim.traces.reading.parquet import MAGIC, check_sizes, opened, split_texts
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source, Unreadable

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1 << 16  #: held at a time
MOST_LABEL = 10_000  #: characters of a run's name: every row of it is compared with the others
SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}  #: in a unit of Arrow's times


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the first bytes."""
    return 0.9 if source.raw_head.startswith(MAGIC) else 0.0


def read(source: Source) -> Iterator[Records]:
    """The runs of the table: one per value of its column of runs, and one per evaluation set."""
    import pandas as pd  # noqa: PLC0415 - slow to import
    import pyarrow as pa  # noqa: PLC0415

    found = Records()
    with opened(source) as file:
        schema = file.schema_arrow
        layout = checked_layout(schema.names)
        clock, label = layout.columns.get("seconds"), layout.columns.get("run")
        if clock and pa.types.is_duration(schema.types[clock.places[0]]):
            layout.columns["seconds"] = replace(clock, meaning=replace(clock.meaning, time_unit=1.0))
        grid = Grid(layout)
        readable = [place for place in layout.places if not pa.types.is_nested(schema.types[place])]
        for place in set(layout.places) - set(readable):
            found.note(f"a column of {schema.types[place]} is no column of numbers")
        names = [layout.header[place] for place in readable]
        check_sizes(file, names)
        for batch in file.iter_batches(batch_size=ROWS, columns=names):
            frame = pd.DataFrame(index=range(len(batch)), columns=layout.places, dtype="float64")
            for place, name in zip(readable, names, strict=True):
                column = batch.column(batch.schema.names.index(name))
                is_label = label and place in label.places
                frame[place] = _labels(column) if is_label else _numbers(column, found, place in layout.loss_places)
            grid.feed(frame)
    if not grid.runs:
        raise Unreadable("has columns but no rows")
    yield from grid.finish(found.notes)


def _labels(column: "pa.Array") -> Any:
    """A column of runs as objects: as pandas' own strings every row would have its copy of a long one."""
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    codes, labels = split_texts(column)
    if any(len(label) > MOST_LABEL for label in labels if isinstance(label, str)):
        raise Unreadable(f"has a run whose name is longer than {MOST_LABEL:,} characters")
    return pd.Series(np.array([*map(str, labels), ""], dtype=object)[codes], dtype=object)


def _numbers(column: "pa.Array", found: Records, losses: bool) -> np.ndarray:
    """A column as numbers; times as seconds since 1970, lengths of time as seconds."""
    import pyarrow as pa  # noqa: PLC0415

    kind, scale = column.type, 1.0
    if pa.types.is_dictionary(kind):
        if pa.types.is_string(kind.value_type):  # each text is read once, whatever the number of its rows
            codes, cells = split_texts(column)
            return np.asarray(np.append(parse_column(cells, False, found.notes, losses=losses), nan)[codes])
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
        scale, column = SECONDS[kind.unit], column.cast(pa.int64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        found.note(f"a column of {kind} is no column of numbers")
        return np.full(len(column), nan)
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    values = np.array(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    if losses:
        values[valid & np.isnan(values)] = -np.inf  # a null is a gap, a NaN a loss that was lost
    return np.asarray(values * scale)
