"""What a reader found, before the rules: points in the order of the log, facts, and what it had to do."""

import re
from array import array
from collections import Counter
from dataclasses import dataclass, field
from math import isnan, nan
from typing import Any

import numpy as np

COLUMNS = ("step", "tokens", "seconds", "validation", "train", "samples")
LOSSES = ("validation", "train")
MOST_VALUES = 40_000_000
"""Most numbers that one run may hold (320 MB); beyond it every second of its training records is dropped."""


@dataclass
class Raw:
    """One run as read. `add` a point per record; `note` what was done to a line; name the facts that the log states.

    Attributes:
        run: its name within the file; "" for the only one.
        columns: float64 arrays in the order of the log; NaN where a record does not say; a column that no record has
            is left out, `column` gives it. A loss that the log gives as NaN or inf is kept as such: `has_loss` marks
            the records that had a loss at all.
        loss_column: what the file calls the loss where it has several; the user chooses among them.
        validation_unit, train_unit: `nats`, `bpb` or `ppl`.
        kind_unsaid: the log says `loss` and no more: the user's word decides whether it is validation or train.
        planned_steps: what the log says the run is to have.
        seconds_are: `elapsed` since the start; `each` step's own time, a mean over those since the record before; or
            the time of the `next` step, which begins at the record.
        seconds_unit: seconds in one unit of the column `seconds`; NaN where the log does not say.
        notes: what was done -> to how many lines.
        missing: facts that the log does not state and the user can give.
    """

    run: str = ""
    columns: dict[str, "array[float]"] = field(default_factory=dict)
    loss_column: str = ""
    validation_unit: str = "nats"
    train_unit: str = "nats"
    kind_unsaid: bool = False
    dataset: str = ""
    hardware: str = ""
    parameters: float = nan
    seed: int | None = None
    planned_steps: float = nan
    seconds_are: str = "elapsed"
    seconds_unit: float = 1.0
    cut: bool = False
    notes: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    has_loss: dict[str, "array[int]"] = field(default_factory=dict)
    count: int = 0

    def __len__(self) -> int:
        """Number of records."""
        return self.count

    @property
    def size(self) -> int:
        """Numbers that it holds."""
        return self.count * len(self.columns)

    def add(
        self,
        step: float = nan,
        *,
        tokens: float = nan,
        seconds: float = nan,
        validation: float | None = None,
        train: float | None = None,
        samples: float = nan,
    ) -> None:
        """A record; `None` is no loss in it, NaN a loss that the log gives as NaN."""
        values = (step, tokens, seconds, validation, train, samples)
        for name, value in zip(COLUMNS, values, strict=True):
            column = self.columns.get(name)
            if column is not None:
                column.append(nan if value is None else value)
            elif value is not None and not isnan(value):
                self.columns[name] = _filled(self.count)
                self.columns[name].append(value)
        for name, value in (("validation", validation), ("train", train)):
            there = self.has_loss.get(name)
            if there is not None:
                there.append(value is not None)
            elif value is not None:
                self.has_loss[name] = array("b", bytes(self.count))
                self.has_loss[name].append(1)
        self.count += 1
        if self.size > MOST_VALUES:
            self.thin()

    def extend(self, values: dict[str, np.ndarray], there: dict[str, np.ndarray]) -> None:
        """Many records: float64 arrays by column, all of one length, and masks of which records have a loss at all."""
        count = len(next(iter(values.values())))
        for name in COLUMNS:
            if name in values and name not in self.columns and not np.isnan(values[name]).all():
                self.columns[name] = _filled(self.count)
            if name in self.columns:
                more = np.asarray(values.get(name, np.full(count, nan)), dtype=np.float64)
                self.columns[name].frombytes(np.ascontiguousarray(more).view(np.uint8).data)
        for name in LOSSES:
            if name in there and name not in self.has_loss and there[name].any():
                self.has_loss[name] = array("b", bytes(self.count))
            if name in self.has_loss:
                self.has_loss[name].frombytes(there.get(name, np.zeros(count)).astype(np.int8).tobytes())
        self.count += count
        if self.size > MOST_VALUES:
            self.thin()

    def put(self, name: str, values: np.ndarray) -> None:
        """Give every record its value in a column; a column of nothing but NaN is none."""
        self.columns.pop(name, None)
        if not np.isnan(values).all():
            self.columns[name] = _packed("d", np.asarray(values, dtype=np.float64))

    def column(self, name: str) -> np.ndarray:
        """A column as float64 `[records]`, not to be written to."""
        if name in self.columns:
            return np.frombuffer(self.columns[name], dtype=np.float64)
        return np.broadcast_to(np.float64(nan), self.count)

    def mask(self, kind: str) -> np.ndarray:
        """Which records have a loss of that kind, bool `[records]`, not to be written to."""
        if kind in self.has_loss:
            return np.frombuffer(self.has_loss[kind], dtype=np.bool_)
        return np.broadcast_to(np.False_, self.count)

    def note(self, what: str, lines: int = 1) -> None:
        """Something was done to that many lines."""
        self.notes[what] += lines

    def thin(self) -> None:
        """Drop every second record; those with a validation loss only if they alone are too many."""
        keep = np.zeros(self.count, dtype=bool)
        keep[(self.count - 1) % 2 :: 2] = True  # the last record is the run's result
        if (spared := keep | self.mask("validation")).mean() <= 0.75:
            keep = spared
        for name, column in list(self.columns.items()):
            self.columns[name] = _packed("d", np.frombuffer(column, dtype=np.float64)[keep])
        for name, marks in list(self.has_loss.items()):
            self.has_loss[name] = _packed("b", np.frombuffer(marks, dtype=np.int8)[keep])
        self.note("too many records to hold: of the earlier ones some were dropped", self.count - int(keep.sum()))
        self.count = int(keep.sum())


def _filled(count: int) -> "array[float]":
    return array("d", [nan]) * count


def _packed(code: str, values: np.ndarray) -> Any:
    out: array[Any] = array(code)
    out.frombytes(np.ascontiguousarray(values).view(np.uint8).data)
    return out


NUMBER = (
    r"[-+]?(?:\d++(?:,\d++)*+(?:\.\d*+)?(?:[eE][-+]?\d++)?|\.\d++(?:[eE][-+]?\d++)?"
    r"|nan|NaN|NAN|[iI]nf(?:inity)?|INF)"
)
"""A number in a log line: thousands separators, exponents, nan and inf; without backtracking, whatever the line."""
DECIMAL_COMMAS = "decimal commas read as points"

_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?$")


def number(text: str, raw: Raw | None = None, *, decimal: bool = False) -> float:
    """A number as people and programs write it; `nan` for text that is none.

    `11,941` has a thousands separator; `3,2774` a decimal comma, which is noted on `raw`. After the first decimal comma
    of a log, and in numbers of which no thousands are to be expected (`decimal`, such as losses), `3,277` has one too.
    """
    text = text.strip().strip("\"'")
    if "," in text:
        lone = text.count(",") == 1 and "." not in text
        if lone and (decimal or (raw is not None and raw.notes[DECIMAL_COMMAS]) or not _THOUSANDS.match(text)):
            text = text.replace(",", ".")
            if raw is not None:
                raw.note(DECIMAL_COMMAS)
        elif _THOUSANDS.match(text):
            text = text.replace(",", "")
    try:
        return float(text)
    except ValueError:
        return nan
