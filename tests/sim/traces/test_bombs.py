"""Small files that decode to gigabytes are refused before they do, with the bound in the message."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from table_files import curve, read, refusal

from sim.traces.curve import Curve, write_library
from sim.traces.reading import parquet as parquet_module

LONG = "x" * 1_000_000


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
