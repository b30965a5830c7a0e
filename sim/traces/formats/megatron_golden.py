"""Megatron-LM's golden values: `{"lm loss": {"start_step": 1, "step_interval": 5, "values": {"1": 12.9}}}`."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

import numpy as np

from sim.traces.reading.json_text import Cursor, CutError
from sim.traces.reading.names import loss_of
from sim.traces.reading.numbers import known, real
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

TIMES = ("iteration-time", "iteration_timing_avg")  #: seconds of an iteration; the second is its name in older files

Series = dict[float, float]


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    head = source.head.lstrip("\ufeff \t\r\n")
    return 0.95 if head.startswith("{") and '"start_step"' in head and '"values"' in head else 0.0


def read(source: Source) -> Iterator[Records]:
    """The run. A "nan" after the last number means that the step was not run; before it, that the loss was lost."""
    records, series = Records(), dict[str, Series]()
    try:
        _fill(series, Cursor(source))
    except CutError:
        records.cut = True
    for name, values in series.items():
        if name in TIMES:
            continue
        found, steps = loss_of(name), sorted(values)
        last = max((n for n, step in enumerate(steps) if isfinite(values[step])), default=-1)
        kind = "validation" if found and found.kind == "validation" else "train"
        for step in steps[: last + 1]:
            records.add(step, **{kind: values[step]})
        if left := len(steps) - last - 1:
            records.note(f'"nan" after the last step of {name}: not run', left)
    clock = next((series[name] for name in TIMES if name in series), {})
    each = {step: time for step, time in clock.items() if isfinite(time)}
    if each and len(records):
        records.column("seconds")[:] = _elapsed(each, records.column("step"))
        records.note("times come from those of single iterations, the steps between count alike", len(records))
    yield records


def _fill(series: dict[str, Series], cursor: Cursor) -> None:
    """Fill in the series that are losses or times, as far as the file goes."""
    for name in cursor.members():
        if (name not in TIMES and loss_of(name) is None) or cursor.next != "{":
            continue
        start, interval, values = 0.0, 1.0, series.setdefault(name, {})
        for key in cursor.members():
            if key == "start_step":
                start = known(cursor.value())
            elif key == "step_interval":
                interval = known(cursor.value())
            elif key == "values" and cursor.next == "{":
                for step in cursor.members():
                    _put(values, known(step), cursor.value())
            elif key == "values" and cursor.next == "[":  # older files
                for place in cursor.items():
                    _put(values, start + place * interval, cursor.value())


def _put(values: Series, step: float, value: Any) -> None:
    if isfinite(step) and (found := real(value)) is not None:
        values[step] = found


def _elapsed(each: Series, step: np.ndarray) -> np.ndarray:
    """Seconds by each step, if an iteration takes as long as the next one that was timed (after the last, as that)."""
    timed = np.array(sorted(each))
    took = np.array([each[s] for s in timed])
    total = np.cumsum(took * np.diff(timed, prepend=0.0))
    inside = np.interp(step, np.append(0.0, timed), np.append(0.0, total))
    return np.asarray(inside + np.maximum(step - timed[-1], 0.0) * took[-1])
