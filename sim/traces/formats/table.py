"""Plain tables: `step,lr,loss`, `run;step;val_loss`, tabs or spaces, one row per measurement."""

from collections.abc import Iterator

from sim.traces.grid import Grid
from sim.traces.layout import Layout, layout
from sim.traces.raw import Raw
from sim.traces.sheet import Sheet
from sim.traces.source import Source, Unreadable


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1: it knows the names of the columns, or it is a table at all."""
    sheet = Sheet(source)
    if layout(sheet.header).complete:
        return 0.6
    return 0.05 if sheet.is_table else 0.0


def read(source: Source) -> Iterator[Raw]:
    """The runs of the table: one per value of its column of runs, and one per evaluation set.

    Raises:
        Unreadable: no rows, or no column of a loss or of what it is set against.
    """
    yield from runs(Sheet(source))


def runs(sheet: Sheet, shift: float = 0.0) -> Iterator[Raw]:
    """The runs of delimited text; `shift` is added to its steps."""
    grid = Grid(check(layout(sheet.header)), shift)
    for block in sheet.blocks():
        if list(grid.layout.header) != block.header:
            grid.layout = layout(block.header)
        if block.rows:
            means = grid.layout
            labels = [row[means.places["run"]] for row in block.rows] if "run" in means.places else None
            grid.feed(sheet.columns(block, means), labels)
    if not grid.runs:
        raise Unreadable("has a header but no rows")
    for raw in grid.finish():
        raw.notes.update(sheet.notes)
        raw.cut = sheet.cut
        yield raw


def check(means: Layout) -> Layout:
    """The layout again, if a curve can be made of it.

    Raises:
        Unreadable: it cannot; the message says which column is missing.
    """
    shown = ", ".join(means.header[:12]) + (", ..." if len(means.header) > 12 else "")
    if not means.losses:
        raise Unreadable(f"a table without a column of losses (val_loss, train_loss, loss, bpb ...), but with {shown}")
    if not means.complete:
        raise Unreadable(f"a table of losses without a column of steps or tokens, so no curve, but with {shown}")
    return means
