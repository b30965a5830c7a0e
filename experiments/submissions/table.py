"""A submissions table as text: one column per meaning, before any cell is understood."""

from dataclasses import dataclass, field
from pathlib import Path

from experiments.submissions.errors import RaceError

MOST_ROWS = 200_000
"""Rows a file may have: thousands of times any known race, and still a few hundred megabytes of memory."""

MOST_BLOCKS = 10**9
"""Nearly four centuries; beyond it a clock was stretched by mistake."""


@dataclass(frozen=True)
class Table:
    """Cells as text without spaces around it, "" where empty. Rows count from 0, in messages from 1.

    Attributes:
        path: the file, for messages.
        names: meaning -> the column's name as the file writes it.
        columns: meaning -> the cells, all columns of one length.
        lines: line of the file where each row begins; empty where the format has no lines.
        remarks: what leading comments say, such as `{"unit": "bpb"}`.
    """

    path: Path
    names: dict[str, str]
    columns: dict[str, list[str]]
    lines: list[int] = field(default_factory=list)
    remarks: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.columns["miner"])

    def cell(self, row: int, meaning: str) -> str:
        """The text of a cell, "" where it is empty or the column is not there."""
        return self.columns[meaning][row] if meaning in self.columns else ""

    def place(self, row: int) -> str:
        """How messages name a row: `row 3 (line 5)`."""
        return f"row {row + 1} (line {self.lines[row]})" if self.lines else f"row {row + 1}"

    def fault(self, row: int, meaning: str, what: str) -> RaceError:
        """The error of one cell; `what` gives the value, the rule and what to do."""
        return RaceError(f"{self.path}: {self.place(row)}, column {self.names[meaning]!r}: {what}")


def check_length(path: Path, rows: int) -> None:
    """Holds a file to its bounds.

    Raises:
        RaceError: no rows, or more than `MOST_ROWS`.
    """
    if rows == 0:
        raise RaceError(f"{path}: has a header but no rows, and a race needs at least one submission; add it")
    if rows > MOST_ROWS:
        raise RaceError(
            f"{path}: has more than {MOST_ROWS:,} rows, which is the most a race may have; "
            "keep the rows that matter or split the file"
        )


def check_span(path: Path, blocks: float, days_per_day: float) -> None:
    """Holds a race to a length in blocks that counts and clocks can carry.

    Raises:
        RaceError: longer than `MOST_BLOCKS`.
    """
    if not blocks <= MOST_BLOCKS:
        raise RaceError(
            f"{path}: lasts {blocks:.3g} blocks at days_per_day {days_per_day:g}, but a race may "
            f"last {MOST_BLOCKS:,}; choose a smaller days_per_day, or check the first row"
        )
