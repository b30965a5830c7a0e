"""Several runs in one file, one after the other: what they are called, and which are copies."""

from collections.abc import Iterable, Iterator

import numpy as np

from sim.traces.reading.records import COLUMNS, Records

PLACES = [COLUMNS.index(name) for name in ("step", "validation", "train")]


def named(found: Iterable[Records]) -> Iterator[Records]:
    """The runs called 1, 2, ... if there is more than one, without those that only repeat the one before."""
    held, count = None, 0
    for run in found:
        if held is not None:
            if len(run) and _repeats(run, held):
                held.note("a second copy of the run left out", len(run))
                continue
            count += 1
            held.run = str(count)
            yield held
        held = run
    if held is not None:
        held.run = str(count + 1) if count else ""
        yield held


def _repeats(run: Records, other: Records) -> bool:
    tables = [np.nan_to_num(found.table[:, PLACES], nan=-1.0) for found in (other, run)]
    return len(np.unique(np.concatenate(tables), axis=0)) == len(np.unique(tables[0], axis=0))
