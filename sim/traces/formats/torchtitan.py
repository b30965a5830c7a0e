"""torchtitan: `[rank0]:[titan] 2024-10-14 10:00:54,881 - root - INFO - step: 10  loss:  7.0049  ...  tps: 11,941`."""

import re
from collections.abc import Iterator
from math import isnan, nan

from sim.traces.formats._ending import Ending
from sim.traces.formats._facts import allow_unprinted_end, moment, since, tokens_by_step
from sim.traces.formats._text import plain_lines, sure
from sim.traces.raw import NUMBER, Raw, number
from sim.traces.source import Source

STEP = re.compile(rf".{{0,200}}?\b(validate )?step: {{1,9}}(\d++) {{1,9}}loss: {{1,9}}({NUMBER})(?= |$)")
BEGIN = re.compile(r".{0,200}?Training starts at step (\d++)[,.](.{0,400})")
BATCH = re.compile(r"global batch size (\d++), sequence length (\d++)")
TOTAL = re.compile(r"total steps (\d++)")
DEVICE = re.compile(r".{0,200}?CUDA capacity: (.{1,60}?) with ")
SIZE = re.compile(r".{0,200}?\bsize: ([\d,]++) total parameters")


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    return sure(source, STEP.match, 0.9)


def read(source: Source) -> Iterator[Raw]:
    """The run of the log. Its lines have no training time: seconds are the clock's, from the start of the training."""
    raw, ending, line, begin, per_step = Raw(), Ending(), "", nan, nan
    for line in plain_lines(source, STEP.match):
        if "loss" in line and (found := STEP.match(line)):
            loss = number(found[3], raw, decimal=True)
            raw.add(
                float(found[2]),
                seconds=moment(line),
                validation=loss if found[1] else None,
                train=None if found[1] else loss,
            )
            ending.saw("validation" if found[1] else "train", line)
        elif "Training starts" in line and (found := BEGIN.match(line)):
            begin = moment(line) if isnan(begin) else begin
            if total := TOTAL.search(found[2]):
                raw.planned_steps = float(total[1])
            if batch := BATCH.search(found[2]):
                per_step = float(batch[1]) * float(batch[2])
        elif found := DEVICE.match(line) if "CUDA capacity" in line else None:
            raw.hardware = found[1]
        elif found := SIZE.match(line) if "total parameters" in line else None:
            raw.parameters = number(found[1])
    ending.close(raw, source, line)
    allow_unprinted_end(raw)
    since(raw, begin)
    if per_step > 0:
        tokens_by_step(raw, per_step)
    yield raw
