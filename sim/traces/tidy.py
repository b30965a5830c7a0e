"""The rules that hold for every log: which loss counts, in which order, and which warnings are given."""

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
    kinds: tuple[Kind, ...] = ("validation", "train") if given.kind is None else (given.kind,)
    kind = next((kind for kind in kinds if records.has(kind)), None)
    column = kind or "train"
    if kind is None:
        if not (given.kind == "validation" and records.kind_unsaid and records.has("train")):
            return None
        kind = "validation"  # a bare `loss` is what the user calls it
    warnings = [f"{what}: {count} line{'s' * (count != 1)}" for what, count in records.notes.items()]
    flags: list[str] = []
    loss = records.column(column)
    step = order.steps(records, loss, given.tokens_per_step, warnings)
    seconds = order.fill("times", _seconds(records, step, given, warnings), step, loss, warnings)
    tokens = order.fill("tokens", _tokens(records, step, given, warnings), step, loss, warnings)
    end = float(np.nanmax(step)) if len(step) else 0.0
    there = ~np.isnan(loss)
    if lone := int((there & ~np.isfinite(step)).sum()):
        warnings.append(f"losses without a step or tokens left out: {lone}")
        there &= np.isfinite(step)
    points = np.stack([values[there] for values in (step, tokens, seconds, loss)])
    points = points[:, order.places_by_step(points[0], points[3], flags, warnings)]
    loss_unit = records.train_unit if column == "train" else records.validation_unit
    points[3], unit = _loss_in_unit(points[3], loss_unit, given, warnings)
    finite = np.isfinite(points[3])
    if not finite.all():
        tail = len(finite) - (int(np.flatnonzero(finite)[-1]) + 1 if finite.any() else 0)
        if tail:
            flags.append("diverged")
            warnings.append(f"the loss ends as NaN or inf: diverged, {tail} point{'s' * (tail != 1)} dropped")
        if inside := int((~finite).sum()) - tail:
            warnings.append(f"NaN or inf losses within the run dropped: {inside}")
        points = points[:, finite]
    if cut or records.cut or end < records.planned_steps:
        flags.append("truncated")
        planned = f"the log ends before its {records.planned_steps:g} planned steps"
        warnings.append("the log ends within a line" if cut else "the log is cut" if records.cut else planned)
    if kind == "train" and given.kind is None:
        warnings.append("no validation loss in the log: the training loss is used")
    warnings += [f"{fact} is not in the log and was not given" for fact in records.missing]
    parameters = given.parameters if np.isnan(records.parameters) else records.parameters
    step, tokens, seconds, loss = points
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
        warnings=tuple(warnings),
    )


def _seconds(records: Records, step: np.ndarray, given: Given, warnings: list[str]) -> np.ndarray:
    """Training time by each record, in seconds."""
    seconds = records.column("seconds")
    if not records.has("seconds"):
        return seconds
    unit = SECONDS.get(given.time_unit or "", np.nan) if not isfinite(records.seconds_unit) else records.seconds_unit
    if not isfinite(unit):
        warnings.append("the unit of time is not in the log and was not given (time unit)")
    if unit != 1.0:
        seconds = seconds * unit
    if records.seconds_are != "elapsed" and np.isfinite(seconds).any():
        return order.add_up_step_times(step, seconds, records.seconds_are == "next", warnings)
    return order.carry_clock_on(step, seconds, warnings)


def _tokens(records: Records, step: np.ndarray, given: Given, warnings: list[str]) -> np.ndarray:
    tokens, samples = records.column("tokens"), records.has("samples")
    if records.has("tokens"):
        return tokens
    if samples and given.sequence_length is not None:
        return records.column("samples") * given.sequence_length
    if given.tokens_per_step is not None:
        return step * given.tokens_per_step
    unknown = " and the log's samples were not said to be how long (sequence length)" if samples else ""
    warnings.append(f"tokens are not in the log and were not given (tokens per step){unknown}")
    return tokens


def _loss_in_unit(loss: np.ndarray, unit: str, given: Given, warnings: list[str]) -> tuple[np.ndarray, Unit]:
    if unit == "ppl":
        warnings.append(f"perplexities turned into nats: {len(loss)}")
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.log(loss), "nats"
    if unit == "bpb" and given.bytes_per_token is not None:
        warnings.append(
            f"bits per byte turned into nats per token at {given.bytes_per_token:g} bytes per token: {len(loss)}"
        )
        return loss * log(2) * given.bytes_per_token, "nats"
    return loss, "bpb" if unit == "bpb" else "nats"
