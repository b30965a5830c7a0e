"""What a reader found, before the rules: points in the order of the log, facts, and what it had to do."""

import re
from array import array
from collections import Counter
from dataclasses import dataclass, field
from math import nan

COLUMNS = ("step", "tokens", "seconds", "validation", "train")


@dataclass
class Raw:
    """One run as read. `add` a point per record; `note` what was done to a line; name the facts that the log states.

    Attributes:
        run: its name within the file; "" for the only one.
        columns: float64 arrays in the order of the log; NaN where a record does not say. A loss that the log gives as NaN or
            inf is kept as such: `lost` counts the records that had a loss at all.
        validation_unit, train_unit: `nats`, `bpb` or `ppl`.
        planned_steps: what the log says the run is to have.
        seconds_are: `elapsed` since the start, or `each` step's own time.
        notes: what was done -> to how many lines.
        missing: facts that the log does not state and the user can give.
    """

    run: str = ""
    columns: dict[str, "array[float]"] = field(default_factory=lambda: {name: array("d") for name in COLUMNS})
    validation_unit: str = "nats"
    train_unit: str = "nats"
    dataset: str = ""
    hardware: str = ""
    parameters: float = nan
    seed: int | None = None
    planned_steps: float = nan
    seconds_are: str = "elapsed"
    cut: bool = False
    notes: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    has_loss: dict[str, "array[int]"] = field(default_factory=lambda: {n: array("b") for n in ("validation", "train")})

    def __len__(self) -> int:
        """Number of records."""
        return len(self.columns["step"])

    def add(self, step: float = nan, *, tokens: float = nan, seconds: float = nan, validation: float | None = None,
            train: float | None = None) -> None:
        """A record; `None` is no loss in it, NaN a loss that the log gives as NaN."""
        for name, value in zip(COLUMNS, (step, tokens, seconds, validation, train), strict=True):
            self.columns[name].append(nan if value is None else value)
        self.has_loss["validation"].append(validation is not None)
        self.has_loss["train"].append(train is not None)

    def note(self, what: str, lines: int = 1) -> None:
        """Something was done to that many lines."""
        self.notes[what] += lines


NUMBER = r"[-+]?(?:\d[\d,]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|NaN|NAN|inf|Inf|INF|Infinity|infinity)"
"""A number in a log line: thousands separators, exponents, nan and inf."""

_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?$")


def number(text: str, raw: Raw | None = None) -> float:
    """A number as people and programs write it; `nan` for text that is none.

    `11,941` has a thousands separator; `3,2774` a decimal comma, which is noted on `raw`.
    """
    text = text.strip().strip("\"'")
    if "," in text:
        if _THOUSANDS.match(text):
            text = text.replace(",", "")
        elif text.count(",") == 1:
            text = text.replace(",", ".")
            if raw is not None:
                raw.note("decimal commas read as points")
    try:
        return float(text)
    except ValueError:
        return nan
