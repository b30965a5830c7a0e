"""What rows may be next to each other: sorted by time, no duplicates, one commitment per miner and block."""

from collections.abc import Sequence

import numpy as np

from experiments.submissions.errors import shown
from experiments.submissions.moments import Moment
from experiments.submissions.table import Table


def check_sorted(table: Table, moments: Sequence[Moment]) -> None:
    """Rows are in the order of their times; ties are allowed.

    Raises:
        RaceError: naming both rows.
    """
    when = clock(table)
    latest = exact = 0
    for row, moment in enumerate(moments):
        # A bare date between two times of its day would hide that they are out of order.
        for earlier in (latest, exact):
            if moment.before(moments[earlier]):
                above = f"{table.place(earlier)} above it has {shown(table.cell(earlier, when))}"
                rule = f"rows must be sorted by {when}; sort the file"
                raise table.fault(row, when, f"is {shown(table.cell(row, when))}, but {above}, and {rule}")
        latest = row
        exact = row if moment.exact else exact


def check_duplicates(table: Table, moments: Sequence[Moment], losses: Sequence[float]) -> None:
    """No two rows say the same.

    Raises:
        RaceError: two rows have the same time or block, miner and loss.
    """
    seen: dict[tuple[Moment, str, float], int] = {}
    for row, moment in enumerate(moments):
        first = seen.setdefault((moment, table.cell(row, "miner"), losses[row]), row)
        if first != row:
            rule = "duplicate rows (same miner, moment and loss) are not allowed; remove one"
            raise table.fault(
                row, "loss", f"is {shown(table.cell(row, 'loss'))} as in {table.place(first)}, but {rule}"
            )


def check_commitments(table: Table, blocks: np.ndarray, days_per_day: float) -> None:
    """A hotkey has one commitment per block.

    Raises:
        RaceError: a miner has two rows in one block of the race.
    """
    when = clock(table)
    remedy = "" if days_per_day >= 1 else f", or choose a larger days_per_day than {days_per_day:g}"
    seen: dict[tuple[int, str], int] = {}
    for row, block in enumerate(blocks.tolist()):
        miner = table.cell(row, "miner")
        first = seen.setdefault((block, miner), row)
        if first != row:
            same = f"in the same block as {table.place(first)} by the same miner {shown(miner)}"
            rule = f"a miner has one commitment per block; keep one of them{remedy}"
            raise table.fault(row, when, f"is {shown(table.cell(row, when))}, {same}, but {rule}")


def clock(table: Table) -> str:
    """The meaning of the column that says when: time or block."""
    return "block" if "block" in table.columns else "time"
