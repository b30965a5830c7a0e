"""Numbers as people and programs write them: blanks, decimal commas, thousands, clock times, JSON values."""

import re
from collections import Counter
from collections.abc import Sequence
from math import inf, isnan, nan
from typing import Any

import numpy as np

MISSING = {"", "-", "--", "na", "n/a", "#n/a", "none", "null", "<na>"}
THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
NUMBER = (
    r"[-+]?(?:\d++(?:,\d++)*+(?:\.\d*+)?(?:[eE][-+]?\d++)?|\.\d++(?:[eE][-+]?\d++)?"
    r"|nan|NaN|NAN|[iI]nf(?:inity)?|INF)"
)
"""A number in a log line: thousands separators, exponents, nan and inf; without backtracking, whatever the line."""
CLOCK = re.compile(r"(?:(\d+) days?,? )?(\d+):(\d\d?):(\d\d?(?:\.\d*)?)$")


def as_loss(value: float | None) -> float:
    """A loss as records hold it: NaN where there is none, and -inf where the log gives a NaN, which is a divergence."""
    return nan if value is None else -inf if isnan(value) else value


def parse_column(cells: Sequence[Any], comma: bool, notes: Counter[str], *, losses: bool = False) -> np.ndarray:
    """A column of numbers or text as float64 `[rows]`, NaN where a cell is no number; `losses` are as of `as_loss`.

    With `comma`, a single comma is a decimal one, else it may part thousands. `notes` gets the number of cells that are
    neither numbers nor blank.
    """
    try:
        values = np.array(cells, dtype=np.float64)
        return np.where(np.isnan(values), -inf, values) if losses else values
    except ValueError:
        found = [parse_number(cell, comma) for cell in cells]
    strange = sum(
        value is None and cell.strip().lower() not in MISSING for value, cell in zip(found, cells, strict=True)
    )
    if strange:
        notes["cells that are no numbers taken as empty"] += strange
    return np.array([as_loss(value) if losses else nan if value is None else value for value in found])


def parse_number(cell: str, comma: bool = False) -> float | None:
    """A cell as a number, `1:02:03.5` as seconds; `None` where it is empty or text."""
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
        points = text.rfind(".") > text.rfind(",")  # as in 1,234.5
        text = text.replace(",", "") if thousands or points else text.replace(".", "").replace(",", ".")
    try:
        return float(text)
    except ValueError:
        if not (clock := CLOCK.match(text)):
            return None
        days, hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return 86400 * days + 3600 * hours + 60 * minutes + seconds


def json_number(value: Any) -> float | None:
    """A JSON value as a number; `None` where it is none. Some loggers write `"NaN"` and `"Infinity"` as text."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
    except OverflowError:  # a whole number beyond all floats
        return nan


def float_or_nan(value: Any) -> float:
    """A JSON value as a number, with NaN where it is none."""
    found = json_number(value)
    return nan if found is None else found
