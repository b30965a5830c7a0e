"""Columns of CSV tables that the readers of curves have no use for: learning rates, sizes, and rows to be left out."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from policies.errors import InputError
from sim.traces.reading.names import plain

LR = ("lr", "learning rate", "optim learning rate group0")
STEP = ("step", "global step", "iteration")
LOSS = ("loss", "val loss", "loss nats per token")
SIZE = ("n params", "params no embed", "parameters", "params")
TOKENS = ("tokens", "throughput total tokens")
"""Names of columns as `plain` has them; the first that a table has counts."""

Condition = tuple[str, str, str]
CONDITION = re.compile(r"([^<>=]+)(>=|<=|=)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Table:
    """A CSV file: its path, and its columns as texts."""

    path: Path
    columns: dict[str, list[str]]

    def numbers(self, names: Sequence[str]) -> np.ndarray | None:
        """The first column that has one of these names, NaN where it holds no number; `None` if there is none."""
        plainly = {plain(column): column for column in self.columns}
        found = next((plainly[plain(name)] for name in names if plain(name) in plainly), None)
        return None if found is None else np.array([_number(text) for text in self.columns[found]])

    def needed(self, names: Sequence[str]) -> np.ndarray:
        """The same.

        Raises:
            InputError: there is no such column.
        """
        numbers = self.numbers(names)
        if numbers is None:
            raise InputError(f"{self.path} has no column {' or '.join(names)}; it has {', '.join(self.columns)}")
        return numbers


def table(path: Path, where: Sequence[Condition] = ()) -> Table | None:
    """The rows of a CSV file for which the conditions hold; `None` if it is no CSV file or none is left.

    Raises:
        InputError: a condition names a column that is not there, or compares a word.
    """
    if path.suffix.lower() != ".csv":
        return None
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        rows = [row for row in csv.DictReader(file) if all(_holds(row, part, path) for part in where)]
    return (
        Table(path, {name: [row[name] or "" for row in rows] for name in rows[0] if name is not None}) if rows else None
    )


def condition(text: str) -> Condition:
    """`column=value`, `column>=value` or `column<=value` in its three parts.

    Raises:
        InputError: it is none of these.
    """
    found = CONDITION.fullmatch(text)
    if found is None:
        raise InputError(f"--where {text}: must read COLUMN=VALUE, COLUMN>=NUMBER or COLUMN<=NUMBER")
    return found[1], found[2], found[3]


def _holds(row: dict[str, str], part: Condition, path: Path) -> bool:
    column, sign, value = part
    if column not in row:
        raise InputError(f"--where {''.join(part)}: {path} has no such column; it has {', '.join(map(str, row))}")
    if sign == "=":
        return row[column] == value
    try:
        return float(row[column]) >= float(value) if sign == ">=" else float(row[column]) <= float(value)
    except ValueError:
        raise InputError(f"--where {''.join(part)}: {row[column]!r} or {value!r} is not a number") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
