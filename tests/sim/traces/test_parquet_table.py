"""Parquet: tables like plain ones, and our own libraries."""

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from table_files import curve, read, refusal

from sim.traces.reading import parquet as parquet_module


def parquet(columns, **options):
    """The bytes of a parquet file."""
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def test_types_of_numbers(tmp_path):
    """Whole, short, decimal and dictionary columns and text are numbers alike; null is no value."""
    found = curve(tmp_path, parquet({
        "step": pa.array([1, 2, 3], pa.uint16()), "tokens": pa.array(["1,000", "2,000", "3000"]).dictionary_encode(),
        "seconds": pa.array([1, 2, None], pa.float32()), "val_loss": pa.array(["9.5", None, "8"]),
        "train_loss": pa.array([9, 8, 7], pa.decimal128(5, 2)),
    }))  # fmt: skip
    assert (found.step.tolist(), found.tokens.tolist(), found.loss.tolist()) == ([1, 3], [1000, 3000], [9.5, 8])


def test_moments_and_lengths_of_time(tmp_path):
    """A column of moments counts from its first; lengths of time need no unit."""
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    moments = pa.array([begin, begin + timedelta(minutes=2)], pa.timestamp("us", "UTC"))
    assert curve(tmp_path, parquet({"step": [1, 2], "loss": [9.0, 8.0], "time": moments})).seconds.tolist() == [0, 120]
    lengths = pa.array([timedelta(seconds=5), timedelta(minutes=2)], pa.duration("ms"))
    assert curve(tmp_path, parquet({"step": [1, 2], "loss": [9.0, 8.0], "elapsed": lengths})).seconds.tolist() == [
        5,
        120,
    ]


def test_runs_and_groups_of_rows(tmp_path):
    """The long form, over many groups of rows."""
    runs = ["a", "b"] * 50
    found = read(tmp_path, parquet({"run": runs, "step": list(range(100)), "val_loss": [5.0] * 100}, row_group_size=7))
    assert [(c.run, len(c), c.step[-1]) for c in found] == [("a", 50, 98), ("b", 50, 99)]


def test_nan_is_a_lost_loss_and_null_a_gap(tmp_path):
    """Parquet tells them apart."""
    found = curve(tmp_path, parquet({"step": [1, 2, 3], "val_loss": pa.array([9.0, None, np.nan])}))
    assert (found.loss.tolist(), found.flags) == ([9], ("diverged",))
    assert curve(tmp_path, parquet({"step": [1, 2], "val_loss": pa.array([9.0, None])})).flags == ()


def test_columns_that_are_no_numbers(tmp_path):
    """A list under the name of a loss is no loss."""
    assert "has no loss in it" in refusal(tmp_path, parquet({"step": [1, 2], "loss": [[9.0], [8.0]]}))
    assert "without a column of losses" in refusal(tmp_path, parquet({"step": [1], "lr": [9.0]}))
    assert refusal(tmp_path, parquet({"step": pa.array([], pa.int64()), "loss": pa.array([], pa.float64())})) == (
        "has columns but no rows")  # fmt: skip


@pytest.mark.parametrize("where", [0.3, 0.6, 0.99])
def test_a_damaged_file_is_refused(tmp_path, where):
    """A cut parquet file has no index, so nothing of it can be read."""
    data = parquet({"step": list(range(1000)), "val_loss": [5.0] * 1000})
    assert refusal(tmp_path, data[: int(where * len(data))]).startswith("is no readable parquet file: ")


def test_bounds(tmp_path, monkeypatch):
    """A file that says it unpacks to too much, or has too many rows, is refused before it is read."""
    data = parquet({"step": list(range(1000)), "val_loss": [5.0] * 1000})
    monkeypatch.setattr(parquet_module, "UNPACKED_BYTES", 1000)
    assert "unpacks to more than" in refusal(tmp_path, data)
    monkeypatch.setattr(parquet_module, "MOST_ROWS", 999)
    assert refusal(tmp_path, data) == "has 1,000 rows, and 999 are the most that are read"
