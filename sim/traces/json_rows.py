"""JSON lines as flat rows: objects in objects, partial rows of one step, lines that are none."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sim.traces.source import Source

Row = dict[str, Any]
CALLS = "_step"
"""W&B's count of its log calls; it writes one row per call, and may spread one over several."""
DEEPEST = 3


def rows(source: Source, notes: Counter[str]) -> Iterator[Row]:
    """The rows of a file; those of one `_step` that follow each other are one."""
    held: Row = {}
    for line in source.lines():
        if not line.strip():
            continue
        row = row_of(line)
        if row is None:
            notes["torn last line left out" if source.ends_cut else "lines that are no JSON object left out"] += 1
            continue
        if held and (CALLS not in row or row[CALLS] != held.get(CALLS)):
            yield held
            held = {}
        held.update({key: value for key, value in row.items() if value is not None})
    if held:
        yield held


def row_of(line: str) -> Row | None:
    """The row that a line holds, `{"a": {"b": 1}}` as `a/b`; `None` if it holds no object."""
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
