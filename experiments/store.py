"""Results on disk: `runs/<name>/<digest>/`, never half written, extended rather than repeated.

A finished world is a folder under `parts/`; when all are there, the tables are written, then `manifest.json`, which
says that the folder is complete, then the parts go. Every file is written under a temporary name and renamed; what a
killed process left of that goes when the folder is worked on again.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.leftovers import unfinished
from experiments.results.tables import SCHEMAS, TABLES
from policies import InputError

MANIFEST = "manifest.json"
World = tuple[str, int]
"""A race's name and a world's number."""


class StoreError(InputError):
    """A results folder is not one, or is not complete."""


def write(path: Path, data: bytes | str) -> None:
    """Write a file so that it is either all there or not there; the disk has it before it gets its name."""
    with unfinished(path) as temporary, temporary.open("wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        os.fsync(file.fileno())


def write_table(path: Path, table: pa.Table, small: bool = True) -> None:
    """A parquet file, written as `write` does; what need not be small takes a quarter of the time."""
    sink, how = pa.BufferOutputStream(), "zstd" if small else "none"
    pq.write_table(table, sink, compression=how, use_dictionary=small, write_statistics=small)
    write(path, sink.getvalue().to_pybytes())


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The same file, read; pyarrow's own `read_table` would import pandas."""
    with pq.ParquetFile(path) as file:
        return file.read(columns)


class Store:
    """The results of one spec.

    Args:
        folder: `runs/<name>/<digest>`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parts = folder / "parts"

    def add(self, world: World, tables: dict[str, pa.Table]) -> None:
        """Keep one world's tables as a part."""
        final = self._part(world)
        with unfinished(final, folder=True) as temporary:
            for name in TABLES:
                write_table(temporary / f"{name}.parquet", tables[name], small=False)
            shutil.rmtree(final, ignore_errors=True)

    def worlds(self) -> set[World]:
        """The worlds that are done and need not run again; worlds that failed are not among them."""
        found: set[World] = set()
        for path in [self.folder / "metrics.parquet", *self._parts.glob("[!.]*/metrics.parquet")]:
            if path.exists():
                table = _read(path, ["race", "world", "error"])
                race, world, error = (table[name].to_pylist() for name in ("race", "world", "error"))
                bad = {(r, w) for r, w, e in zip(race, world, error, strict=True) if e is not None}
                found |= set(zip(race, world, strict=True)) - bad
        return found

    def finish(self, spec: str, manifest: dict[str, Any], submissions: pa.Table | None) -> None:
        """Merge the parts into the tables and declare the folder complete."""
        (self.folder / MANIFEST).unlink(missing_ok=True)
        parts = sorted(self._parts.glob("[!.]*/"))
        for name in reversed(TABLES):  # metrics last: they say which worlds are there
            self._merge(name, parts, submissions if name == "events" else None)
        write(self.folder / "spec.yaml", spec)
        write(self.folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")
        shutil.rmtree(self._parts, ignore_errors=True)

    def table(self, name: str) -> pa.Table:
        """One of the tables.

        Raises:
            StoreError: the folder has no complete results.
        """
        self.manifest()
        return _read(self.folder / f"{name}.parquet")

    def manifest(self) -> dict[str, Any]:
        """What is known about how the results came to be.

        Raises:
            StoreError: the folder has no complete results.
        """
        try:
            found = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and found.get("kind") == "study":
            raise StoreError(f"{self.folder} is a study; `steepest tune` with its recipe writes its report again")
        if not isinstance(found, dict) or not {"lanes", "baseline", "races", "seed"} <= found.keys():
            raise StoreError(
                f"{self.folder} holds no complete results ({MANIFEST} is missing or damaged); "
                f"run the recipe again, it goes on where it stopped"
            )
        return found

    @property
    def complete(self) -> bool:
        """Whether the last run on this folder came to its end, and left no part that is not in the tables."""
        try:
            self.manifest()
        except StoreError:
            return False
        return not self._parts.exists()

    def _part(self, world: World) -> Path:
        race = hashlib.sha256(world[0].encode()).hexdigest()[:8]
        return self._parts / f"{race}-{world[1]:06d}"

    def _merge(self, name: str, parts: list[Path], more: pa.Table | None) -> None:
        path = self.folder / f"{name}.parquet"
        new = [_read(part / f"{name}.parquet") for part in parts]
        fresh = {world for part in parts for world in _worlds(_read(part / "metrics.parquet"))}
        found = ([_without(_read(path), fresh)] if path.exists() else []) + new + ([more] if more is not None else [])
        merged = pa.concat_tables(found or [SCHEMAS["race"][name].empty_table()])
        ordered = merged.sort_by([("race", "ascending"), ("world", "ascending")])  # a stable sort
        write_table(path, ordered.combine_chunks())


def _read(path: Path, columns: list[str] | None = None) -> pa.Table:
    try:
        return read_table(path, columns)
    except (pa.ArrowException, FileNotFoundError) as error:
        raise StoreError(
            f"{path} is missing or damaged ({str(error).splitlines()[0]}); "
            f"delete {path.parent} and run the recipe again"
        ) from None


def _worlds(table: pa.Table) -> set[World]:
    return set(zip(table["race"].to_pylist(), table["world"].to_pylist(), strict=True))


def _without(table: pa.Table, worlds: Iterable[World]) -> pa.Table:
    """The rows of other worlds; the rows that belong to no world (submissions) are written anew too."""
    drop = set(worlds)
    keep = [
        w >= 0 and (r, w) not in drop
        for r, w in zip(table["race"].to_pylist(), table["world"].to_pylist(), strict=True)
    ]
    return table.filter(pa.array(keep, type=pa.bool_()))
