"""The rules that hold for every log: which loss counts, in which order, and what is said about it."""

from dataclasses import dataclass, replace
from math import log

import numpy as np

from sim.traces.curve import Curve, Kind, Unit
from sim.traces.raw import Raw


@dataclass(frozen=True)
class Given:
    """Facts that the user states where a log does not.

    Attributes:
        tokens_per_step: tokens of one optimiser step; used where a log counts no tokens.
        bytes_per_token: turns bits per byte into nats per token.
        kind: the loss to take; validation if there is one, else train, when left out.
        dataset, hardware, parameters, seed: used where the log does not say.
    """

    tokens_per_step: float | None = None
    bytes_per_token: float | None = None
    kind: Kind | None = None
    dataset: str = ""
    hardware: str = ""
    parameters: float | None = None
    seed: int | None = None


def tidy(raw: Raw, given: Given, source: str, form: str, *, cut: bool = False) -> Curve | None:
    """The curve of what a reader found; `None` if it found no loss at all.

    Args:
        raw: the records in the order of the log.
        given: what the user states.
        source, form: the file and the reader, as the curve will name them.
        cut: the file ends in the middle of a line.
    """
    kind = _kind(raw, given)
    if kind is None:
        return None
    said = [f"{what}: {count} line{'s' * (count != 1)}" for what, count in raw.notes.items()]
    flags: list[str] = []
    columns = {name: np.frombuffer(values, dtype=np.float64).copy() for name, values in raw.columns.items()}
    there = np.frombuffer(raw.has_loss[kind], dtype=np.int8).astype(bool)
    step, seconds = _steps(columns["step"], there, said), columns["seconds"]
    if raw.seconds_are == "each":
        seconds = np.cumsum(np.nan_to_num(seconds)) if np.isfinite(seconds).any() else seconds
    seconds = _clock(seconds, said)
    loss, tokens, step, seconds = columns[kind][there], columns["tokens"][there], step[there], seconds[there]
    order = _order(step, loss, flags, said)
    step, tokens, seconds, loss = step[order], tokens[order], seconds[order], loss[order]
    loss, unit = _in_unit(loss, raw.validation_unit if kind == "validation" else raw.train_unit, given, said)
    finite = np.isfinite(loss)
    if not finite.all():
        _lost(finite, flags, said)
    step, tokens, seconds, loss = step[finite], tokens[finite], seconds[finite], loss[finite]
    tokens = _tokens(step, tokens, given, said)
    if cut or raw.cut or (len(step) and step[-1] < raw.planned_steps):
        flags.append("truncated")
        said.append("the log ends within a line" if cut else f"the log ends before its {raw.planned_steps:g} planned steps"
                    if raw.planned_steps == raw.planned_steps else "the log is cut")
    if kind == "train" and given.kind is None:
        said.append("no validation loss in the log: the training loss is used")
    said += [f"{fact} is not in the log and was not given" for fact in raw.missing]
    return replace(_facts(raw, given), run=raw.run, step=step, tokens=tokens, seconds=seconds, loss=loss, kind=kind, unit=unit,
                   flags=tuple(flags), source=source, format=form, warnings=tuple(said))


def _kind(raw: Raw, given: Given) -> Kind | None:
    """Validation before train; the user's choice before both."""
    kinds: tuple[Kind, ...] = ("validation", "train") if given.kind is None else (given.kind,)
    return next((kind for kind in kinds if any(raw.has_loss[kind])), None)


def _steps(step: np.ndarray, there: np.ndarray, said: list[str]) -> np.ndarray:
    """A record without a step belongs to the latest step seen; a log without any is counted."""
    if not np.isfinite(step).any():
        said.append("no steps in the log: its losses are counted from 1")
        return np.cumsum(there).astype(np.float64)
    seen = np.where(np.isfinite(step), np.arange(len(step)), 0)
    return np.asarray(step[np.maximum.accumulate(seen)])


def _clock(seconds: np.ndarray, said: list[str]) -> np.ndarray:
    """Where the clock restarts, the times before it are carried on; an untimed beginning stays as it is."""
    known = np.flatnonzero(np.isfinite(seconds))
    back = np.flatnonzero(np.diff(seconds[known]) < 0)
    if not len(back):
        return seconds
    said.append(f"the clock goes back: {len(back)} time{'s' * (len(back) != 1)}; the times before are added to those after")
    offset = np.zeros(len(known))
    for place in back:
        offset[place + 1 :] += seconds[known[place]]
    out = seconds.copy()
    out[known] += offset
    return out


def _order(step: np.ndarray, loss: np.ndarray, flags: list[str], said: list[str]) -> np.ndarray:
    """Positions by rising step, the last of each step; says what that did."""
    if not len(step):
        return np.arange(0)
    pairs = np.stack([step, np.nan_to_num(loss, nan=np.inf)], axis=1)
    _, first = np.unique(pairs, axis=0, return_index=True)
    copies = len(step) - len(first)
    if copies:
        said.append(f"identical records (several ranks or a repeated line) dropped: {copies}")
    kept = np.sort(first)
    order = kept[np.argsort(step[kept], kind="stable")]
    last = np.append(step[order][1:] != step[order][:-1], True)
    repeated = int((~last).sum())
    descents = int((np.diff(step[kept]) < 0).sum())
    if repeated:
        said.append(f"steps repeated with another loss, the last one kept: {repeated}")
        if descents:
            flags.append("restarted")
    elif descents:
        said.append(f"records out of order, sorted by step: {descents}")
    return np.asarray(order[last])


def _in_unit(loss: np.ndarray, unit: str, given: Given, said: list[str]) -> tuple[np.ndarray, Unit]:
    if unit == "ppl":
        said.append(f"perplexities turned into nats: {len(loss)}")
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.log(loss), "nats"
    if unit == "bpb" and given.bytes_per_token is not None:
        said.append(f"bits per byte turned into nats per token at {given.bytes_per_token:g} bytes per token: {len(loss)}")
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


def _tokens(step: np.ndarray, tokens: np.ndarray, given: Given, said: list[str]) -> np.ndarray:
    if np.isfinite(tokens).any():
        return tokens
    if given.tokens_per_step is not None:
        return step * given.tokens_per_step
    said.append("tokens are not in the log and were not given (tokens per step)")
    return tokens


def _facts(raw: Raw, given: Given) -> Curve:
    """A curve without points that holds the facts."""
    nothing = np.empty(0)
    parameters = raw.parameters if raw.parameters == raw.parameters else given.parameters
    return Curve(raw.run, nothing, nothing, nothing, nothing, "train", dataset=raw.dataset or given.dataset,
                 hardware=raw.hardware or given.hardware, parameters=np.nan if parameters is None else parameters,
                 seed=given.seed if raw.seed is None else raw.seed)
