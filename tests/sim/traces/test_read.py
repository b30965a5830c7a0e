"""Files and folders: each file gives curves, or a reason."""

import pytest
from places import BESIDE
from table_files import read

from sim.traces.curve import Curve
from sim.traces.read import Refusal, read_file

FOREIGN = BESIDE / "foreign"


def test_an_empty_file_is_refused(tmp_path):
    """Nothing is no log."""
    (tmp_path / "log").write_bytes(b"")
    (found,) = read_file(tmp_path / "log")
    assert isinstance(found, Refusal)


def test_two_runs_of_one_name_are_told_apart(tmp_path):
    """Names of runs are unique in a file."""
    data = b'"Step","a - val/loss","a - val/loss"\n"1","9","8"\n"2","7","6"\n'
    found = read(tmp_path, data)
    assert [c.run for c in found] == ["a", "a (2)"]
    assert all(isinstance(c, Curve) for c in found)


@pytest.mark.skipif(not FOREIGN.is_dir(), reason="test suites of others stand beside the checkout, and are not here")
def test_foreign_test_suites_are_read_or_refused():
    """Every file of the test suites of JSON, YAML and parquet gives curves or a reason, and breaks no reader."""
    files = [path for path in sorted(FOREIGN.rglob("*")) if path.is_file()]
    assert len(files) > 1_000
    for path in files:
        for found in read_file(path):
            assert not isinstance(found, Refusal) or "please report it" not in found.reason, (path, found.reason)
