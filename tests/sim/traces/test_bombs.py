"""Small files that decode to gigabytes are refused before they do, with the bound in the message."""

import gzip
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from places import BESIDE
from table_files import curve, read, refusal

from sim.traces.curve import Curve, write_library
from sim.traces.read import Refusal, read_file
from sim.traces.reading import json_rows, json_text, source
from sim.traces.reading import parquet as parquet_module

FOREIGN = BESIDE / "foreign"
LONG = "x" * 1_000_000


def packed(start, filling, size, end=b""):
    """The bytes of a gzip file: a beginning, so many bytes of a filling, an end."""
    return gzip.compress(start + filling * (size // len(filling)) + end)


def parquet(folder, columns):
    """The bytes of a parquet file."""
    pq.write_table(pa.table(columns), folder / "table", compression="zstd")
    return (folder / "table").read_bytes()


def repeated(text, count):
    """One text in all rows, stored once."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), pa.array([text]))


@pytest.mark.parametrize("column", ["hardware", "warnings"])
def test_a_library_with_one_long_text_in_many_rows(tmp_path, column):
    """A text that is stored once and would be 190 MB as objects is counted before it is made."""
    one = np.ones(1)
    write_library(tmp_path / "one", [Curve("a", one, one, one, one, "train", hardware="h", warnings=("w",))] * 200)
    table = pq.read_table(tmp_path / "one")
    cells = repeated(LONG, 200)
    if column == "warnings":
        cells = pa.ListArray.from_arrays(pa.array(np.arange(201, dtype=np.int32)), cells)
    place = table.column_names.index(column)
    data = parquet(tmp_path, dict(zip(table.column_names, table.set_column(place, column, cells).columns, strict=True)))
    assert len(data) < 1_000_000
    said = refusal(tmp_path, data)
    assert said.startswith("holds 190 ")
    assert said.endswith("MiB of text, and 64 MiB are the most that are read")


def test_a_library_with_a_long_list_of_zeros(tmp_path, monkeypatch):
    """The number of points is known before they are unpacked."""
    assert parquet_module.MOST_NUMBERS == 256 << 20
    monkeypatch.setattr(parquet_module, "MOST_NUMBERS", 1 << 20)
    zeros = np.zeros(400_000)
    write_library(tmp_path / "library", [Curve("a", zeros, zeros, zeros, zeros, "train")])
    said = refusal(tmp_path, (tmp_path / "library").read_bytes())
    assert "unpacks to 3 MiB in one group of rows, and 1 MiB are the most that are read" in said


def test_tables_with_long_texts(tmp_path):
    """A long name of a run is refused; a long number is decoded once, whatever the number of rows."""
    rows = {"step": pa.array(range(6_000)), "loss": pa.array(np.ones(6_000))}
    said = refusal(tmp_path, parquet(tmp_path, {**rows, "run": repeated(LONG, 6_000)}))
    assert said == "has a run whose name is longer than 10,000 characters"
    found = curve(tmp_path, parquet(tmp_path, {**rows, "loss": repeated("9" * 1_000_000, 6_000)}))
    assert found.flags == ("diverged",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"log_history": [[' + b"0," * 2_200_000 + b"0]]}", "has a JSON value of more than 4 MiB"),
        (b'{"log_history": [[' + b"[]," * 2_200_000 + b"[]]]}", "has a JSON value of more than 4 MiB"),
        (b'{"log_history": [], "x": [' + b"[]," * 2_200_000 + b"[]]}", "has a JSON value of more than 4 MiB"),
        (b'{"log_history": [' + b"[]," * 30_000 + b"[]]}", "is JSON of more than 20,000 values"),
        (b'{"log_history": [], ' + b'"a":1,' * 30_000 + b'"b":1}', "is JSON of more than 20,000 values"),
        (b'{"log_history": ' + b"[" * 30_000, "nested too deeply"),
    ],
)
def test_long_and_nested_lists_of_json(tmp_path, monkeypatch, data, said):
    """A value is bounded by its length, and their number where they are taken one by one."""
    assert json_text.MOST_VALUES == 2_000_000
    monkeypatch.setattr(json_text, "MOST_VALUES", 20_000)
    assert refusal(tmp_path, gzip.compress(data)).startswith(said)


def test_a_document_of_json_is_bounded_as_a_whole(tmp_path, monkeypatch):
    """A long list in a small gzip file is refused while it is unpacked."""
    assert json_text.MOST_BYTES == 128 << 20
    monkeypatch.setattr(json_text, "MOST_BYTES", 8 << 20)
    said = refusal(tmp_path, packed(b'{"log_history": [[', b"0,", 16 << 20, b"0]]}"))
    assert said == "is JSON of more than 8 MiB, which is the most that is read at once"


def test_a_line_of_json_with_very_many_lists_is_no_row(tmp_path):
    """Lists as objects take thirty times the room of their text; the other lines are read."""
    line = json.dumps({"step": 2, "loss": 5.0, "x": [[]] * json_rows.MOST_PARTS}).encode()
    found = curve(tmp_path, b'{"step": 1, "loss": 6.0}\n' + line + b'\n{"step": 3, "loss": 4.0}\n')
    assert found.step.tolist() == [1, 3]
    assert "lines that are no JSON object left out: 1 line" in found.warnings


@pytest.mark.parametrize("filling", [b"\n", b" \n", b"1\n"])
@pytest.mark.parametrize(
    "start", [b"step:1/9 val_loss:3.0 train_time:1ms\n", b"step,val_loss\n1,2.0\n", b'{"step": 1, "loss": 2.0}\n']
)
def test_very_many_short_lines(tmp_path, monkeypatch, start, filling):
    """A gibibyte of line ends in a megabyte of gzip is refused after ten million lines."""
    assert source.MOST_SHORT_LINES == 10_000_000
    monkeypatch.setattr(source, "MOST_SHORT_LINES", 100_000)
    said = refusal(tmp_path, packed(start, filling, 1 << 20))
    assert said == "has more than 100,000 lines of less than 8 bytes on average"


def test_nulls_in_a_library_are_unknown_facts(tmp_path):
    """A library that another program wrote may have nulls where ours have blanks."""
    one = np.ones(1)
    write_library(tmp_path / "one", [Curve("a", one, one, one, one, "train")])
    table = pq.read_table(tmp_path / "one")
    for name in ("run", "dataset", "hardware", "source", "format", "parameters", "seed", "flags", "warnings"):
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.nulls(1, table.schema.field(name).type))
    data = parquet(tmp_path, dict(zip(table.column_names, table.columns, strict=True)))
    (found,) = read(tmp_path, data)
    assert (found.run, found.dataset, found.source, found.flags, found.seed) == ("", "", "", (), None)
    assert np.isnan(found.parameters)


@pytest.mark.skipif(not FOREIGN.is_dir(), reason="test suites of others stand beside the checkout, and are not here")
def test_foreign_test_suites_are_read_or_refused():
    """Every file of the test suites of JSON, YAML and parquet gives curves or a reason, and breaks no reader."""
    files = [path for path in sorted(FOREIGN.rglob("*")) if path.is_file()]
    assert len(files) > 1_000
    for path in files:
        for found in read_file(path):
            assert not isinstance(found, Refusal) or "please report it" not in found.reason, (path, found.reason)
