"""A loss curve: the one form that every trainer's log is turned into."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["validation", "train"]
Unit = Literal["nats", "bpb"]
FLAGS = ("diverged", "truncated", "restarted")


@dataclass(frozen=True, eq=False)
class Curve:
    """The loss of one training run; arrays are float64 `[points]`, by rising step.

    Attributes:
        run: name of the run; unique within a file.
        step: optimiser steps done when the loss was measured.
        tokens: tokens seen by then; NaN where unknown.
        seconds: training time by then; NaN where unknown.
        loss: finite, in `unit`.
        kind: validation loss, or the training loss where the log has no other.
        unit: nats per token or bits per byte.
        dataset: what the loss was measured on, as far as the log says.
        hardware: e.g. `8x H100`.
        parameters: of the model; NaN where unknown.
        seed: `None` where unknown.
        flags: of `diverged` (the loss ended as NaN or inf), `truncated` (the log is cut), `restarted` (steps were repeated).
        source: the file; `format`: the reader.
        warnings: what the reader did to how many lines, and which facts are missing.
    """

    run: str
    step: np.ndarray
    tokens: np.ndarray
    seconds: np.ndarray
    loss: np.ndarray
    kind: Kind
    unit: Unit = "nats"
    dataset: str = ""
    hardware: str = ""
    parameters: float = np.nan
    seed: int | None = None
    flags: tuple[str, ...] = ()
    source: str = ""
    format: str = ""
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Number of points."""
        return len(self.loss)

    @property
    def final_loss(self) -> float:
        """The loss at the end of the run: NaN if it diverged or has no point."""
        return float(self.loss[-1]) if len(self) and "diverged" not in self.flags else np.nan


def _schema() -> "pa.Schema":
    import pyarrow as pa  # noqa: PLC0415 - only where curves meet the disk

    numbers, words = pa.list_(pa.float64()), pa.list_(pa.string())
    kinds = {"step": numbers, "tokens": numbers, "seconds": numbers, "loss": numbers, "parameters": pa.float64(),
             "seed": pa.int64(), "flags": words, "warnings": words}
    return pa.schema([(field.name, kinds.get(field.name, pa.string())) for field in fields(Curve)])


def write_library(path: Path, curves: Iterable[Curve]) -> None:
    """A library of curves as one parquet file: a row per run, its points as lists."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = _schema()
    with pq.ParquetWriter(path, schema, compression="zstd") as out:
        for curve in curves:
            out.write_table(pa.Table.from_pylist([{f: _plain(getattr(curve, f)) for f in schema.names}], schema=schema))


def read_library(path: Path) -> list[Curve]:
    """The curves of a library.

    Raises:
        OSError, pyarrow.ArrowInvalid: not a readable parquet file.
        KeyError: a parquet file, but not a library.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415

    table = pq.read_table(path)
    missing = set(_schema().names) - set(table.column_names)
    if missing:
        raise KeyError(f"{path} is not a library of curves: it has no column {sorted(missing)[0]!r}")
    return [_curve(row) for row in table.to_pylist()]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _curve(row: dict[str, Any]) -> Curve:
    arrays = {name: np.array(row[name], dtype=np.float64) for name in ("step", "tokens", "seconds", "loss")}
    words = {name: tuple(row[name] or ()) for name in ("flags", "warnings")}
    others = {f.name: row[f.name] for f in fields(Curve) if f.name not in arrays and f.name not in words}
    return Curve(**{**others, **arrays, **words})
