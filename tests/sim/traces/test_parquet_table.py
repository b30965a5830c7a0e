"""Parquet: tables like plain ones, and our own libraries."""

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from table_files import curve, read, refusal

from sim.traces.curve import Curve, write_library
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


def a_curve(**changes):
    """A curve of three points."""
    step = np.arange(3.0)
    given = {"run": "a", "step": step, "tokens": step * 8, "seconds": step, "loss": 9 - step, "kind": "validation"}
    return Curve(**{**given, **changes})


def test_a_library_is_read_as_it_was_written(tmp_path):
    """Every field of every curve comes back, also without points, and names that are no UTF-8 are escaped."""
    curves = [a_curve(source="x.log", format="llmc", flags=("truncated",), seed=3, warnings=("w",), parameters=1e8),
              a_curve(run="b", step=np.empty(0), tokens=np.empty(0), seconds=np.empty(0), loss=np.empty(0)),
              a_curve(run="a", source="bad\udcff.log")]  # fmt: skip
    write_library(tmp_path / "library", curves)
    found = read(tmp_path, (tmp_path / "library").read_bytes())
    facts = [(c.run, c.source, c.format, c.flags, c.seed, c.warnings) for c in found]
    assert facts[0] == ("a", "x.log", "llmc", ("truncated",), 3, ("w",))
    assert facts[1] == ("b", "", "", (), None, ())
    assert facts[2][:2] == ("a", "bad\\udcff.log")
    for one, other in zip(found, curves, strict=True):
        for name in ("step", "tokens", "seconds", "loss"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize(
    "changes",
    [
        {"tokens": np.arange(2.0)},
        {"step": np.array([0.0, 2.0, 1.0])},
        {"step": np.array([0.0, np.nan, 1.0])},
        {"loss": np.array([9.0, np.inf, 8.0])},
        {"kind": "test"},
        {"unit": "bits"},
    ],
)
def test_a_library_with_a_run_that_is_no_curve_is_refused(tmp_path, changes):
    """Points of unequal number, steps that do not rise and lost losses are no curve."""
    write_library(tmp_path / "library", [a_curve(**changes)])
    assert "is no curve" in refusal(tmp_path, (tmp_path / "library").read_bytes())


def test_a_library_with_a_flipped_bit_is_refused(tmp_path):
    """Every page has a checksum, so that no damaged loss is taken for one."""
    write_library(tmp_path / "library", [a_curve(loss=np.array([9.0, 8.0, 7.0]))])
    data = bytearray((tmp_path / "library").read_bytes())
    data[len(data) // 8] ^= 1
    assert refusal(tmp_path, bytes(data)).startswith("is no readable parquet file: ")
