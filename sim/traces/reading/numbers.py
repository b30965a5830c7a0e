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
_CLOCK = re.compile(r"(?:(\d+) days?,? )?(\d+):(\d\d?):(\d\d?(?:\.\d*)?)$")


def marked(loss: float | None) -> float:
    """A loss as records hold it: NaN where there is none, and -inf where the log gives a NaN, which is a divergence."""
    return nan if loss is None else -inf if isnan(loss) else loss


def numbers(cells: Sequence[Any], comma: bool, notes: Counter[str], *, losses: bool = False) -> np.ndarray:
    """A column of numbers or text as float64 `[rows]`, NaN where a cell is no number; `losses` are `marked`.

    With `comma`, a single comma is a decimal one, else it may part thousands. `notes` gets the number of cells that are
    neither numbers nor blank.
    """
    try:
        values = np.array(cells, dtype=np.float64)
        return np.where(np.isnan(values), -inf, values) if losses else values
    except ValueError:
        found = [number(cell, comma) for cell in cells]
    strange = sum(
        value is None and cell.strip().lower() not in MISSING for value, cell in zip(found, cells, strict=True)
    )
    if strange:
        notes["cells that are no numbers taken as empty"] += strange
    return np.array([marked(value) if losses else nan if value is None else value for value in found])


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
        points = text.rfind(".") > text.rfind(",")  # as in 1,234.5
        text = text.replace(",", "") if thousands or points else text.replace(".", "").replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return _clock(text)


def _clock(text: str) -> float | None:
    """`1:02:03.5` in seconds."""
    found = _CLOCK.match(text)
    if not found:
        return None
    days, hours, minutes, seconds = found.groups()
    return 86400 * float(days or 0) + 3600 * float(hours) + 60 * float(minutes) + float(seconds)


def real(value: Any) -> float | None:
    """A JSON value as a number; `None` where it is none. Some loggers write `"NaN"` and `"Infinity"` as text."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and value.strip().lower() in ("", "none", "null"):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
    except OverflowError:
        return nan


def known(value: Any) -> float:
    """The same, with NaN where it is none."""
    found = real(value)
    return nan if found is None else found
