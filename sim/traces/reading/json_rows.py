"""JSON lines as tables: objects in objects, partial rows of one step, keys that come late and change their names."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sim.traces.reading.grid import Grid
from sim.traces.reading.names import CALLS, Layout, Mean, meaning
from sim.traces.reading.numbers import as_loss, float_or_nan, json_number
from sim.traces.reading.records import TORN, Records
from sim.traces.reading.source import Source, Unreadable

T = TypeVar("T")
Row = dict[str, Any]
DEEPEST = 3
MOST_PARTS = 10_000  #: most lists and objects in one line: as Python's objects they take thirty times its room
MOST_SHORT_PARTS, SHORT_PART = 10_000_000, 8
"""More of them in a file must have so many characters on average: empty lists take a hundred times as long as text."""
MOST_KEYS = 1_000
BLOCK = 10_000


def runs(source: Source, mean: Mean = meaning) -> Iterator[Records]:
    """The run of the rows, or one per evaluation set; `Unreadable` without a loss, or with too many keys."""
    import pandas as pd  # noqa: PLC0415 - slow to import

    keys: dict[str, None] = {}

    def is_read(key: str) -> bool:
        if key not in keys and (said := mean(key)) and said.column != "run":  # each file is one run, whatever its label
            keys[key] = None
            if len(keys) > MOST_KEYS:
                raise Unreadable(f"JSON with more than {MOST_KEYS:,} losses")
        return key in keys

    for _ in _rows(source, is_read, Counter()):  # the file is read twice, because a key may come late
        pass
    layout = Layout(list(keys), mean, several=True)
    if not layout.losses:
        raise Unreadable("JSON lines without a loss (val_loss, train/loss, loss ...)")
    grid, notes = Grid(layout), Counter[str]()
    cells = [(layout.header[place], place in layout.loss_places) for place in layout.places]
    found = (
        [as_loss(json_number(row.get(name))) if is_loss else float_or_nan(row.get(name)) for name, is_loss in cells]
        for row in _rows(source, keys.__contains__, notes)
    )
    for block in blocks(found):  # of numbers: a row as it stands in the file may take a hundred times their room
        grid.feed(pd.DataFrame(block, columns=layout.places, dtype="float64"))
    step = layout.columns.get("step")
    for run in grid.finish():
        if step and step.meaning.series == CALLS:
            run.note("W&B's _step counts calls of its log function, which need not be optimiser steps", len(run))
        run.notes.update(notes)
        run.cut = source.ends_cut and bool(notes[TORN])
        yield run


def blocks(found: Iterable[T]) -> Iterator[list[T]]:
    """Rows, some thousand at a time."""
    rest = iter(found)
    while block := list(islice(rest, BLOCK)):
        yield block


def _rows(source: Source, is_read: Callable[[str], bool], notes: Counter[str]) -> Iterator[Row]:
    """What is read of the rows; those of one `_step` that follow each other are one: W&B may spread it over several."""
    held: Row = {}
    parts = size = 0
    for line in source.lines():
        if not line.strip():
            continue
        parts, size = parts + line.count("[") + line.count("{"), size + len(line)
        if parts > MOST_SHORT_PARTS and size < parts * SHORT_PART:
            raise Unreadable(f"has more than {MOST_SHORT_PARTS:,} JSON lists of less than {SHORT_PART} bytes each")
        row = parse_row(line)
        if row is None:
            notes[TORN if source.ends_cut else "lines that are no JSON object left out"] += 1
            continue
        if held and (CALLS not in row or row[CALLS] != held.get(CALLS)):
            yield held
            held = {}
        held.update({key: value for key, value in row.items() if value is not None and is_read(key)})
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
