"""Hugging Face's `trainer_state.json`: facts, and a flat `log_history` of training, evaluation and summary entries."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.traces.reading.grid import Grid
from sim.traces.reading.json_rows import blocks
from sim.traces.reading.json_text import Cursor, CutError, begins_with_object
from sim.traces.reading.names import Layout, Meaning, meaning
from sim.traces.reading.numbers import as_loss, float_or_nan, json_number
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source, Unreadable

SUMMARY = "train_loss"  #: the mean over the whole run, in its last entry
TOKENS = "num_input_tokens_seen"


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    return 0.95 if begins_with_object(source, '"log_history"') else 0.0


def read(source: Source) -> Iterator[Records]:
    """The run, or one run per evaluation set where there are several."""
    import pandas as pd  # noqa: PLC0415 - slow to import

    facts, notes = dict[str, Any](), Records()
    entries = _entries(Cursor(source), facts, notes)
    frames = [pd.DataFrame(block, dtype="float64") for block in blocks(entries)]
    if not frames:
        return
    found = pd.concat(frames, ignore_index=True)
    grid = Grid(Layout(found.columns, _meaning))
    grid.feed(found.set_axis(range(found.shape[1]), axis=1))
    for run in grid.finish(notes.notes, notes.cut):
        run.planned_steps = float_or_nan(facts.get("max_steps"))
        if run.has("train") and not run.has("validation"):
            count = int((~np.isnan(run.column("train"))).sum())
            run.note("the loss is the mean since the entry before, so it lags", count)
        total, steps = float_or_nan(facts.get(TOKENS)), float_or_nan(facts.get("global_step"))
        if total > 0 and steps > 0 and not run.has("tokens"):
            run.column("tokens")[:] = run.column("step") * (total / steps)
            run.note("tokens follow from the state's total and its number of steps", len(run))
        yield run


def _entries(cursor: Cursor, facts: dict[str, Any], notes: Records) -> Iterator[dict[str, float]]:
    """The numbers of the entries that are read; fills in the facts on the way, as far as the file goes."""
    try:
        for key in cursor.members():
            if key != "log_history":
                if cursor.next not in "[{":
                    facts[key] = cursor.value()
                continue
            if cursor.next != "[":
                raise Unreadable("is like a trainer state, but its log_history is no list")
            for _ in cursor.items():
                entry = cursor.value()
                if not isinstance(entry, dict):
                    notes.note("entries that are no object left out")
                elif SUMMARY not in entry or "loss" in entry:
                    yield {name: _cell(said, value) for name, value in entry.items() if (said := _meaning(name))}
    except CutError:
        notes.cut = True


def _meaning(key: str) -> Meaning | None:
    """What a key of an entry means."""
    said = meaning(key)
    if key in ("step", TOKENS, "loss"):
        return said
    return said if said and said.column == "validation" and said.unit == "nats" else None


def _cell(said: Meaning, value: Any) -> float:
    if said.unit:
        return as_loss(json_number(value))
    number = float_or_nan(value)
    return np.nan if said.column == "tokens" and number == 0 else number  # tokens are 0 where they were not counted
