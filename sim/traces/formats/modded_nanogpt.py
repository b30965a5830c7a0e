"""modded-nanogpt, parameter-golf: `step:250/1390 val_loss:4.4888 train_time:7930ms`, `4000/20000 val_loss: 2.8742`."""

import re
from collections.abc import Iterator
from math import isnan, nan
from typing import NamedTuple

from sim.traces.formats._ending import Ending
from sim.traces.formats._gpus import Gpus
from sim.traces.formats._runs import Run, named
from sim.traces.formats._text import plain_lines, sure
from sim.traces.raw import NUMBER, Raw, number
from sim.traces.source import Source

STEP = re.compile(r"(?:step:)?(\d++)/(\d++) (?=\w)")
STOPPED = re.compile(r"stopping_early: .{0,80}?train_time: ?(\d++)ms step: ?(\d++)/\d")
VALUE = re.compile(rf"({NUMBER})(ms|s|m)?")
LOSSES = ("val_loss", "val_bpb", "train_loss", "loss")
TIMES = ("train_time", "t")
DAMAGED = "damaged records left out"


class Fields(NamedTuple):
    """One record: `step:250/1390` and what follows by key, the first of each."""

    step: float
    planned: float
    values: dict[str, str]


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    return sure(source, _fields, 0.95)


def read(source: Source) -> Iterator[Raw]:
    """The run of the log, or its runs where the file holds several.

    Seconds are the log's own training time. Runs of 2024 started their clock after ten untimed steps, which have none.
    """
    yield from named(_runs(source))


def _runs(source: Source) -> Iterator[Raw]:
    run, gpus, ending, line = Run(), Gpus(), Ending(), ""
    for line in plain_lines(source, _fields):
        if fields := _fields(line):
            if run.is_over(fields.step):
                run.raw.hardware = str(gpus)
                yield run.done()
                run = Run()
            if kind := _add(run, fields):
                ending.saw(kind, line)
        elif found := STOPPED.match(line):
            run.raw.add(float(found[2]), seconds=float(found[1]) / 1000)
            run.stopped = True
        else:
            gpus.saw(line)
    ending.close(run.raw, source, line)
    run.raw.hardware = str(gpus)
    yield run.done()


def _fields(line: str) -> Fields | None:
    """The record of a line; `None` for any other, such as `print0(f"step:{step}/{steps} ...")` or `final_...`."""
    if not (found := STEP.match(line)):
        return None
    values: dict[str, str] = {}
    for part in line[found.end() :].replace(": ", ":").split():
        key, _, value = part.partition(":")
        values.setdefault(key, value)
    known = any(key in values for key in (*LOSSES, *TIMES))
    return Fields(float(found[1]), float(found[2]), values) if known else None


def _add(run: Run, fields: Fields) -> str:
    """Which kind of record was added; "" if it was damaged."""
    step, planned, values = fields
    raw = run.raw
    given = {key: VALUE.fullmatch(values[key]) for key in (*LOSSES, *TIMES) if key in values}
    if not all(given.values()) or any("/" in value for value in values.values()):
        raw.note(DAMAGED)
        return ""
    texts = {key: found[1] for key, found in given.items() if found}
    losses = {key: number(texts[key], raw, decimal=True) for key in LOSSES if key in texts}
    validation = losses.get("val_loss", losses.get("val_bpb"))
    if validation is not None:
        unit = "nats" if "val_loss" in losses else "bpb"
        if "val_loss" in losses and "val_bpb" in losses:
            raw.note("bits per byte beside the loss not used")
        if "validation" not in raw.has_loss:
            raw.validation_unit = unit
        elif raw.validation_unit != unit:
            raw.note("losses in another unit than the first left out")
            validation = None
    if isnan(number(values.get("step_avg", "0").removesuffix("ms"))):
        run.untimed = max(run.untimed, step)
    clock = given.get("train_time") or given.get("t")
    raw.add(
        step,
        seconds=_seconds(raw, clock[1], clock[2]) if clock else nan,
        validation=validation,
        train=losses.get("train_loss", losses.get("loss")),
    )
    run.at(step)
    raw.planned_steps = planned
    return "train" if validation is None else "validation"


def _seconds(raw: Raw, text: str, unit: str | None) -> float:
    """A time in seconds; in a log whose first time has no unit, the number alone."""
    if "seconds" not in raw.columns and unit is None:
        raw.seconds_unit = nan
    if isnan(raw.seconds_unit):
        return number(text, raw) if unit is None else nan
    time = number(text, raw)
    return {"ms": time / 1000, "s": time, "m": time * 60, None: nan}[unit]
