"""Metrics as JSON lines of one's own: `{"step": 100, "val_loss": 3.2}`."""

from collections.abc import Iterator

from sim.traces.reading.json_rows import head_rows, runs
from sim.traces.reading.names import meaning
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source, Unreadable


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1: JSON objects, with a loss or without."""
    found = head_rows(source)
    losses = any((said := meaning(key)) and said.unit for row in found for key in row)
    return 0.5 if losses else 0.1 if found else 0.0


def read(source: Source) -> Iterator[Records]:
    """The run, or one run per evaluation set; `Unreadable` also if they are the steps of a validator of Subnet 9."""
    if any("best_average_loss_uid" in row for row in head_rows(source)):
        raise Unreadable(
            "a validator's evaluations of several models, no training run (`steepest replay` reads such steps)"
        )
    yield from runs(source)
