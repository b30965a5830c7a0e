"""Weights & Biases' history as JSON lines: `{"train/loss": 3.2, "_step": 7, "_timestamp": 1.7e9, "_runtime": 36.3}`."""

import re
from collections.abc import Iterator

from sim.traces.reading.json_rows import head_rows, runs
from sim.traces.reading.names import CALLS, Meaning, meaning
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

OWN = {CALLS, "_timestamp", "_runtime"}
VALIDATORS = ("average_loss/", "avg_losses/", "best_average_loss", "win_per_step/")
UID = re.compile(r"(?:(?:average_loss|avg_losses)/)?(\d{1,5})|(best_average_loss)")
"""Keys of Subnet 9's validators in 2023, whose names changed from run to run."""


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1: JSON objects with a key of W&B's own."""
    return 0.9 if any(OWN & row.keys() for row in head_rows(source)) else 0.0


def read(source: Source) -> Iterator[Records]:
    """The run, one run per evaluation set, or one per model that a validator of Subnet 9 evaluated."""
    if not any(key.startswith(VALIDATORS) for row in head_rows(source) for key in row):
        yield from runs(source)
        return
    for run in runs(source, _meaning_for_validator):
        run.run, run.dataset = run.dataset, ""
        run.note("a validator's evaluations of a model, each on other data: no training", len(run))
        yield run


def _meaning_for_validator(key: str) -> Meaning | None:
    """What a key means in a validator's history; a bare number is a uid there."""
    if found := UID.fullmatch(key):
        return Meaning("validation", series="nats", unit="nats", group=found[2] or f"uid {found[1]}")
    said = meaning(key)
    return None if said is None or said.unit else said
