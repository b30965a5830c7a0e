"""The rules that hold for every log: which loss counts, in which order, and what is said about it."""

from dataclasses import dataclass, replace
from math import isfinite, log

import numpy as np

from sim.traces import order
from sim.traces.curve import Curve, Kind, Unit
from sim.traces.raw import Raw
from sim.traces.step_times import elapsed

SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
"""Seconds in a unit of time that a user may name."""


@dataclass(frozen=True)
class Given:
    """Facts that the user states where a log does not.

    Attributes:
        tokens_per_step: tokens of one optimiser step; used where a log counts no tokens.
        sequence_length: tokens of one sample; used where a log counts samples.
        bytes_per_token: turns bits per byte into nats per token.
        time_unit: one of `SECONDS`, for logs that give times without a unit.
        kind: the loss to take; validation if there is one, else train, when left out.
        loss_column: the loss to take where a file has several, by the name of its column or tag.
        dataset, hardware, parameters, seed: used where the log does not say.
    """

    tokens_per_step: float | None = None
    bytes_per_token: float | None = None
    kind: Kind | None = None
    dataset: str = ""
    hardware: str = ""
    parameters: float | None = None
    seed: int | None = None
    sequence_length: float | None = None
    time_unit: str | None = None
    loss_column: str | None = None


def tidy(raw: Raw, given: Given, source: str, form: str, *, cut: bool = False) -> Curve | None:
    """The curve of what a reader found; `None` if it found no loss at all.

    Args:
        raw: the records in the order of the log.
        given: what the user states.
        source, form: the file and the reader, as the curve will name them.
        cut: the file ends in the middle of a line.
    """
    kind, column = _kind(raw, given)
    if kind is None:
        return None
    said = [f"{what}: {count} line{'s' * (count != 1)}" for what, count in raw.notes.items()]
    flags: list[str] = []
    there = raw.mask(column)
    step = order.steps(raw, there, given.tokens_per_step, said)
    seconds = order.fill("times", _seconds(raw, step, given, said), step, there, said)
    tokens = order.fill("tokens", _tokens(raw, step, given, said), step, there, said)
    end = float(np.nanmax(step)) if len(step) else 0.0
    step, loss, seconds, tokens = (_at(values, there) for values in (step, raw.column(column), seconds, tokens))
    by_step = order.order(step, loss, flags, said)
    step, loss, seconds, tokens = step[by_step], loss[by_step], seconds[by_step], tokens[by_step]
    loss, unit = _in_unit(loss, raw.train_unit if column == "train" else raw.validation_unit, given, said)
    finite = np.isfinite(loss)
    if not finite.all():
        _lost(finite, flags, said)
        step, loss, seconds, tokens = step[finite], loss[finite], seconds[finite], tokens[finite]
    if cut or raw.cut or end < raw.planned_steps:
        flags.append("truncated")
        planned = f"the log ends before its {raw.planned_steps:g} planned steps"
        said.append("the log ends within a line" if cut else "the log is cut" if raw.cut else planned)
    if kind == "train" and given.kind is None:
        said.append("no validation loss in the log: the training loss is used")
    said += [f"{fact} is not in the log and was not given" for fact in raw.missing]
    return replace(
        _facts(raw, given),
        run=raw.run,
        step=step,
        tokens=tokens,
        seconds=seconds,
        loss=loss,
        kind=kind,
        unit=unit,
        flags=tuple(flags),
        source=source,
        format=form,
        warnings=tuple(said),
    )


def _at(values: np.ndarray, there: np.ndarray) -> np.ndarray:
    return values if there.all() else values[there]


def _kind(raw: Raw, given: Given) -> tuple[Kind | None, str]:
    """The kind of loss and the column that holds it: validation before train; the user's choice before both."""
    kinds: tuple[Kind, ...] = ("validation", "train") if given.kind is None else (given.kind,)
    for kind in kinds:
        if raw.mask(kind).any():
            return kind, kind
    if given.kind == "validation" and raw.kind_unsaid and raw.mask("train").any():
        return "validation", "train"
    return None, ""


def _seconds(raw: Raw, step: np.ndarray, given: Given, said: list[str]) -> np.ndarray:
    """Training time by each record, in seconds."""
    seconds = raw.column("seconds")
    if "seconds" not in raw.columns:
        return seconds
    unit = SECONDS.get(given.time_unit or "", np.nan) if not isfinite(raw.seconds_unit) else raw.seconds_unit
    if not isfinite(unit):
        said.append("the unit of time is not in the log and was not given (time unit)")
    if unit != 1.0:
        seconds = seconds * unit
    if raw.seconds_are != "elapsed" and np.isfinite(seconds).any():
        return elapsed(step, seconds, raw.seconds_are == "next", said)
    return order.clock(step, seconds, said)


def _tokens(raw: Raw, step: np.ndarray, given: Given, said: list[str]) -> np.ndarray:
    tokens = raw.column("tokens")
    if "tokens" in raw.columns:
        return tokens
    if "samples" in raw.columns and given.sequence_length is not None:
        return raw.column("samples") * given.sequence_length
    if given.tokens_per_step is not None:
        return step * given.tokens_per_step
    samples = (
        " and the log's samples were not said to be how long (sequence length)" if "samples" in raw.columns else ""
    )
    said.append(f"tokens are not in the log and were not given (tokens per step){samples}")
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


def _lost(finite: np.ndarray, flags: list[str], said: list[str]) -> None:
    tail = len(finite) - (int(np.flatnonzero(finite)[-1]) + 1 if finite.any() else 0)
    inside = int((~finite).sum()) - tail
    if tail:
        flags.append("diverged")
        said.append(f"the loss ends as NaN or inf: diverged, {tail} point{'s' * (tail != 1)} dropped")
    if inside:
        said.append(f"NaN or inf losses within the run dropped: {inside}")


def _facts(raw: Raw, given: Given) -> Curve:
    """A curve without points that holds the facts."""
    nothing = np.empty(0)
    parameters = raw.parameters if raw.parameters == raw.parameters else given.parameters
    return Curve(
        raw.run,
        nothing,
        nothing,
        nothing,
        nothing,
        "train",
        dataset=raw.dataset or given.dataset,
        hardware=raw.hardware or given.hardware,
        parameters=np.nan if parameters is None else parameters,
        seed=given.seed if raw.seed is None else raw.seed,
    )
