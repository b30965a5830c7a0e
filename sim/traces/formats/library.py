"""Our own libraries of curves, as `sim.traces.curve.write_library` writes them; they went through the rules already."""

from collections.abc import Iterator

from sim.traces.curve import COLUMNS, Curve, iterate_curves
from sim.traces.reading.parquet import MAGIC, opened
from sim.traces.reading.source import Source, Unreadable


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1: parquet, with every column of a library."""
    if not source.raw_head.startswith(MAGIC):
        return 0.0
    try:
        with opened(source) as file:
            return 0.99 if set(COLUMNS) <= set(file.schema_arrow.names) else 0.0
    except Unreadable:
        return 0.0


def read(source: Source) -> Iterator[Curve]:
    """The curves, each with the source and format that it had; `Unreadable` also if a run in it is no curve."""
    with opened(source) as file:
        yield from iterate_curves(file)
