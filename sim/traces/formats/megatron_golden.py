"""Megatron-LM's golden values: `{"lm loss": {"start_step": 1, "step_interval": 5, "values": {"1": 12.9}}}`."""

from collections.abc import Iterator
from math import isfinite

import numpy as np

from sim.traces.reading.json_text import Cursor, CutError, begins_with_object
from sim.traces.reading.names import loss_of
from sim.traces.reading.numbers import float_or_nan, json_number
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

TIMES = ("iteration-time", "iteration_timing_avg")  #: seconds of an iteration; the second is its name in older files

Series = dict[float, float]


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    return 0.95 if begins_with_object(source, '"start_step"', '"values"') else 0.0


def read(source: Source) -> Iterator[Records]:
    """The run. A "nan" after the last number means that the step was not run; before it, that the loss was lost."""
    records, series = Records(), dict[str, Series]()
    try:
        _fill(series, Cursor(source))
    except CutError:
        records.cut = True
    for name in (name for name in series if name not in TIMES):
        values, loss = series[name], loss_of(name)
        steps = sorted(values)
        last = max((n for n, step in enumerate(steps) if isfinite(values[step])), default=-1)
        for each in steps[: last + 1]:
            records.add(each, **{loss.column if loss else "train": values[each]})
        if left := len(steps) - last - 1:
            records.note(f'"nan" after the last step of {name}: not run', left)
    clock = next((series[name] for name in TIMES if name in series), {})
    timed = np.array(sorted(step for step in clock if isfinite(clock[step])))
    if len(timed) and len(records):
        # an iteration takes as long as the next one that was timed; after the last of these, as long as that
        took, step = np.array([clock[each] for each in timed]), records.column("step")
        total = np.cumsum(took * np.diff(timed, prepend=0.0))
        inside = np.interp(step, np.append(0.0, timed), np.append(0.0, total))
        records.column("seconds")[:] = inside + np.maximum(step - timed[-1], 0.0) * took[-1]
        records.note("times come from those of single iterations, the steps between count alike", len(records))
    yield records


def _fill(series: dict[str, Series], cursor: Cursor) -> None:
    """Fill in the series that are losses or times, as far as the file goes."""

    def put(step: float) -> None:
        value = json_number(cursor.value())
        if isfinite(step) and value is not None:
            values[step] = value

    for name in cursor.members():
        if (name not in TIMES and loss_of(name) is None) or cursor.next != "{":
            continue
        start, interval, values = 0.0, 1.0, series.setdefault(name, {})
        for key in cursor.members():
            if key == "start_step":
                start = float_or_nan(cursor.value())
            elif key == "step_interval":
                interval = float_or_nan(cursor.value())
            elif key == "values" and cursor.next == "{":
                for step in cursor.members():
                    put(float_or_nan(step))
            elif key == "values" and cursor.next == "[":  # older files
                for place in cursor.items():
                    put(start + place * interval)
