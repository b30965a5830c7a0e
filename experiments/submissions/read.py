"""Races by name or file: what is read from a file is checked once and then kept, so that nobody reads it again."""

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
from experiments.files import find_file, sweep, write
from experiments.submissions.limits import MOST_BYTES, RaceError, shown
from sim.cache_folder import root
from sim.race import race as race_module
from sim.race.race import Observed, Race

MOST_KEPT, MOST_KEPT_BYTES = 64, 8 * 2**20
"""Races that are kept, the newest ones, and bytes of one."""


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
    asked = repr((path.suffix.lower(), float(days_per_day), unit, name)).encode()
    key = hashlib.sha256(_code() + asked + b"\0" + data).hexdigest()[:24]
    race = _kept(key)
    if race is None:
        race = _read(path, data, days_per_day, unit, name)
        _keep(key, race)
    return race


def _read(path: Path, data: bytes, days_per_day: float, unit: str | None, name: str) -> Race:
    from experiments.submissions import log, rows, table  # noqa: PLC0415 - who has it already waits for none of them

    ending = path.suffix.lower()
    if ending == ".jsonl" or data.lstrip()[:1] == b"{":
        objects = table.json_objects(path, data)
        first = list(itertools.islice(objects, 1))
        if not first or log.is_step(first[0][1]):
            return log.race_of_log(path, itertools.chain(first, objects), days_per_day, unit, name)
        read = table.read_json(path, data, itertools.chain(first, objects))
    elif ending in {".parquet", ".pq"} or data[:4] == b"PAR1":
        read = table.read_parquet(path, data)
    else:
        read = table.read_csv(path, data)
    return rows.race_of(read, days_per_day, unit, name)


def _load(path: Path) -> bytes:
    """A file's bytes, within bounds."""
    try:
        if path.is_dir():
            raise RaceError(f"{path}: is a folder, but a race is one file; name a file in it")
        if not path.is_file():
            raise RaceError(f"{path}: there is no such file; check the path")
        if path.stat().st_size > MOST_BYTES:
            raise RaceError(
                f"{path}: has {path.stat().st_size:,} bytes, but a race's file may have "
                f"{MOST_BYTES:,}; keep the columns and rows that matter"
            )
        return path.read_bytes()
    except OSError as error:
        raise RaceError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None


def _folder() -> Path | None:
    top = root()
    return None if top is None else top / "races"


@cache
def _code() -> bytes:
    """A digest of the code that reads races, and of what a race is."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(str(race_module.__file__))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).digest()


def _kept(key: str) -> Race | None:
    """The race that was kept under a key, if it is whole."""
    folder = _folder()
    with contextlib.suppress(Exception):  # whatever is wrong with it, the remedy is to read the file
        written = (folder / key).read_bytes() if folder else b""
        if hashlib.sha256(written[32:]).digest() == written[:32]:
            return _of_json(written[32:])
    return None


def _keep(key: str, race: Race) -> None:
    """Keep a race, and no more than the newest; where that fails it is read again next time."""
    folder, body = _folder(), _as_json(race)
    if folder is None or len(body) > MOST_KEPT_BYTES:
        return
    with contextlib.suppress(OSError):
        write(folder / key, hashlib.sha256(body).digest() + body)
        sweep(folder)
        kept = [file for file in folder.iterdir() if not file.name.startswith(".")]
        for old in sorted(kept, key=lambda file: -file.stat().st_mtime)[MOST_KEPT:]:
            old.unlink()


def _as_json(race: Race) -> bytes:
    """A race as JSON, in which every float64 keeps its last bit; NaN and inf are Python's own words."""
    return json.dumps(asdict(race), default=lambda numbers: numbers.tolist()).encode()


def _of_json(text: bytes) -> Race:
    """The race that `_as_json` wrote."""
    facts = json.loads(text)
    seen = facts["observed"]
    return Race(
        facts["name"],
        facts["unit"],
        np.array(facts["block"], dtype=np.int64),
        tuple(facts["miner"]),
        np.array(facts["loss"], dtype=np.float64),
        np.array(facts["sd"], dtype=np.float64),
        tuple(map(tuple, facts["builds_on"])),
        facts["source"],
        seen and Observed(np.array(seen["block"], dtype=np.int64), np.array(seen["loss"], dtype=np.float64)),
    )
