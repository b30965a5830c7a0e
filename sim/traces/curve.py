"""A loss curve, the one form that every trainer's log is turned into, and libraries of curves on disk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from sim.traces.reading.parquet import MOST_TEXT, check_sizes, opened, text_bytes
from sim.traces.reading.source import Source, Unreadable

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

Kind = Literal["validation", "train"]
Unit = Literal["nats", "bpb"]
MOST_HELD, MOST_POINTS = 500, 500_000  #: curves and points that are written together
ARRAYS = ("step", "tokens", "seconds", "loss")


@dataclass(frozen=True, eq=False)
class Curve:
    """The loss of one training run; arrays are float64 `[points]`, by rising step."""

    run: str  #: its name, unique within a file
    step: np.ndarray  #: optimiser steps done when the loss was measured
    tokens: np.ndarray  #: seen by then; NaN where unknown
    seconds: np.ndarray  #: training time by then; NaN where unknown
    loss: np.ndarray  #: finite, in `unit`
    kind: Kind  #: validation loss, or the training loss where the log has no other
    unit: Unit = "nats"  #: per token, or bits per byte
    dataset: str = ""  #: what the loss was measured on, as far as the log says
    hardware: str = ""  #: e.g. `8x H100`
    parameters: float = np.nan  #: of the model; NaN where unknown
    seed: int | None = None
    #: of `diverged` (ended as NaN or inf), `truncated` (the log is cut), `restarted` (steps were repeated)
    flags: tuple[str, ...] = ()
    source: str = ""  #: the file
    format: str = ""  #: the reader
    warnings: tuple[str, ...] = ()  #: what the reader did to how many lines, and which facts are missing

    def __len__(self) -> int:
        """Number of points."""
        return len(self.loss)

    @property
    def final_loss(self) -> float:
        """The loss at the end of the run: NaN if it diverged or has no point."""
        return float(self.loss[-1]) if len(self) and "diverged" not in self.flags else np.nan


COLUMNS = [field.name for field in fields(Curve)]  #: of a library, which has a row per run and its points as lists
FACTS = [name for name in COLUMNS if name not in ARRAYS]


def write_library(path: Path, curves: Iterable[Curve]) -> None:
    """A library of curves as one parquet file. Few curves are held at a time."""
    import pyarrow as pa  # noqa: PLC0415 - only where curves meet the disk
    import pyarrow.parquet as pq  # noqa: PLC0415

    numbers, words = pa.list_(pa.float64()), pa.list_(pa.string())
    kinds = dict.fromkeys(ARRAYS, numbers) | {"flags": words, "warnings": words}
    kinds |= {"parameters": pa.float64(), "seed": pa.int64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    held: list[Curve] = []
    # losses hardly repeat: a dictionary of them only costs
    layout = {"compression": "zstd", "use_dictionary": FACTS, "write_statistics": FACTS, "write_page_checksum": True}
    with pq.ParquetWriter(path, schema, **layout) as out:
        for curve in curves:
            held.append(curve)
            if len(held) == MOST_HELD or sum(map(len, held)) >= MOST_POINTS:
                out.write_table(_table(held, schema))
                held = []
        if held:
            out.write_table(_table(held, schema))


def _table(curves: list[Curve], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa  # noqa: PLC0415

    columns = []
    for field in schema:
        values = [getattr(curve, field.name) for curve in curves]
        if field.name in ARRAYS:  # not through Python's floats: a curve may have millions of points
            ends = np.cumsum([0, *map(len, values)], dtype=np.int32)
            flat = np.concatenate(values) if len(values) > 1 else np.ascontiguousarray(values[0])
            columns.append(pa.ListArray.from_arrays(ends, pa.array(flat, pa.float64())))
        else:
            columns.append(pa.array([_utf8(value) for value in values], field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _utf8(value: Any) -> Any:
    """Text that can be stored: names of files may hold bytes that are no UTF-8."""
    if isinstance(value, tuple):
        return [_utf8(word) for word in value]
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def read_library(path: Path) -> list[Curve]:
    """The curves of a library.

    Raises:
        Unreadable: not a readable parquet file, not a library, larger than the bounds, or holds a run that is no curve.
    """
    with opened(Source(path)) as file:
        if missing := set(COLUMNS) - set(file.schema_arrow.names):
            raise Unreadable(f"{path} is not a library of curves: it has no column {sorted(missing)[0]!r}")
        return list(iterate_curves(file))


def iterate_curves(file: "pq.ParquetFile") -> Iterator[Curve]:
    """The curves of an open library one by one.

    Raises:
        ValueError: a run that is no curve.
        Unreadable: larger than the bounds.
    """
    check_sizes(file, COLUMNS)
    for group in range(file.num_row_groups):
        table = file.read_row_group(group, columns=FACTS)
        if (size := sum(map(text_bytes, table.columns))) > MOST_TEXT:
            raise Unreadable(f"holds {size >> 20} MiB of text, and {MOST_TEXT >> 20} MiB are the most that are read")
        points: dict[str, list[np.ndarray]] = {}
        for name in ARRAYS:
            chunks = file.read_row_group(group, columns=[name]).column(0).chunks
            cells = [cell.values for chunk in chunks for cell in chunk]
            lists = [() if cell is None else cell.to_numpy(zero_copy_only=False) for cell in cells]
            points[name] = [np.array(values, dtype=np.float64) for values in lists]
        for place, row in enumerate(table.to_pylist()):
            yield _curve(row, {name: values[place] for name, values in points.items()})


def _curve(row: dict[str, Any], points: dict[str, np.ndarray]) -> Curve:
    lengths = {name: len(values) for name, values in points.items()}
    if len(set(lengths.values())) > 1 or row["kind"] not in get_args(Kind) or row["unit"] not in get_args(Unit):
        raise ValueError(f"run {row['run']!r} is no curve: {lengths} points, {row['kind']}, {row['unit']}")
    if not (np.isfinite(points["step"]) & np.isfinite(points["loss"])).all() or (np.diff(points["step"]) <= 0).any():
        raise ValueError(f"run {row['run']!r} is no curve: its losses are not finite, or its steps do not rise")
    words = {name: tuple(row[name] or ()) for name in ("flags", "warnings")}
    stated = {name: value for name, value in row.items() if value is not None}
    return Curve(**{"run": "", **stated, **points, **words})
