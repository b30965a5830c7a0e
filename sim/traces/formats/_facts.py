"""Tokens and times that readers of text logs work out from what the log states."""

import re
from datetime import datetime
from math import isnan, nan

import numpy as np

from sim.traces.raw import Raw

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?")


def tokens_by_step(raw: Raw, per_step: float) -> None:
    """Give every record the tokens that follow from its step."""
    with np.errstate(all="ignore"):
        raw.put("tokens", raw.column("step") * per_step)


def moment(line: str) -> float:
    """The first time stamp of a line, in seconds since an arbitrary day; NaN where there is none."""
    if not (found := _STAMP.search(line)):
        return nan
    try:
        whole = datetime.fromisoformat(f"{found[1]} {found[2]}")
    except ValueError:
        return nan
    return (whole - datetime(2000, 1, 1)).total_seconds() + float(f"0.{found[3] or 0}")


def since(raw: Raw, begin: float) -> None:
    """Turn moments into seconds since `begin`; since the first record where the log does not say when it began."""
    if "seconds" not in raw.columns:
        return
    seconds = np.frombuffer(raw.columns["seconds"], dtype=np.float64)
    if isnan(begin):
        begin = float(np.nanmin(seconds))
        raw.note("seconds counted from the first record, the log does not say when the training began")
    with np.errstate(invalid="ignore"):
        seconds[:] = np.round(seconds - begin, 6)


def allow_unprinted_end(raw: Raw) -> None:
    """Forget the planned steps if the run may have done them all: the next record would have come after them."""
    step = raw.column("step")
    end = float(np.max(step, initial=0.0, where=np.isfinite(step)))
    before = float(np.max(step, initial=0.0, where=step < end))
    if end < raw.planned_steps < 2 * end - before:
        raw.planned_steps = nan
