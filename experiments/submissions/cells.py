"""Cells with one value: text, numbers and whole numbers."""

import math
import re

from experiments.submissions.errors import shown
from experiments.submissions.table import Table

WHOLE = re.compile(r"([+-]?[0-9]{1,16})(\.0*)?")
MOST = 2**53
"""Whole numbers up to here are exact as float64."""


def text(table: Table, row: int, meaning: str) -> str:
    """The text of a cell that must not be empty."""
    given = table.cell(row, meaning)
    if not given:
        raise table.fault(row, meaning, "is empty, but every row needs a value; fill it in or remove the row")
    return given


def number(table: Table, row: int, meaning: str) -> float:
    """A cell as a float, which may be infinite or NaN."""
    given = text(table, row, meaning)
    try:
        return float(given.replace("_", "?"))  # Python reads 3_2 as 32, a person reads a slip
    except ValueError:
        rule = "must be a number such as 3.276; correct it or remove the row"
        raise table.fault(row, meaning, f"is {shown(given)}, but {rule}") from None


def loss(table: Table, row: int) -> float:
    """The loss of a row, finite and positive."""
    value = number(table, row, "loss")
    if not (math.isfinite(value) and value > 0):
        rule = "must be a finite positive number; correct it or remove the row"
        raise table.fault(row, "loss", f"is {shown(table.cell(row, 'loss'))}, but {rule}")
    return value


def whole(table: Table, row: int, meaning: str, least: int) -> int:
    """A cell as a whole number from `least` to `MOST`."""
    given = text(table, row, meaning)
    match = WHOLE.fullmatch(given)
    if match is None or not least <= int(match[1]) <= MOST:
        rule = f"must be a whole number from {least} to {MOST}; correct it or remove the row"
        raise table.fault(row, meaning, f"is {shown(given)}, but {rule}")
    return int(match[1])


def sd(table: Table, row: int) -> float:
    """The sd of one evaluation's paired loss difference, in the loss's unit; NaN where the row does not say.

    A row that gives `samples` too gives the sd of one sample; the mean over n samples has 1/sqrt(n) of that.
    """
    samples = whole(table, row, "samples", 1) if table.cell(row, "samples") else 1
    if not table.cell(row, "sd"):
        return math.nan
    value = number(table, row, "sd")
    if not (math.isfinite(value) and value >= 0):
        rule = "must be a finite number, 0 or more; correct it, or leave it empty where it is not known"
        raise table.fault(row, "sd", f"is {shown(table.cell(row, 'sd'))}, but {rule}")
    return value / math.sqrt(samples)
