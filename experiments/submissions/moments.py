"""When a row was submitted, and on which block that is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from experiments.submissions.cells import text, whole
from experiments.submissions.errors import shown
from experiments.submissions.table import Table
from sim.clock import BLOCK_SECONDS, BLOCKS_PER_DAY


@dataclass(frozen=True, slots=True)
class Moment:
    """A place on a clock that counts blocks from any start.

    Attributes:
        blocks: blocks since that start; of a date without a time of day, the day's first.
        exact: whether the block is known, not just the day.
    """

    blocks: float
    exact: bool

    @property
    def day(self) -> float:
        """The day, in days since the clock's start."""
        return self.blocks // BLOCKS_PER_DAY

    def before(self, other: "Moment") -> bool:
        """Whether this is surely earlier: by the day where one of the two knows no more."""
        return self.blocks < other.blocks if self.exact and other.exact else self.day < other.day


def moment(table: Table, row: int) -> Moment:
    """The moment of a row, from its time (naive times are UTC) or its block."""
    if "block" in table.columns:
        return Moment(float(whole(table, row, "block", 0)), exact=True)
    given = text(table, row, "time")
    try:
        return _date(given)
    except ValueError:
        pass
    try:
        return _date_and_time(given)
    except (ValueError, OverflowError):
        rule = "must be an ISO 8601 date or date-time; write it as 2026-03-18 or 2026-03-18T09:30:00Z"
        raise table.fault(row, "time", f"is {shown(given)}, but {rule}") from None


def _date(given: str) -> Moment:
    return Moment(float(date.fromisoformat(given).toordinal() * BLOCKS_PER_DAY), exact=False)


def _date_and_time(given: str) -> Moment:
    at = datetime.fromisoformat(given)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    blocks = day.toordinal() * BLOCKS_PER_DAY + (at - day).total_seconds() / BLOCK_SECONDS
    return Moment(blocks, exact=True)


def spread(moments: Sequence[Moment]) -> np.ndarray:
    """Blocks, float64, the first at 0.

    Of n rows that share a date without a time of day, the k-th (from 0) stands at (k+1)/(n+1) of that day.
    """
    rows = Counter(m.blocks for m in moments if not m.exact)
    seen: Counter[float] = Counter()
    places = []
    for m in moments:
        place = m.blocks
        if not m.exact:
            seen[m.blocks] += 1
            place += BLOCKS_PER_DAY * seen[m.blocks] / (rows[m.blocks] + 1)
        places.append(place)
    return np.array(places, dtype=np.float64) - places[0]


def settle(moments: Sequence[Moment], places: np.ndarray) -> np.ndarray:
    """Places rounded to whole blocks, int64, non-decreasing.

    Only rows whose blocks are known share one. Two models of one block remove each other in the competitive
    filter, and a guessed time of day must not cause that.
    """
    rounded = np.rint(places).astype(np.int64).tolist()
    blocks = rounded[:1]
    for i in range(1, len(rounded)):
        together = moments[i].exact and moments[i - 1].exact and rounded[i] == rounded[i - 1]
        blocks.append(max(rounded[i], blocks[-1] + (not together)))
    return np.array(blocks, dtype=np.int64)
