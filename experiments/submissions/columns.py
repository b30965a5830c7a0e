"""Column names: which column of a file means what."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from experiments.submissions.limits import MOST_COLUMNS, RaceError, shown

MEANINGS = {
    "time": ("time", "date", "datetime", "timestamp"),
    "block": ("block",),
    "miner": ("miner", "author", "holder", "holders", "owner", "hotkey", "uid"),
    "loss": ("loss", "val_loss", "bpb", "val_bpb", "minutes"),
    "unit": ("unit", "loss_unit"),
    "sd": ("sd", "paired_sd"),
    "samples": ("samples",),
    "id": ("id",),
    "builds_on": ("builds_on",),
}
"""Meaning -> the names of its column; upper case counts as lower, `-` and spaces as `_`."""

REQUIRED = (("time", "block"), ("miner",), ("loss",))
"""Of each group exactly one must be there."""

MOST_NAMED = 20
"""Columns that a message lists."""

MEANING_OF = {name: meaning for meaning, names in MEANINGS.items() for name in names}


def plain(name: str) -> str:
    """A column's name with its spelling variants removed."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())


def locate(header: Sequence[str], path: Path) -> dict[str, int]:
    """Meaning -> index of its column; columns that mean nothing here are left out.

    Raises:
        RaceError: a required column is missing, two columns mean the same, one looks like a misspelling, or there are
            too many.
    """
    if len(header) > MOST_COLUMNS:
        raise RaceError(f"{path}: has {len(header):,} columns, but may have {MOST_COLUMNS:,}; keep those that matter")
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        meaning = MEANING_OF.get(plain(name))
        if meaning is None:
            continue
        if meaning in found:
            raise _both(path, header[found[meaning]], name, f"the {meaning}")
        found[meaning] = index
    if "time" in found and "block" in found:
        raise _both(path, header[found["time"]], header[found["block"]], "when a row was submitted")
    _check_spelling(header, found, path)
    _check_required(header, found, path)
    return found


def _check_spelling(header: Sequence[str], found: dict[str, int], path: Path) -> None:
    # What the file already says cannot be what a strange column was meant to say.
    said = {m for group in REQUIRED for m in group if found.keys() & set(group)} | found.keys()
    unsaid = [name for name, meaning in MEANING_OF.items() if meaning not in said]
    for name in header:
        close = get_close_matches(plain(name[:100]), unsaid, n=1, cutoff=0.8)
        if close and plain(name) not in MEANING_OF:
            raise RaceError(
                f"{path}: no column is called {shown(name)}; did you mean {close[0]!r}? "
                "Rename it, away from all known names if it is another column"
            )


def _check_required(header: Sequence[str], found: dict[str, int], path: Path) -> None:
    for group in REQUIRED:
        if found.keys() & set(group):
            continue
        names = [name for meaning in group for name in MEANINGS[meaning]]
        raise RaceError(
            f"{path}: has no column for the {' or '.join(group)}; needed is one of "
            f"{', '.join(names)}; found: {', '.join(map(shown, header[:MOST_NAMED]))}; "
            f"{_hint(header, names)}"
        )


def _hint(header: Sequence[str], names: Sequence[str]) -> str:
    for there in (name for name in header if plain(name) not in MEANING_OF):
        for wanted in get_close_matches(plain(there[:100]), names, n=1, cutoff=0.6):
            return f"did you mean {wanted!r} by {shown(there)}?"
    return "separate the columns by commas" if len(header) == 1 else "add the column"


def _both(path: Path, one: str, other: str, what: str) -> RaceError:
    return RaceError(
        f"{path}: columns {shown(one)} and {shown(other)} both say {what}, but exactly one may; "
        "remove or rename the other"
    )
