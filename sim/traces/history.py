"""Rows of metrics under keys that come late and change their names, as runs."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import nan

import numpy as np

from sim.traces import names
from sim.traces.cells import Numbers
from sim.traces.grid import Grid
from sim.traces.json_rows import CALLS, Row, rows
from sim.traces.json_text import real
from sim.traces.layout import Layout
from sim.traces.names import Loss, loss_of, plain, time_of
from sim.traces.raw import Raw
from sim.traces.source import Source, Unreadable

MOST_COLUMNS = 1_000
BLOCK = 10_000


@dataclass(frozen=True)
class Meaning:
    """What a key says: the column it belongs to, and its rank among the keys of that column, 0 the best."""

    column: str
    rank: int = 0
    loss: Loss | None = None
    time_unit: float = nan


Mean = Callable[[str], Meaning | None]


def meaning(key: str) -> Meaning | None:
    """What a key of a row means; `None` for what is not read."""
    return _meaning(key) if len(key) <= names.MOST_NAME else None


@lru_cache(maxsize=4096)
def _meaning(key: str) -> Meaning | None:
    if key == CALLS:
        return Meaning(CALLS)
    name = plain(key)
    for column, known in (("step", names.STEPS), ("tokens", names.TOKENS), ("samples", names.SAMPLES)):
        if name in known:
            return Meaning(column, known.index(name))
    if loss := loss_of(key):
        kind = "validation" if loss.kind == "validation" else "train"
        return Meaning(f"{kind} {loss.unit} {loss.group}", loss.rank, loss)
    if clock := time_of(key):
        return Meaning(f"time {clock[0]} {name}", time_unit=clock[1])
    return None


def runs(source: Source, mean: Mean = meaning) -> Iterator[Raw]:
    """The run of the rows, or one per evaluation set. The file is read twice, because a column may come late.

    Raises:
        Unreadable: no loss in it, or too many.
    """
    means = _layout(_columns(source, mean))
    if not means.losses:
        raise Unreadable("JSON lines without a loss (val_loss, train/loss, loss ...)")
    place = {column: n for n, column in enumerate(means.header)}
    grid, notes, block = Grid(means), Counter[str](), list[dict[int, float]]()
    for row in rows(source, notes):
        block.append(_cells(row, place, mean))
        if len(block) == BLOCK:
            grid.feed(_numbers(block, len(place)))
            block = []
    if block:
        grid.feed(_numbers(block, len(place)))
    for raw in grid.finish():
        if means.header[0] == CALLS:
            raw.note("W&B's _step counts calls of its log function, which need not be optimiser steps", len(raw))
        raw.notes.update(notes)
        raw.cut = source.ends_cut and bool(notes["torn last line left out"])
        yield raw


def _columns(source: Source, mean: Mean) -> dict[str, Meaning]:
    """The columns that the keys of a file belong to, each with what its best key says."""
    found: dict[str, Meaning] = {}
    for row in rows(source, Counter()):
        for said in filter(None, map(mean, row)):
            if said.rank <= found.get(said.column, said).rank:
                found[said.column] = said
        if len(found) > MOST_COLUMNS:
            raise Unreadable(f"JSON lines with more than {MOST_COLUMNS:,} losses")
    return found


def _layout(found: dict[str, Meaning]) -> Layout:
    """The best of the columns: W&B's count only without other steps, the best clock, the best unit of each loss."""
    header = [column for column in ("step", CALLS) if column in found][:1]
    places = dict.fromkeys(["step"][: len(header)], 0)
    times = sorted(column for column in found if column.startswith("time "))[:1]
    for name, column in (("tokens", "tokens"), ("samples", "samples"), *(("seconds", time) for time in times)):
        if column in found:
            places[name] = len(header)
            header.append(column)
    best: dict[tuple[bool, str], tuple[int, Loss]] = {}
    for _, column, loss in sorted((said.rank, c, said.loss) for c, said in found.items() if said.loss):
        key = loss.kind == "validation", loss.group
        if key not in best:
            best[key] = len(header), loss
            header.append(column)
    validations = tuple(chosen for (validation, _), chosen in best.items() if validation)
    return Layout(
        tuple(header), places, validations, best.get((False, "")), found[times[0]].time_unit if times else nan
    )


def _cells(row: Row, place: dict[str, int], mean: Mean) -> dict[int, float]:
    """The numbers of a row by place; of several keys of one column the best one counts."""
    ranked: dict[int, tuple[int, float]] = {}
    for key, value in row.items():
        said = mean(key)
        at = None if said is None else place.get(said.column)
        number = None if at is None else real(value)
        if said and at is not None and number is not None and said.rank < ranked.get(at, (said.rank + 1, 0.0))[0]:
            ranked[at] = said.rank, number
    return {at: number for at, (_, number) in ranked.items()}


def _numbers(block: list[dict[int, float]], width: int) -> dict[int, Numbers]:
    return {
        at: (np.array([row.get(at, nan) for row in block]), np.array([at in row for row in block], dtype=bool))
        for at in range(width)
    }
