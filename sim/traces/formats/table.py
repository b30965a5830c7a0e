"""Plain tables: `step,lr,loss`, `run;step;val_loss`, tabs or spaces, one row per measurement."""

from collections.abc import Iterator

from sim.traces.reading.grid import Grid
from sim.traces.reading.names import Layout
from sim.traces.reading.numbers import parse_number
from sim.traces.reading.records import Records
from sim.traces.reading.sheet import Sheet
from sim.traces.reading.source import Source, Unreadable


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1: it knows the names of the columns, or it is a table at all."""
    sheet = Sheet(source)
    if Layout(sheet.header).complete:
        return 0.6
    words = len(set(sheet.header)) > 1 and all(parse_number(cell) is None for cell in sheet.header)
    numbers = len(sheet.first) == len(sheet.header) and any(parse_number(cell) is not None for cell in sheet.first)
    return 0.05 if words and numbers else 0.0


def read(source: Source) -> Iterator[Records]:
    """The runs of the table: one per value of its column of runs, and one per evaluation set."""
    sheet = Sheet(source)
    grid = Grid(checked_layout(sheet.header))
    for header, rows in sheet.blocks():
        if list(grid.layout.header) != header:
            grid.layout = Layout(header)
        if rows:
            grid.feed(sheet.frame(rows, grid.layout))
    if not grid.runs:
        raise Unreadable("has a header but no rows")
    yield from grid.finish(sheet.notes, sheet.cut)


def checked_layout(header: list[str]) -> Layout:
    """What the header means; `Unreadable`, with the column that is missing, if no curve can be made of it."""
    layout = Layout(header)
    shown = ", ".join(layout.header[:12]) + (", ..." if len(layout.header) > 12 else "")
    if not layout.losses:
        raise Unreadable(f"a table without a column of losses (val_loss, train_loss, loss, bpb ...), but with {shown}")
    if not layout.complete:
        raise Unreadable(f"a table of losses without a column of steps or tokens, so no curve, but with {shown}")
    return layout
