"""nanoGPT: `step 250: train loss 4.4291, val loss 4.4888`, `iter 250: loss 4.4312, time 176.10ms, mfu 28.00%`.

And the console and log of the GPT-2 lecture that grew out of it: `step 250 | loss: 4.43 | ... | dt: 176.10ms`,
`validation loss: 4.4888`, `250 val 4.4888`.
"""

import re
from collections.abc import Iterator
from math import nan

from sim.traces.formats._ending import Ending
from sim.traces.formats._facts import tokens_by_step
from sim.traces.formats._text import plain_lines, sure
from sim.traces.raw import NUMBER, Raw, number
from sim.traces.source import Source

EVALUATED = re.compile(rf"\s{{0,9}}step (\d++): train loss ({NUMBER})(?:,? val(?:idation)? loss ({NUMBER}))?")
ITERATION = re.compile(rf"\s{{0,9}}iter (\d++): loss ({NUMBER})(?:, time ({NUMBER})ms)?")
LECTURE = re.compile(rf"\s{{0,9}}step {{1,9}}(\d++)(?:,| \|) loss: ({NUMBER})(?:.{{0,200}}?\bdt: ?({NUMBER})ms)?")
SHORT = re.compile(rf"(\d++) (val|train) ({NUMBER})\s*$")
VALIDATION = re.compile(rf"\s{{0,9}}val(?:idation)? loss:? ({NUMBER})\s*$")
TOKENS = re.compile(r"tokens per iteration will be: ([\d,]++)|total desired batch size: ([\d,]++)")
PARAMETERS = re.compile(rf"number of parameters: ({NUMBER})M")


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    return sure(source, _is_record, 0.9)


def read(source: Source) -> Iterator[Raw]:
    """The run of the console; an iteration's time is its own, and the train loss of a `step` line is an estimate.

    A validation on a line of its own belongs to the latest step seen.
    """
    raw, ending, line, per_step = Raw(seconds_are="next"), Ending(), "", nan
    for line in plain_lines(source, _is_record, one_rank=True):
        if kind := _add(raw, line):
            ending.saw(kind, line)
        elif found := TOKENS.match(line):
            per_step = number(found[1] or found[2])
        elif found := PARAMETERS.match(line):
            raw.parameters = number(found[1]) * 1e6
    ending.close(raw, source, line)
    if per_step > 0:
        tokens_by_step(raw, per_step)
    yield raw


def _is_record(line: str) -> object:
    if "loss" not in line:
        return SHORT.match(line)
    return EVALUATED.match(line) or ITERATION.match(line) or LECTURE.match(line)


def _add(raw: Raw, line: str) -> str:
    """Which kind of record the line was; "" if none."""
    if found := EVALUATED.match(line):
        validation = number(found[3], raw, decimal=True) if found[3] else None
        raw.add(float(found[1]), train=number(found[2], raw, decimal=True), validation=validation)
        return "evaluated"
    if found := ITERATION.match(line) or LECTURE.match(line):
        seconds = number(found[3], raw) / 1000 if found[3] else nan
        raw.add(float(found[1]), train=number(found[2], raw, decimal=True), seconds=seconds)
        return "iteration"
    if found := SHORT.match(line):
        loss = number(found[3], raw, decimal=True)
        raw.add(
            float(found[1]), validation=loss if found[2] == "val" else None, train=loss if found[2] == "train" else None
        )
        return found[2]
    if found := VALIDATION.match(line):
        raw.add(validation=number(found[1], raw, decimal=True))
        return "validation"
    return ""
