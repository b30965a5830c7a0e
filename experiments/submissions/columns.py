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

MEANING_OF = {name: meaning for meaning, names in MEANINGS.items() for name in names}
REQUIRED = (("time", "block"), ("miner",), ("loss",))
"""Of each group exactly one must be there."""

FACTS = {meaning: f"the {meaning}" for meaning in MEANINGS} | dict.fromkeys(REQUIRED[0], "when a row was submitted")
"""Meaning -> what its column says, which only one column may say."""

MOST_NAMED = 20
"""Columns that a message lists."""


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
    said: dict[str, str] = {}
    for index, name in enumerate(header):
        meaning = MEANING_OF.get(plain(name))
        if meaning is None:
            continue
        fact = FACTS[meaning]
        if fact in said:
            raise RaceError(
                f"{path}: columns {shown(said[fact])} and {shown(name)} both say {fact}, but exactly one may; "
                "remove or rename the other"
            )
        found[meaning], said[fact] = index, name
    strange = [name for name in header if plain(name) not in MEANING_OF]
    # A strange name is no misspelling of a column whose fact the file already gives.
    unsaid = [name for name, meaning in MEANING_OF.items() if FACTS[meaning] not in said]
    for name in strange:
        for close in get_close_matches(plain(name[:100]), unsaid, n=1, cutoff=0.8):
            raise RaceError(
                f"{path}: no column is called {shown(name)}; did you mean {close!r}? "
                "Rename it, away from all known names if it is another column"
            )
    for group in REQUIRED:
        if found.keys() & set(group):
            continue
        names = [name for meaning in group for name in MEANINGS[meaning]]
        advice = "separate the columns by commas" if len(header) == 1 else "add the column"
        for name in reversed(strange):
            for close in get_close_matches(plain(name[:100]), names, n=1, cutoff=0.6):
                advice = f"did you mean {close!r} by {shown(name)}?"
        raise RaceError(
            f"{path}: has no column for the {' or '.join(group)}; needed is one of {', '.join(names)}; "
            f"found: {', '.join(map(shown, header[:MOST_NAMED]))}; {advice}"
        )
    return found
