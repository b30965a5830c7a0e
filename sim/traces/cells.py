"""Cells of tables as numbers: blanks, words for missing and diverged, decimal commas, thousands, clock times."""

import re
from collections import Counter
from collections.abc import Sequence
from math import nan

import numpy as np

MISSING = {"", "-", "--", "na", "n/a", "#n/a", "none", "null", "<na>"}
THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
CLOCK = re.compile(r"(?:(\d+) days?,? )?(\d+):(\d\d?):(\d\d?(?:\.\d*)?)$")

Numbers = tuple[np.ndarray, np.ndarray]
"""Values, float64 `[rows]`, and which rows have one, bool `[rows]`; NaN where they do is a NaN that the file gives."""


def numbers(cells: Sequence[str], comma: bool, notes: Counter[str]) -> Numbers:
    """A column of text as numbers; `comma` says that a single comma is a decimal one (else it may part thousands)."""
    try:
        return np.array(cells, dtype=np.float64), np.ones(len(cells), dtype=bool)
    except ValueError:
        found = [number(cell, comma) for cell in cells]
    strange = sum(
        value is None and cell.strip().lower() not in MISSING for value, cell in zip(found, cells, strict=True)
    )
    if strange:
        notes["cells that are no numbers taken as empty"] += strange
    return np.array([nan if value is None else value for value in found]), np.array(
        [v is not None for v in found], bool
    )


def number(cell: str, comma: bool = False) -> float | None:
    """A cell as a number; `None` where it is empty or text."""
    text = cell.strip()
    try:
        return float(text)
    except ValueError:
        pass
    if text.lower() in MISSING:
        return None
    text = text.strip("\"' ").replace("\u2212", "-").replace("\u00a0", "").replace(" ", "")
    if "," in text:
        thousands = THOUSANDS.match(text) and not (comma and text.count(",") == 1)
        text = text.replace(",", "") if thousands or _points(text) else text.replace(".", "").replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return _clock(text)


def _points(text: str) -> bool:
    """Whether the decimal mark is the point that follows commas, as in 1,234.5."""
    return text.rfind(".") > text.rfind(",")


def _clock(text: str) -> float | None:
    """`1:02:03.5` in seconds."""
    found = CLOCK.match(text)
    if not found:
        return None
    days, hours, minutes, seconds = found.groups()
    return 86400 * float(days or 0) + 3600 * float(hours) + 60 * float(minutes) + float(seconds)
