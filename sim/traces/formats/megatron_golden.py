"""Megatron-LM's golden values: `{"lm loss": {"start_step": 1, "step_interval": 5, "values": {"1": 12.9}}}`."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

import numpy as np

from sim.traces.json_text import Cursor, CutError, known, real
from sim.traces.names import loss_of
from sim.traces.raw import Raw
from sim.traces.source import Source

TIMES = ("iteration-time", "iteration_timing_avg")
"""Seconds of an iteration; the second is its name in older files."""

Series = dict[float, float]


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    head = source.head.lstrip("\ufeff \t\r\n")
    return 0.95 if head.startswith("{") and '"start_step"' in head and '"values"' in head else 0.0


def read(source: Source) -> Iterator[Raw]:
    """The run. A "nan" after the last number means that the step was not run; before it, that the loss was lost."""
    raw = Raw()
    series: dict[str, Series] = {}
    try:
        _walk(Cursor(source), series)
    except CutError:
        raw.cut = True
    losses = {name: _as_run(values) for name, values in series.items() if name not in TIMES}
    for name, values in losses.items():
        found = loss_of(name)
        validation = found is not None and found.kind == "validation"
        for step, value in values.items():
            raw.add(step, validation=value if validation else None, train=None if validation else value)
        if left := len(series[name]) - len(values):
            raw.note(f'"nan" after the last step of {name}: not run', left)
    clock = next((series[name] for name in TIMES if name in series), {})
    raw.put("seconds", _elapsed({s: t for s, t in clock.items() if isfinite(t)}, raw.column("step")))
    if "seconds" in raw.columns:
        raw.note("times come from those of single iterations, the steps between count alike", len(raw))
    yield raw


def _walk(cursor: Cursor, series: dict[str, Series]) -> None:
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


def _as_run(values: Series) -> Series:
    """A series up to its last finite value."""
    steps = sorted(values)
    last = max((n for n, step in enumerate(steps) if isfinite(values[step])), default=-1)
    return {step: values[step] for step in steps[: last + 1]}


def _elapsed(each: Series, step: np.ndarray) -> np.ndarray:
    """Seconds by each step, if an iteration takes as long as the next one that was timed (after the last, as that)."""
    if not each:
        return np.full(len(step), np.nan)
    timed = np.array(sorted(each))
    took = np.array([each[s] for s in timed])
    total = np.cumsum(took * np.diff(timed, prepend=0.0))
    inside = np.interp(step, np.append(0.0, timed), np.append(0.0, total))
    return np.asarray(inside + np.maximum(step - timed[-1], 0.0) * took[-1])
