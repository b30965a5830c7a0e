"""JSON lines as tables: objects in objects, partial rows of one step, keys that come late and change their names."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sim.traces.reading.grid import Grid
from sim.traces.reading.names import CALLS, Layout, Mean, meaning
from sim.traces.reading.numbers import known, marked, real
from sim.traces.reading.records import TORN, Records
from sim.traces.reading.source import Source, Unreadable

Row = dict[str, Any]
DEEPEST = 3
MOST_PARTS = 10_000  #: most lists and objects in one line: as Python's objects they take thirty times its room
MOST_KEYS = 1_000
BLOCK = 10_000


def runs(source: Source, mean: Mean = meaning) -> Iterator[Records]:
    """The run of the rows, or one per evaluation set; `Unreadable` without a loss, or with too many keys.

    The file is read twice, because a key may come late.
    """
    layout = layout_of(rows(source, Counter()), mean)
    if not layout.losses:
        raise Unreadable("JSON lines without a loss (val_loss, train/loss, loss ...)")
    grid, notes = Grid(layout), Counter[str]()
    for block in blocks(rows(source, notes)):
        grid.feed(frame(block, layout))
    step = layout.columns.get("step")
    for run in grid.finish():
        if step and step.said.series == CALLS:
            run.note("W&B's _step counts calls of its log function, which need not be optimiser steps", len(run))
        run.notes.update(notes)
        run.cut = source.ends_cut and bool(notes[TORN])
        yield run


def blocks(found: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows, some thousand at a time."""
    rest = iter(found)
    while block := list(islice(rest, BLOCK)):
        yield block


def layout_of(found: Iterable[Row], mean: Mean) -> Layout:
    """What the keys of rows mean; `Unreadable` if too many of them mean something."""
    keys: dict[str, None] = {}
    for row in found:
        keys.update((key, None) for key in row if key not in keys and (said := mean(key)) and said.column != "run")
        if len(keys) > MOST_KEYS:
            raise Unreadable(f"JSON with more than {MOST_KEYS:,} losses")
    return Layout(list(keys), mean, several=True)


def frame(found: list[Row], layout: Layout) -> Any:
    """Rows as a DataFrame of the numbers that are read, by place."""
    import pandas as pd  # noqa: PLC0415 - slow to import

    losses = layout.loss_places
    columns = {}
    for place in layout.places:
        cells = (row.get(layout.header[place]) for row in found)
        columns[place] = [marked(real(cell)) for cell in cells] if place in losses else [known(cell) for cell in cells]
    return pd.DataFrame(columns, dtype="float64")


def rows(source: Source, notes: Counter[str]) -> Iterator[Row]:
    """The rows of a file; those of one `_step` that follow each other are one, as W&B may spread one over several."""
    held: Row = {}
    for line in source.lines():
        if not line.strip():
            continue
        row = row_of(line)
        if row is None:
            notes[TORN if source.ends_cut else "lines that are no JSON object left out"] += 1
            continue
        if held and (CALLS not in row or row[CALLS] != held.get(CALLS)):
            yield held
            held = {}
        held.update({key: value for key, value in row.items() if value is not None})
    if held:
        yield held


def row_of(line: str) -> Row | None:
    """The row that a line holds, `{"a": {"b": 1}}` as `a/b`; `None` if it holds no object, or too many lists."""
    if line.count("[") + line.count("{") > MOST_PARTS:
        return None
    try:
        found = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError):  # ValueError also for a number with more digits than Python reads
        return None
    return dict(_flat(found)) if isinstance(found, dict) else None


def head_rows(source: Source, most: int = 50) -> list[Row]:
    """Rows of the head, if its first line is one."""
    lines = [line for line in source.head_lines[: 2 * most] if line.strip()][:most]
    first = row_of(lines[0]) if lines and lines[0].lstrip("\ufeff \t").startswith("{") else None
    return [] if first is None else [first, *(row for line in lines[1:] if (row := row_of(line)) is not None)]


def _flat(found: Row, above: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for key, value in found.items():
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _flat(value, f"{above}{key}/", depth + 1)
        else:
            yield above + key, value
