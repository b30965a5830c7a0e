"""The rules that hold for every log: which loss counts, in which order, and what is said about it."""

from dataclasses import dataclass
from math import isfinite, log

import numpy as np

from sim.traces import order
from sim.traces.curve import Curve, Kind, Unit
from sim.traces.reading.records import Records

SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}  #: in a unit of time that a user may name


@dataclass(frozen=True)
class Given:
    """Facts that the user states where a log does not."""

    tokens_per_step: float | None = None  #: tokens of one optimiser step; used where a log counts no tokens
    bytes_per_token: float | None = None  #: turns bits per byte into nats per token
    kind: Kind | None = None  #: the loss to take; validation if there is one, else train, when left out
    dataset: str = ""  #: used, like the three below, where the log does not say
    hardware: str = ""
    parameters: float | None = None
    seed: int | None = None
    sequence_length: float | None = None  #: tokens of one sample; used where a log counts samples
    time_unit: str | None = None  #: one of `SECONDS`, for logs that give times without a unit
    loss_column: str | None = None  #: the loss to take where a file has several, by the name of its column or tag


def tidy(records: Records, given: Given, source: str, form: str, *, cut: bool = False) -> Curve | None:
    """The curve of what the reader `form` found in the file `source`; `None` if it found no loss at all.

    The records are in the order of the log; `cut` says that the file ends in the middle of a line.
    """
    kind, column = _kind(records, given)
    if kind is None:
        return None
    said = [f"{what}: {count} line{'s' * (count != 1)}" for what, count in records.notes.items()]
    flags: list[str] = []
    loss = records.column(column)
    step = order.steps(records, loss, given.tokens_per_step, said)
    seconds = order.fill("times", _seconds(records, step, given, said), step, loss, said)
    tokens = order.fill("tokens", _tokens(records, step, given, said), step, loss, said)
    end = float(np.nanmax(step)) if len(step) else 0.0
    there = ~np.isnan(loss)
    if lone := int((there & ~np.isfinite(step)).sum()):
        said.append(f"losses without a step or tokens left out: {lone}")
        there &= np.isfinite(step)
    step, loss, seconds, tokens = step[there], loss[there], seconds[there], tokens[there]
    places = order.by_step(step, loss, flags, said)
    step, loss, seconds, tokens = step[places], loss[places], seconds[places], tokens[places]
    loss, unit = _in_unit(loss, records.train_unit if column == "train" else records.validation_unit, given, said)
    finite = np.isfinite(loss)
    if not finite.all():
        _say_lost(finite, flags, said)
        step, loss, seconds, tokens = step[finite], loss[finite], seconds[finite], tokens[finite]
    if cut or records.cut or end < records.planned_steps:
        flags.append("truncated")
        planned = f"the log ends before its {records.planned_steps:g} planned steps"
        said.append("the log ends within a line" if cut else "the log is cut" if records.cut else planned)
    if kind == "train" and given.kind is None:
        said.append("no validation loss in the log: the training loss is used")
    said += [f"{fact} is not in the log and was not given" for fact in records.missing]
    parameters = given.parameters if np.isnan(records.parameters) else records.parameters
    return Curve(
        records.run,
        step,
        tokens,
        seconds,
        loss,
        kind,
        unit,
        dataset=records.dataset or given.dataset,
        hardware=records.hardware or given.hardware,
        parameters=np.nan if parameters is None else parameters,
        seed=given.seed if records.seed is None else records.seed,
        flags=tuple(flags),
        source=source,
        format=form,
        warnings=tuple(said),
    )


def _kind(records: Records, given: Given) -> tuple[Kind | None, str]:
    """The kind of loss and the column that holds it: validation before train; the user's choice before both."""
    kinds: tuple[Kind, ...] = ("validation", "train") if given.kind is None else (given.kind,)
    for kind in kinds:
        if records.has(kind):
            return kind, kind
    if given.kind == "validation" and records.kind_unsaid and records.has("train"):
        return "validation", "train"
    return None, ""


def _seconds(records: Records, step: np.ndarray, given: Given, said: list[str]) -> np.ndarray:
    """Training time by each record, in seconds."""
    seconds = records.column("seconds")
    if not records.has("seconds"):
        return seconds
    unit = SECONDS.get(given.time_unit or "", np.nan) if not isfinite(records.seconds_unit) else records.seconds_unit
    if not isfinite(unit):
        said.append("the unit of time is not in the log and was not given (time unit)")
    if unit != 1.0:
        seconds = seconds * unit
    if records.seconds_are != "elapsed" and np.isfinite(seconds).any():
        return order.elapsed(step, seconds, records.seconds_are == "next", said)
    return order.clock(step, seconds, said)


def _tokens(records: Records, step: np.ndarray, given: Given, said: list[str]) -> np.ndarray:
    tokens, samples = records.column("tokens"), records.has("samples")
    if records.has("tokens"):
        return tokens
    if samples and given.sequence_length is not None:
        return records.column("samples") * given.sequence_length
    if given.tokens_per_step is not None:
        return step * given.tokens_per_step
    unknown = " and the log's samples were not said to be how long (sequence length)" if samples else ""
    said.append(f"tokens are not in the log and were not given (tokens per step){unknown}")
    return tokens


def _in_unit(loss: np.ndarray, unit: str, given: Given, said: list[str]) -> tuple[np.ndarray, Unit]:
    if unit == "ppl":
        said.append(f"perplexities turned into nats: {len(loss)}")
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.log(loss), "nats"
    if unit == "bpb" and given.bytes_per_token is not None:
        said.append(
            f"bits per byte turned into nats per token at {given.bytes_per_token:g} bytes per token: {len(loss)}"
        )
        return loss * log(2) * given.bytes_per_token, "nats"
    return loss, "bpb" if unit == "bpb" else "nats"


def _say_lost(finite: np.ndarray, flags: list[str], said: list[str]) -> None:
    """Say how many losses at the end and within the run are lost."""
    tail = len(finite) - (int(np.flatnonzero(finite)[-1]) + 1 if finite.any() else 0)
    inside = int((~finite).sum()) - tail
    if tail:
        flags.append("diverged")
        said.append(f"the loss ends as NaN or inf: diverged, {tail} point{'s' * (tail != 1)} dropped")
    if inside:
        said.append(f"NaN or inf losses within the run dropped: {inside}")
