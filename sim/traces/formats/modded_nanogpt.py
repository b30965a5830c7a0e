"""modded-nanogpt, parameter-golf: `step:250/1390 val_loss:4.4888 train_time:7930ms`, `4000/20000 val_loss: 2.8742`."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isnan, nan

import numpy as np

from sim.traces.reading.log import Log, number_runs, sniffer
from sim.traces.reading.numbers import NUMBER, float_or_nan
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

STEP = re.compile(r"(?:step:)?(\d++)/(\d++) (?=\w)")
STOPPED = re.compile(r"stopping_early: .{0,80}?train_time: ?(\d++)ms step: ?(\d++)/\d")
VALUE = re.compile(rf"({NUMBER})(ms|s|m)?")
LOSSES = ("val_loss", "val_bpb", "train_loss", "loss")
TIMES = ("train_time", "t")
LEAST = 5  #: records of which a run must be seen to be in order before it can be over

GPU_ROW = re.compile(r"\|\s{1,9}(\d{1,3})\s{1,9}(\S[^|]{1,60})\|")
GPU_LISTED = re.compile(r"GPU (\d{1,3}): ([^(]{1,60})\(UUID")
END_OF_GPU = re.compile(r"\s+(?:On|Off|N/A|Default)\s*$|\s{3,}.*$")
MAKERS = ("NVIDIA", "Tesla", "GeForce", "Quadro", "AMD", "A100", "H100")


def _fields(line: str) -> tuple[float, float, dict[str, str]] | None:
    """The step and planned steps of a record, `step:250/1390`, and what follows by key, the first of each.

    `None` for any other line, such as `print0(f"step:{step}/{steps} ...")` or `final_...`.
    """
    if not (found := STEP.match(line)):
        return None
    values: dict[str, str] = {}
    for part in line[found.end() :].replace(": ", ":").split():
        key, _, value = part.partition(":")
        values.setdefault(key, value)
    is_record = any(key in values for key in (*LOSSES, *TIMES))
    return (float(found[1]), float(found[2]), values) if is_record else None


sniff = sniffer(_fields, 0.95)


def read(source: Source) -> Iterator[Records]:
    """The run of the log, or its runs where the file holds several.

    Seconds are the log's own training time. Runs of 2024 started their clock after ten untimed steps, which have none.
    """
    yield from number_runs(_runs(source))


def _runs(source: Source) -> Iterator[Records]:
    log, gpus = Log(source, _fields), dict[int, str]()
    run = Run(log.records)
    for line in log:
        if fields := _fields(line):
            step, planned, values = fields
            if run.is_over(step):
                yield run.finished(gpus)
                log.records = Records()
                run = Run(log.records)
            run.add(log, step, planned, values)
        elif found := STOPPED.match(line):
            run.records.add(float(found[2]), seconds=float(found[1]) / 1000)
            run.stopped = run.timed = True
        elif found := GPU_ROW.match(line) or GPU_LISTED.match(line):
            name = END_OF_GPU.sub("", found[2].rstrip())
            if name.startswith(MAKERS):
                gpus[int(found[1])] = name
    yield run.finished(gpus)


@dataclass
class Run:
    """One run so far."""

    records: Records
    first: float = nan  #: step of its first record
    lowest: float = inf  #: its lowest step
    latest: float = nan  #: step of its latest record
    falls: int = 0  #: how often the step went down
    untimed: float = -inf  #: highest step of the records that the log marks as before the start of its clock
    stopped: bool = False  #: the log says that the run was ended before its planned steps
    unit: str = ""  #: of its first validation loss
    timed: bool = False  #: it has a time

    def is_over(self, step: float) -> bool:
        """Whether a record begins another run: this one, in order but for repeats, was at its end."""
        at_end = self.latest == self.records.planned_steps and step < self.latest
        in_order = len(self.records) >= LEAST and self.falls * 4 <= len(self.records)
        return at_end and in_order and step == self.first == self.lowest

    def add(self, log: Log, step: float, planned: float, values: dict[str, str]) -> None:
        """A record with the fields that its line has."""
        records = self.records
        given = {key: VALUE.fullmatch(values[key]) for key in (*LOSSES, *TIMES) if key in values}
        if not all(given.values()) or any("/" in value for value in values.values()):
            records.note("damaged records left out")
            return
        found = {key: match[1] for key, match in given.items() if match and key in LOSSES}
        losses = {key: records.number(text, decimal=True) for key, text in found.items()}
        validation = losses.get("val_loss", losses.get("val_bpb"))
        if validation is not None:
            unit = "nats" if "val_loss" in losses else "bpb"
            if {"val_loss", "val_bpb"} <= losses.keys():
                records.note("bits per byte beside the loss not used")
            if not self.unit:
                self.unit = records.validation_unit = unit
            elif self.unit != unit:
                records.note("losses in another unit than the first left out")
                validation = None
        if isnan(float_or_nan(values.get("step_avg", "0").removesuffix("ms"))):
            self.untimed = max(self.untimed, step)
        seconds = nan
        # a few forks print the time without a unit: the user has to say which it is
        if clock := given.get("train_time") or given.get("t"):
            if clock[2] is None and not self.timed:  # in a log whose first time has no unit, none has
                records.seconds_unit = nan
            time = records.number(clock[1])
            if isnan(records.seconds_unit) == (clock[2] is None):
                seconds = time / 1000 if clock[2] == "ms" else time * 60 if clock[2] == "m" else time
            self.timed |= not isnan(seconds)
        kind = "train" if validation is None else "validation"
        train = losses.get("train_loss", losses.get("loss"))
        log.add(kind, step, seconds=seconds, validation=validation, train=train)
        self.falls += step < self.latest
        self.first = step if isnan(self.first) else self.first
        self.lowest, self.latest = min(self.lowest, step), step
        records.planned_steps = planned

    def finished(self, gpus: dict[int, str]) -> Records:
        """The run, without times of a clock that had not started when it restarted after the untimed records."""
        records = self.records
        records.hardware = ", ".join(f"{count}x {name}" for name, count in Counter(gpus.values()).items())
        if self.untimed >= 0:
            step, seconds = records.column("step"), records.column("seconds")
            timed = step[(step > self.untimed) & np.isfinite(seconds)]
            begin = np.flatnonzero((step <= (timed.min() if len(timed) else inf)) & np.isfinite(seconds))
            begin = begin[np.lexsort((seconds[begin], step[begin]))]
            if len(back := np.flatnonzero(np.diff(seconds[begin]) < 0)):
                seconds[begin[: back[-1] + 1]] = nan
                records.note("times before the clock had started left out", int(back[-1]) + 1)
        if self.stopped:
            records.planned_steps = nan
            records.note("the run stopped early by its own rule")
        return records
