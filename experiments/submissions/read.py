"""Races by name or file: a file is read and checked once, and its race is kept in the cache folder."""

import contextlib
import hashlib
import itertools
import json
import math
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np

from experiments.data import RACES
from experiments.files import check_regular, find_file, sweep, write
from experiments.submissions.limits import MOST_BYTES, RaceError, shown
from sim.cache_folder import root
from sim.race import race as race_module
from sim.race.race import Observed, Race

MOST_KEPT, MOST_KEPT_BYTES = 64, 8 * 2**20
"""Races that are kept, the newest ones, and bytes of each."""


def shipped() -> dict[str, Path]:
    """Name -> file of the races that come with the program, by name."""
    return {path.stem: path for path in sorted(RACES.glob("*.csv"))}


def find(name_or_path: str, base: Path | None = None) -> Path:
    """The file of a shipped race (hyphens and underscores are the same), or else of a path.

    Args:
        name_or_path: a name in `shipped()` or a path.
        base: the folder that a relative path starts from; the current one by default.

    Raises:
        RaceError: neither exists.
    """
    return find_file("race", shipped(), name_or_path, base or Path.cwd(), RaceError)


def read_race(path: Path, days_per_day: float = 1.0, unit: str | None = None, name: str | None = None) -> Race:
    """The race in a submissions table (CSV, JSON lines or parquet) or in a validator's recorded steps (JSON lines).

    A table has the columns of `table.MEANINGS`; others are ignored unless they look like a misspelling. `rows` says how
    rows become blocks, sds and links, `log` how a log does.

    Args:
        path: the file, at most 64 MB.
        days_per_day: subnet days per day of the race; 0.1 puts ten days of the race into one subnet day.
        unit: one of `sim.race.race.UNITS`, where the file does not say; it must not contradict the file.
        name: the race's name; the file's name without its ending by default.

    Raises:
        RaceError: the first fault found: where it is, what was given, the rule, and what to do.
    """
    path = Path(path)
    if not (isinstance(days_per_day, int | float) and math.isfinite(days_per_day) and days_per_day > 0):
        raise RaceError(
            f"days_per_day is {shown(days_per_day)}, but must be a finite number above 0; 1 keeps the race's own pace"
        )
    data, name = _load(path), path.stem if name is None else name
    # The reader's own code is part of the key, so that a copy of another version is never taken for this one's.
    asked = repr((path.suffix.lower(), float(days_per_day), unit, name)).encode()
    key, folder = hashlib.sha256(_code() + asked + b"\0" + data).hexdigest()[:24], root()
    if folder is None:
        return _parse(path, data, days_per_day, unit, name)
    copy = folder / "races" / key
    with contextlib.suppress(Exception):  # whatever is wrong with the copy, the remedy is to read the file
        content = copy.read_bytes()
        if hashlib.sha256(content[32:]).digest() == content[:32]:
            return _of_json(content[32:])
    race = _parse(path, data, days_per_day, unit, name)
    with contextlib.suppress(OSError):  # it is read again next time
        _keep(copy, race)
    return race


def _load(path: Path) -> bytes:
    """A file's bytes, within bounds."""
    try:
        check_regular(path, RaceError)
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise RaceError(
                f"{path}: has {size:,} bytes, but a race's file may have {MOST_BYTES:,}; "
                "keep the columns and rows that matter"
            )
        return path.read_bytes()
    except OSError as error:
        raise RaceError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from None


def _parse(path: Path, data: bytes, days_per_day: float, unit: str | None, name: str) -> Race:
    # A race that is kept needs none of these, and pandas is slow to import.
    from experiments.submissions import log, parquet, rows, table  # noqa: PLC0415

    ending = path.suffix.lower()
    if ending == ".jsonl" or data.lstrip()[:1] == b"{":
        objects = table.json_objects(path, data)
        first = list(itertools.islice(objects, 1))
        objects = itertools.chain(first, objects)
        if not first or log.is_step(first[0][1]):
            return log.race_of_log(path, objects, days_per_day, unit, name)
        read = table.read_json(path, data, objects)
    elif ending in {".parquet", ".pq"} or data[:4] == b"PAR1":
        read = parquet.read_parquet(path, data)
    else:
        read = table.read_csv(path, data)
    return rows.race_of(read, days_per_day, unit, name)


@cache
def _code() -> bytes:
    """A digest of the code that reads races, and of what a race is."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(str(race_module.__file__))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).digest()


def _keep(copy: Path, race: Race) -> None:
    """Keep a race as JSON, in which every float64 keeps its last bit, and of all races that are kept the newest."""
    body = json.dumps(asdict(race), default=lambda numbers: numbers.tolist()).encode()
    if len(body) > MOST_KEPT_BYTES:
        return
    write(copy, hashlib.sha256(body).digest() + body)
    sweep(copy.parent)
    copies = [file for file in copy.parent.iterdir() if not file.name.startswith(".")]
    for old in sorted(copies, key=lambda file: -file.stat().st_mtime)[MOST_KEPT:]:
        old.unlink()


def _of_json(text: bytes) -> Race:
    """The race that `_keep` wrote."""
    facts = json.loads(text)
    for name, kind in (("block", np.int64), ("loss", np.float64), ("sd", np.float64)):
        facts[name] = np.array(facts[name], dtype=kind)
    facts["miner"], facts["builds_on"] = tuple(facts["miner"]), tuple(map(tuple, facts["builds_on"]))
    if seen := facts["observed"]:
        facts["observed"] = Observed(np.array(seen["block"], np.int64), np.array(seen["loss"], np.float64))
    return Race(**facts)
