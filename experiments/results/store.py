"""Results on disk in `runs/<name>/<digest>/`: never half written, and extended by later runs.

Each finished pass writes its worlds as a file under `parts/`. When all are there, the tables are written, then
`manifest.json`, which says that the folder is complete and which worlds it holds, and then the parts are removed.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.files import write
from experiments.results.tables import SCHEMAS, TABLES
from policies import InputError

MANIFEST = "manifest.json"
World = tuple[str, int]  #: the name of a race or case, and the number of a world


class StoreError(InputError):
    """A results folder is not one, or is not complete."""


def write_table(path: Path, table: pa.Table, small: bool = True) -> None:
    """Write a parquet file atomically; without compression (`small=False`) in a quarter of the time."""
    sink, how = pa.BufferOutputStream(), "zstd" if small else "none"
    pq.write_table(table, sink, compression=how, use_dictionary=small, write_statistics=small)
    write(path, sink.getvalue().to_pybytes())


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a parquet file; pyarrow's own `read_table` would import pandas."""
    with pq.ParquetFile(path) as file:
        return file.read(columns)


class Store:
    """The results of one spec, in `runs/<name>/<digest>`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parts = folder / "parts"

    @contextmanager
    def writable(self) -> Iterator[None]:
        """Make the folder and check that it can be written, before the block computes anything.

        Raises:
            OSError: it cannot be written.
        """
        self._parts.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=self._parts).close()
        try:
            yield
        finally:
            with suppress(OSError):  # not empty: keep it
                self._parts.rmdir()
                self.folder.rmdir()

    def add(self, race: str, results: dict[int, dict[str, pa.Table]]) -> None:
        """Write worlds that were simulated together as one part; OSError if that is not possible."""
        numbers = sorted(results)
        for number in numbers if len(numbers) > 1 else ():
            self._part(race, [number]).unlink(missing_ok=True)  # of an earlier try in which it failed
        sink = pa.BufferOutputStream()
        for name in TABLES:
            table = pa.concat_tables([results[number][name] for number in numbers])
            with pa.ipc.new_stream(sink, table.schema) as stream:
                stream.write_table(table)
        try:
            write(self._part(race, numbers), sink.getvalue())
        except OSError:
            if len(numbers) == 1:
                raise
            for number in numbers:  # a full disk may still have space for some of them
                self.add(race, {number: results[number]})

    def worlds(self) -> set[World]:
        """The worlds that are there and did not fail."""
        if self.complete and all((self.folder / f"{name}.parquet").exists() for name in TABLES):
            done = self.manifest().get("done")
            if done is not None:  # a folder of an older version does not say
                return {(race, n) for race, runs in done.items() for first, end in runs for n in range(first, end)}
        path = self.folder / "metrics.parquet"
        found = _done(_read(path, ["race", "world", "error"])) if path.exists() else set()
        return found.union(*(_done(part["metrics"]) for part in self._read_parts()))

    def finish(self, spec: str, manifest: dict[str, Any], submissions: pa.Table | None) -> None:
        """Merge the parts into the tables and declare the folder complete."""
        (self.folder / MANIFEST).unlink(missing_ok=True)
        parts = self._read_parts()
        fresh = {world for part in parts for world in _worlds(part["metrics"])}
        # Metrics come last: they say which worlds are there, so a run that is killed here does the rest again.
        for name in reversed(TABLES):
            path = self.folder / f"{name}.parquet"
            found = [_without(_read(path), fresh)] if path.exists() else []
            found += [part[name] for part in parts]
            found += [submissions] if submissions is not None and name == "events" else []
            merged = pa.concat_tables(found or [SCHEMAS["race"][name].empty_table()])
            ordered = merged.sort_by([("race", "ascending"), ("world", "ascending")])  # a stable sort
            write_table(path, ordered.combine_chunks())
        write(self.folder / "spec.yaml", spec)
        write(self.folder / MANIFEST, json.dumps({**manifest, "done": _runs(_done(ordered))}, indent=2) + "\n")
        shutil.rmtree(self._parts, ignore_errors=True)

    def table(self, name: str) -> pa.Table:
        """One of the tables.

        Raises:
            StoreError: the folder has no complete results.
        """
        self.manifest()
        return _read(self.folder / f"{name}.parquet")

    def manifest(self) -> dict[str, Any]:
        """The manifest: how the results were computed.

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
        """Whether the last run on this folder finished, so that no part is left to merge."""
        try:
            self.manifest()
        except StoreError:
            return False
        return not self._parts.exists()

    def _part(self, race: str, numbers: list[int]) -> Path:
        last = f"-{numbers[-1]:06d}" if len(numbers) > 1 else ""
        return self._parts / f"{hashlib.sha256(race.encode()).hexdigest()[:8]}-{numbers[0]:06d}{last}.arrow"

    def _read_parts(self) -> list[dict[str, pa.Table]]:
        """The tables of all parts by name, memory-mapped."""
        found = []
        for path in sorted(self._parts.glob("[!.]*.arrow")):
            try:
                with pa.memory_map(str(path)) as source:
                    found.append({name: pa.ipc.open_stream(source).read_all() for name in TABLES})
            except (pa.ArrowException, OSError) as error:
                raise StoreError(f"{path} is damaged ({str(error).splitlines()[0]}); delete it and run again") from None
        return found


def _read(path: Path, columns: list[str] | None = None) -> pa.Table:
    try:
        return read_table(path, columns)
    except (pa.ArrowException, FileNotFoundError) as error:
        raise StoreError(
            f"{path} is missing or damaged ({str(error).splitlines()[0]}); "
            f"delete {path.parent} and run the recipe again"
        ) from None


def _worlds(table: pa.Table) -> list[World]:
    """The world of each row."""
    return list(zip(table["race"].to_pylist(), table["world"].to_pylist(), strict=True))


def _done(metrics: pa.Table) -> set[World]:
    """The worlds without an error."""
    worlds, errors = _worlds(metrics), metrics["error"].to_pylist()
    return set(worlds) - {world for world, error in zip(worlds, errors, strict=True) if error is not None}


def _runs(worlds: Iterable[World]) -> dict[str, list[list[int]]]:
    """Worlds by race as ranges `[first, last + 1]`, which keep the manifest short."""
    out: dict[str, list[list[int]]] = {}
    for race, number in sorted(worlds):
        runs = out.setdefault(race, [])
        if runs and runs[-1][1] == number:
            runs[-1][1] += 1
        else:
            runs.append([number, number + 1])
    return out


def _without(table: pa.Table, worlds: set[World]) -> pa.Table:
    """The rows of other worlds; submissions, which belong to no world, are dropped too: `finish` adds them again."""
    keep = [world[1] >= 0 and world not in worlds for world in _worlds(table)]
    return table.filter(pa.array(keep, type=pa.bool_()))
