"""What is done: one file for each world and set of lanes, never half written; a world is computed once."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from experiments.run.store import StoreError, read_table, write_table
from experiments.tune.work import Row, Work

__all__ = ["Ledger", "Row"]


class Ledger:
    """The worlds of a study on disk, `KEY/WORLD.parquet`, by what they depend on.

    Args:
        folder: where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, work: Work, world: int, row: Row) -> None:
        """Keep a world; OSError where that is not possible."""
        columns = {name: pa.array(values) for name, values in row.values.items()}
        columns["error"] = pa.array(row.errors, type=pa.string())
        write_table(self._path(work, world), pa.table(columns), small=False)

    def read(self, work: Work) -> dict[int, Row]:
        """The worlds of a piece of work that are done."""
        return {world: row for world in work.worlds if (row := self._row(self._path(work, world))) is not None}

    def __len__(self) -> int:
        """Worlds that are done."""
        return sum(1 for _ in self._folder.glob("*/[!.]*.parquet"))

    def _path(self, work: Work, world: int) -> Path:
        return self._folder / work.key / f"{world:08d}.parquet"

    @staticmethod
    def _row(path: Path) -> Row | None:
        if not path.exists():
            return None
        try:
            table = read_table(path)
            errors = tuple(table.column("error").to_pylist())
            names = [name for name in table.column_names if name != "error"]
            return Row({name: np.asarray(table.column(name), dtype=np.float64) for name in names}, errors)
        except (pa.ArrowException, KeyError, OSError) as error:
            raise StoreError(
                f"{path} is damaged ({str(error).splitlines()[0]}); delete it and run the study again, it goes on"
            ) from None
