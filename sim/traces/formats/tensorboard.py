"""TensorBoard's event files, `events.out.tfevents.*`: binary records of a time, a step and scalars under tags."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from sim.traces.reading.events import DamageError, events, is_event
from sim.traces.reading.names import MOST_NAME, Loss, loss_of, plain
from sim.traces.reading.records import COLUMNS, MOST_RECORDS, Records
from sim.traces.reading.source import Source, Unreadable

FOLDERS = re.compile(r"lm-loss-(?:training|validation)/")  #: Megatron-DeepSpeed puts its tags into these
MOST_TAGS = 1_000
MOST_POINTS = MOST_RECORDS // 2  #: points that are held; beyond it every second one of the longest tags is dropped


@dataclass
class Series:
    """The values of a tag in the order of the file: rows of step, seconds and value."""

    loss: Loss
    rows: "array[float]" = field(default_factory=lambda: array("d"))
    single: bool = True


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1: the first frame's checksum is right, and it holds a time."""
    return {True: 0.99, None: 0.5, False: 0.0}[is_event(source.raw_head)]


def read(source: Source) -> Iterator[Records]:
    """The run, or one run per evaluation set; seconds of the clock on the wall since the first record."""
    said = Records()
    series = _series(source, said)
    if not series:
        raise Unreadable("an event file without a loss (train/loss, eval/loss, lm loss ...) among its tags")
    best: dict[tuple[bool, str], str] = {}
    for tag, mine in series.items():
        key = mine.loss.kind == "validation", mine.loss.group
        best[key] = min(best.get(key, tag), tag, key=lambda name: (series[name].loss.rank, name))
    train = best.get((False, ""))
    groups = [tag for (is_validation, _), tag in best.items() if is_validation]
    if left := len(series) - len(best):
        said.note("other tags of the same losses left out", left)
    for tag in groups or [""]:
        run = Records(cut=said.cut, notes=said.notes.copy())
        if train:
            run.train_unit, run.kind_unsaid = series[train].loss.unit, not series[train].loss.kind
        if tag:
            run.validation_unit, run.dataset = series[tag].loss.unit, series[tag].loss.group
            if len(groups) > 1:
                run.run, run.loss_column = series[tag].loss.group or tag, tag
        parts = [_table(series[name], kind) for kind, name in (("validation", tag), ("train", train)) if name]
        table = np.concatenate(parts)
        run.extend(table[np.argsort(table[:, COLUMNS.index("seconds")], kind="stable")])
        yield run


@lru_cache(maxsize=4096)
def _loss_of(tag: str) -> Loss | None:
    return loss_of(FOLDERS.sub("", tag))


def _series(source: Source, said: Records) -> dict[str, Series]:
    """The losses of a file by tag, as far as it can be read."""
    series: dict[str, Series] = {}
    start, held = np.nan, 0
    try:
        for event in events(source):
            start = event.wall_time if np.isnan(start) else start
            for tag, value, single in event.scalars:
                if len(tag) <= MOST_NAME and (loss := _loss_of(tag)):
                    mine = series.get(tag) or series.setdefault(tag, Series(loss))
                    mine.rows.extend((event.step, event.wall_time - start, value))
                    mine.single &= single
                    held += 1
                elif plain(tag).endswith((" vs samples", " vs tokens")):
                    said.note("values counted in samples or tokens, not in steps, left out")
            if held > MOST_POINTS:
                left = _thin(series)
                said.note("too many records to hold: of the earlier ones some were dropped", held - left)
                held = left
            if len(series) > MOST_TAGS:
                raise Unreadable(f"an event file with more than {MOST_TAGS:,} losses")
    except EOFError:
        said.cut = True
        said.note("torn last record left out")
    except DamageError as error:
        said.cut = True
        said.note(f"damaged, read up to there ({error})")
    return series


def _thin(series: dict[str, Series]) -> int:
    """Drop every second point of the longest tags; how many points are left."""
    longest = max(len(mine.rows) for mine in series.values())
    for mine in series.values():
        if len(mine.rows) > longest // 2:
            rows = np.frombuffer(mine.rows).reshape(-1, 3)
            mine.rows = array("d", rows[(len(rows) - 1) % 2 :: 2].tobytes())  # the last one is the run's result
    return sum(len(mine.rows) // 3 for mine in series.values())


def _table(series: Series, kind: str) -> np.ndarray:
    """The records of a loss; of 32 bits it is the shortest decimal number that they stand for, as 3.2858."""
    rows = np.frombuffer(series.rows).reshape(-1, 3)
    values = rows[:, 2]
    if series.single:
        blocks = [values[n : n + 100_000].astype(np.float32).astype("U16") for n in range(0, len(values), 100_000)]
        values = np.concatenate([block.astype(np.float64) for block in blocks])
    table = np.full((len(rows), len(COLUMNS)), np.nan)
    table[:, [COLUMNS.index("step"), COLUMNS.index("seconds")]] = rows[:, :2]
    table[:, COLUMNS.index(kind)] = np.where(np.isnan(values), -np.inf, values)
    return table
