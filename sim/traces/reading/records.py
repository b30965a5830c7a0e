"""What a reader found of one run, before the rules: a table of records in the order of the log, and facts."""

from array import array
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from math import nan

import numpy as np

from sim.traces.reading.numbers import THOUSANDS, as_loss, parse_number

COLUMNS = ("step", "tokens", "seconds", "validation", "train", "samples")
WIDTH = len(COLUMNS)
MOST_RECORDS = 40_000_000 // WIDTH
"""Most records of one file that are held (320 MB); beyond it every second of the training records is dropped."""
DECIMAL_COMMAS, TORN = "decimal commas read as points", "torn last line left out"


@dataclass
class Records:
    """One run as read: `add` a record at a time, `note` what was done to a line, name the facts that the log states.

    The `values` are the table row by row: NaN where a record does not say, losses as of `numbers.as_loss`.
    `seconds_are` `elapsed` since the start; `each` step's own time, a mean over those since the record before; or the
    time of the `next` step, which begins at the record.
    """

    run: str = ""  #: its name within the file; "" for the only one
    values: "array[float]" = field(default_factory=lambda: array("d"))
    loss_column: str = ""  #: what the file calls the loss where it has several; the user chooses among them
    validation_unit: str = "nats"  #: or `bpb` or `ppl`
    train_unit: str = "nats"
    kind_unsaid: bool = False  #: the log says `loss` and no more: the user decides whether it is validation or train
    dataset: str = ""
    hardware: str = ""
    parameters: float = nan
    seed: int | None = None
    planned_steps: float = nan  #: what the log says the run is to have
    seconds_are: str = "elapsed"
    seconds_unit: float = 1.0  #: seconds in one unit of the column `seconds`; NaN where the log does not say
    cut: bool = False
    notes: Counter[str] = field(default_factory=Counter)  #: what was done -> to how many lines
    missing: list[str] = field(default_factory=list)  #: facts that the log does not state and the user can give

    def __len__(self) -> int:
        """Number of records."""
        return len(self.values) // WIDTH

    @property
    def table(self) -> np.ndarray:
        """All records, float64 `[records, WIDTH]`, to be written to; while it is held no record can be added."""
        return np.frombuffer(self.values, dtype=np.float64).reshape(-1, WIDTH)

    def column(self, name: str) -> np.ndarray:
        """A column of it, float64 `[records]`."""
        return np.asarray(self.table[:, COLUMNS.index(name)])

    def has(self, name: str) -> bool:
        """Whether any record has a value in a column."""
        return not bool(np.isnan(self.column(name)).all())

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
        self.values.extend((step, tokens, seconds, as_loss(validation), as_loss(train), samples))
        if len(self) > MOST_RECORDS:
            self.thin()

    def extend(self, table: np.ndarray) -> None:
        """Many records, float64 `[records, WIDTH]`."""
        self.values.frombytes(np.ascontiguousarray(table, dtype=np.float64).view(np.uint8).data)
        if len(self) > MOST_RECORDS:
            self.thin()

    def thin(self) -> None:
        """Drop every second record; those with a validation loss only if they alone are too many."""
        count = len(self)
        keep = np.zeros(count, dtype=bool)
        keep[(count - 1) % 2 :: 2] = True  # the last record is the run's result
        if (spared := keep | ~np.isnan(self.column("validation"))).mean() <= 0.75:
            keep = spared
        left = int(keep.sum())
        self.table[:left] = self.table[keep]
        del self.values[left * WIDTH :]
        self.note("too many records to hold: of the earlier ones some were dropped", count - left)

    def note(self, what: str, lines: int = 1) -> None:
        """Something was done to that many lines."""
        self.notes[what] += lines

    def number(self, text: str | None, *, decimal: bool = False) -> float:
        """What `NUMBER` found in a line, NaN for nothing: `11,941` has a thousands separator, `3,2774` a decimal comma.

        Decimal commas are noted. After the first one, and in numbers of which no thousands are to be expected
        (`decimal`, such as losses), `3,277` has one too.
        """
        if not text or "," not in text:
            return float(text) if text else nan
        decimal |= self.notes[DECIMAL_COMMAS] > 0
        if text.count(",") == 1 and "." not in text and (decimal or not THOUSANDS.match(text)):
            self.note(DECIMAL_COMMAS)
        found = parse_number(text, decimal)
        return nan if found is None else found


def thin_longest(runs: Collection[Records], most: int) -> int:
    """Thin the longest runs until all together have at most `most` records; how many they have."""
    while (count := sum(map(len, runs))) > most:
        longest = max(map(len, runs))
        for run in runs:
            if len(run) > longest // 2:
                run.thin()
    return count
