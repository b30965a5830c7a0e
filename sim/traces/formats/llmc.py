"""llm.c: `s:250 tel:4.4888`, `s:250 trl:4.4312 lr:0.0018 norm:0.30`; its console: `step 5/5100 | loss 7.571400 ...`."""

import re
from array import array
from collections.abc import Iterator

import numpy as np

from sim.traces.formats._ending import Ending
from sim.traces.formats._facts import tokens_by_step
from sim.traces.formats._text import plain_lines, sure
from sim.traces.raw import NUMBER, Raw, number
from sim.traces.source import Source

MAIN = re.compile(rf"s:(\d++) (tel|trl|eval):({NUMBER})(?=\s|$)")
STEP = re.compile(rf"step\s{{1,9}}(\d++)/(\d++) \| (?:train )?loss ({NUMBER})")
TIME = re.compile(rf"\| {{0,9}}({NUMBER}) ms(?: |$)")
SPEED = re.compile(rf"\| {{0,9}}({NUMBER}) tok/s")
VALIDATION = re.compile(rf"val loss ({NUMBER})\s*$")
BATCH = re.compile(r".{0,80}?\btotal_batch_size ?= ?(\d++)")
TABLE = re.compile(r"\| (device|num_parameters|num_processes)\s{1,40}\| (\S[^|]{0,60})\|")
MOST_SPEEDS = 10_000


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    return sure(source, _is_record, 0.95)


def read(source: Source) -> Iterator[Raw]:
    """The run of a `main.log` or of a console, where a validation belongs to the latest step line before it."""
    raw, ending, line, per_step, speeds = Raw(seconds_are="each"), Ending(), "", 0.0, array("d")
    table: dict[str, str] = {}
    step = 0.0
    for line in plain_lines(source, _is_record, one_rank=True):
        if found := MAIN.match(line):
            loss = number(found[3], raw, decimal=True)
            if found[2] == "eval":
                raw.note("accuracies left out")
                continue
            raw.add(
                float(found[1]),
                validation=loss if found[2] == "tel" else None,
                train=loss if found[2] == "trl" else None,
            )
            ending.saw(found[2], line)
        elif found := STEP.match(line):
            step, raw.planned_steps = float(found[1]), float(found[2])
            seconds = _after(TIME, line, found.end(), raw) / 1000
            raw.add(step, train=number(found[3], raw, decimal=True), seconds=seconds)
            if len(speeds) < MOST_SPEEDS:
                speeds.append(seconds * _after(SPEED, line, found.end(), raw))
            ending.saw("step", line)
        elif found := VALIDATION.match(line):
            raw.add(step, validation=number(found[1], raw, decimal=True))
            ending.saw("validation", line)
        elif found := BATCH.match(line):
            per_step = float(found[1])
        elif found := TABLE.match(line):
            table[found[1]] = found[2].strip()
    ending.close(raw, source, line)
    _facts(raw, table, per_step or _tokens_per_step(raw, np.frombuffer(speeds)))
    yield raw


def _is_record(line: str) -> object:
    return MAIN.match(line) or STEP.match(line)


def _after(form: "re.Pattern[str]", line: str, start: int, raw: Raw) -> float:
    found = form.search(line, start)
    return number(found[1], raw) if found else np.nan


def _tokens_per_step(raw: Raw, products: np.ndarray) -> float:
    """Time times speed, if the log's lines agree on it within 2%: the printed speed is a running mean."""
    products = products[np.isfinite(products) & (products > 0)]
    if not len(products):
        return 0.0
    middle = float(np.median(products))
    if np.quantile(np.abs(products / middle - 1), 0.9) > 0.02:
        return 0.0
    power = 2.0 ** np.round(np.log2(middle))
    per_step = float(power) if abs(middle / power - 1) < 0.01 else float(np.round(middle))
    raw.note(f"tokens taken as {per_step:g} a step, from time and tokens per second", len(products))
    return per_step


def _facts(raw: Raw, table: dict[str, str], per_step: float) -> None:
    if per_step > 0:
        tokens_by_step(raw, per_step)
    raw.parameters = number(table.get("num_parameters", ""))
    if "device" in table:
        count = table.get("num_processes", "")
        raw.hardware = f"{count}x {table['device']}" if count.isdigit() else table["device"]
