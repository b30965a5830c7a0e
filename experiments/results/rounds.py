"""`rounds.parquet`: how the mixes of lanes that play came about, round by round."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.results.store import StoreError, read_table

FILE = "rounds.parquet"

ROUNDS = pa.schema(
    [
        ("race", pa.string()),  # the case
        ("lane", pa.string()),
        ("round", pa.int32()),
        ("strategy", pa.string()),
        ("share", pa.float64()),  # in the round
        ("miners", pa.int32()),  # that followed it, in each world
        ("pay", pa.float64()),  # mean profit per miner and world, in equal shares of emission; null: nobody observed
        ("worlds", pa.int32()),  # that did not fail
        ("after", pa.float64()),  # the share after the round
    ]
)
"""A row for each round, lane and strategy."""


def read_rounds(folder: Path) -> list[dict[str, Any]]:
    """The rows of the rounds in a folder of results; none where there is no such file.

    Raises:
        StoreError: the file is damaged.
    """
    path = folder / FILE
    if not path.exists():
        return []
    try:
        rows: list[dict[str, Any]] = read_table(path).cast(ROUNDS).to_pylist()
    except (pa.ArrowException, ValueError, KeyError, OSError) as error:
        raise StoreError(f"{path} is damaged ({str(error).splitlines()[0]}); delete it and run again") from None
    return rows
