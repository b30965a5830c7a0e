"""Rounds on disk."""

import pyarrow as pa
import pytest

from experiments.results.rounds import FILE, ROUNDS, read_rounds
from experiments.results.store import StoreError, write_table


def test_rounds_come_back(tmp_path):
    """Row by row, with every number to the bit; a folder without the file has none."""
    row = {"race": "a", "lane": "b", "round": 0, "strategy": "idle", "share": 1 / 3, "miners": 2, "pay": None}
    row |= {"worlds": 6, "after": 0.1 + 0.2}
    assert read_rounds(tmp_path) == []
    write_table(tmp_path / FILE, pa.Table.from_pylist([row], schema=ROUNDS))
    assert read_rounds(tmp_path) == [row]


@pytest.mark.parametrize("columns", [None, {"race": ["a"]}])
def test_damaged_rounds_are_said(tmp_path, columns):
    """With the file, and what to do: no parquet, or other columns."""
    if columns is None:
        (tmp_path / FILE).write_bytes(b"nothing")
    else:
        write_table(tmp_path / FILE, pa.table(columns))
    with pytest.raises(StoreError, match=r"rounds.parquet is damaged .*; delete it and run again"):
        read_rounds(tmp_path)
