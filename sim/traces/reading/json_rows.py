"""JSON lines as tables: objects in objects, partial rows of one step, keys that come late and change their names."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sim.traces.reading.grid import Grid
from sim.traces.reading.names import CALLS, Layout, Mean, meaning
from sim.traces.reading.numbers import as_loss, float_or_nan, json_number
from sim.traces.reading.records import TORN, Records
from sim.traces.reading.source import Source, Unreadable

Row = dict[str, Any]
DEEPEST = 3
MOST_PARTS = 10_000  #: most lists and objects in one line: as Python's objects they take thirty times its room
MOST_KEYS = 1_000
BLOCK = 10_000


def runs(source: Source, mean: Mean = meaning) -> Iterator[Records]:
    """The run of the rows, or one per evaluation set; `Unreadable` without a loss, or with too many keys."""
    import pandas as pd  # noqa: PLC0415 - slow to import

    keys: dict[str, None] = {}
    for row in rows(source, Counter()):  # the file is read twice, because a key may come late
        keys.update((key, None) for key in row if key not in keys and (said := mean(key)) and said.column != "run")
        if len(keys) > MOST_KEYS:
            raise Unreadable(f"JSON with more than {MOST_KEYS:,} losses")
    layout = Layout(list(keys), mean, several=True)
    if not layout.losses:
        raise Unreadable("JSON lines without a loss (val_loss, train/loss, loss ...)")
    grid, notes = Grid(layout), Counter[str]()
    for block in blocks(rows(source, notes)):
        columns = {}
        for place in layout.places:
            cells = (row.get(layout.header[place]) for row in block)
            is_loss = place in layout.loss_places
            columns[place] = [as_loss(json_number(cell)) if is_loss else float_or_nan(cell) for cell in cells]
        grid.feed(pd.DataFrame(columns, dtype="float64"))
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


def rows(source: Source, notes: Counter[str]) -> Iterator[Row]:
    """The rows of a file; those of one `_step` that follow each other are one, as W&B may spread one over several."""
    held: Row = {}
    for line in source.lines():
        if not line.strip():
            continue
        row = parse_row(line)
        if row is None:
            notes[TORN if source.ends_cut else "lines that are no JSON object left out"] += 1
            continue
        if held and (CALLS not in row or row[CALLS] != held.get(CALLS)):
            yield held
            held = {}
        held.update({key: value for key, value in row.items() if value is not None})
    if held:
        yield held


def parse_row(line: str) -> Row | None:
    """The row that a line holds, `{"a": {"b": 1}}` as `a/b`; `None` if it holds no object, or too many lists."""
    text = line.lstrip("\ufeff \t")
    if not text.startswith("{") or line.count("[") + line.count("{") > MOST_PARTS:
        return None
    try:
        return dict(_flat(json.loads(text)))
    except (ValueError, RecursionError):  # ValueError also for a number with more digits than Python reads
        return None


def head_rows(source: Source, most: int = 50) -> list[Row]:
    """Rows of the head, if its first line is one."""
    lines = [line for line in source.head_lines[: 2 * most] if line.strip()][:most]
    found = [parse_row(line) for line in lines]
    return [row for row in found if row is not None] if found and found[0] is not None else []


def _flat(found: Row, above: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for key, value in found.items():
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _flat(value, f"{above}{key}/", depth + 1)
        else:
            yield above + key, value
