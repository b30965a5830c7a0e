"""TensorBoard's event files, `events.out.tfevents.*`: binary records of a time, a step and scalars under tags."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from sim.traces.crc32c import masked
from sim.traces.event_frames import FRAME, DamageError, payloads
from sim.traces.event_message import Decoder, fields
from sim.traces.names import MOST_NAME, Loss, loss_of, plain
from sim.traces.raw import Raw
from sim.traces.source import Source, Unreadable

FOLDERS = re.compile(r"lm-loss-(?:training|validation)/")
"""Megatron-DeepSpeed puts its tags into these."""
MOST_TAGS = 1_000


@dataclass
class Series:
    """The values of a tag in the order of the file."""

    step: "array[float]" = field(default_factory=lambda: array("d"))
    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    value: "array[float]" = field(default_factory=lambda: array("d"))
    single: bool = True


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1: the first frame's checksum is right, and it holds a time."""
    head = source.raw_head
    if len(head) < FRAME or masked(head[:8]) != int.from_bytes(head[8:FRAME], "little"):
        return 0.0
    try:
        number, wire, _ = next(fields(head[FRAME : FRAME + int.from_bytes(head[:8], "little")]), (0, 0, b""))
    except DamageError:
        return 0.5
    return 0.99 if (number, wire) == (1, 1) else 0.0  # records of examples have the same frames


def read(source: Source) -> Iterator[Raw]:
    """The run, or one run per evaluation set; seconds of the clock on the wall since the first record.

    Raises:
        Unreadable: no loss among its tags.
    """
    raw = Raw()  # for what is said of the file
    series = _series(source, raw)
    if not series:
        raise Unreadable("an event file without a loss (train/loss, eval/loss, lm loss ...) among its tags")
    best: dict[tuple[bool, str], tuple[int, str]] = {}
    for tag in series:
        loss = _loss(tag)
        key = loss.kind == "validation", loss.group
        best[key] = min(best.get(key, (loss.rank, tag)), (loss.rank, tag))
    train = best.get((False, ""), (0, ""))[1]
    groups = [tag for (validation, _), (_, tag) in best.items() if validation]
    if left := len(series) - len(best):
        raw.note("other tags of the same losses left out", left)
    for tag in groups or [""]:
        run = Raw(cut=raw.cut, notes=raw.notes.copy())
        if len(groups) > 1:
            run.run, run.loss_column = _loss(tag).group or tag, tag
        _fill(run, series, tag, train)
        yield run


def _loss(tag: str) -> Loss:
    return loss_of(FOLDERS.sub("", tag)) or Loss("", "nats")


def _is_loss(tag: str) -> bool:
    return len(tag) <= MOST_NAME and _named_loss(tag)


@lru_cache(maxsize=4096)
def _named_loss(tag: str) -> bool:
    return loss_of(FOLDERS.sub("", tag)) is not None


def _series(source: Source, raw: Raw) -> dict[str, Series]:
    """The losses of a file by tag, as far as it can be read."""
    series: dict[str, Series] = {}
    start, decoder = np.nan, Decoder()
    try:
        for payload in payloads(source):
            found = decoder.event(payload)
            start = found.wall_time if np.isnan(start) else start
            for tag, value, single in found.scalars:
                if _is_loss(tag):
                    mine = series.get(tag) or series.setdefault(tag, Series())
                    mine.step.append(found.step)
                    mine.seconds.append(found.wall_time - start)
                    mine.value.append(value)
                    mine.single &= single
                elif plain(tag).endswith((" vs samples", " vs tokens")):
                    raw.note("values counted in samples or tokens, not in steps, left out")
            if len(series) > MOST_TAGS:
                raise Unreadable(f"an event file with more than {MOST_TAGS:,} losses")
    except EOFError:
        raw.cut = True
        raw.note("torn last record left out")
    except DamageError as error:
        raw.cut = True
        raw.note(f"damaged, read up to there ({error})")
    return series


def _fill(run: Raw, series: dict[str, Series], validation: str, train: str) -> None:
    """The records of both losses, in the order of their times."""
    parts = [(kind, series[tag]) for kind, tag in (("validation", validation), ("train", train)) if tag]
    seconds = np.concatenate([np.array(found.seconds) for _, found in parts])
    by_time = np.argsort(seconds, kind="stable")
    columns = {
        "step": np.concatenate([np.array(found.step) for _, found in parts])[by_time],
        "seconds": seconds[by_time],
    }
    there = {}
    for kind, _ in parts:
        values = [_shortest(found) if kind == mine else np.full(len(found.step), np.nan) for mine, found in parts]
        columns[kind] = np.concatenate(values)[by_time]
        there[kind] = np.concatenate([np.full(len(found.step), kind == mine) for mine, found in parts])[by_time]
    run.extend(columns, there)
    for tag in (validation, train):
        loss = _loss(tag)
        if tag == validation and tag:
            run.validation_unit, run.dataset = loss.unit, loss.group
        elif tag:
            run.train_unit, run.kind_unsaid = loss.unit, not loss.kind


def _shortest(series: Series) -> np.ndarray:
    """The values; one of 32 bits as the shortest decimal number that it stands for, so 3.2858 and not 3.2857999802."""
    values = np.array(series.value)
    if not series.single:
        return values
    blocks = [values[n : n + 100_000].astype(np.float32).astype("U16") for n in range(0, len(values), 100_000)]
    return np.concatenate([block.astype(np.float64) for block in blocks])
