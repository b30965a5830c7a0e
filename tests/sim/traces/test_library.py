"""Our own libraries of curves: read as they were written, or refused."""

import numpy as np
import pytest
from table_files import read, refusal

from sim.traces.curve import Curve, write_library


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
