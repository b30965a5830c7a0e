"""nanoGPT: `step 250: train loss 4.4291, val loss 4.4888`, `iter 250: loss 4.4312, time 176.10ms, mfu 28.00%`.

And the console and log of the GPT-2 lecture that grew out of it: `step 250 | loss: 4.43 | ... | dt: 176.10ms`,
`validation loss: 4.4888`, `250 val 4.4888`.
"""

import re
from collections.abc import Iterator
from math import nan

from sim.traces.reading.log import Log, fill_tokens, sniffer
from sim.traces.reading.numbers import NUMBER
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

EVALUATED = re.compile(rf"\s{{0,9}}step (\d++): train loss ({NUMBER})(?:,? val(?:idation)? loss ({NUMBER}))?")
ITERATION = re.compile(rf"\s{{0,9}}iter (\d++): loss ({NUMBER})(?:, time ({NUMBER})ms)?")
LECTURE = re.compile(rf"\s{{0,9}}step {{1,9}}(\d++)(?:,| \|) loss: ({NUMBER})(?:.{{0,200}}?\bdt: ?({NUMBER})ms)?")
SHORT = re.compile(rf"(\d++) (val|train) ({NUMBER})\s*$")
VALIDATION = re.compile(rf"\s{{0,9}}val(?:idation)? loss:? ({NUMBER})\s*$")
TOKENS = re.compile(r"tokens per iteration will be: (\d[\d,]*+)|total desired batch size: (\d[\d,]*+)")
PARAMETERS = re.compile(rf"number of parameters: ({NUMBER})M")


def _is_record(line: str) -> object:
    if "loss" not in line:
        return SHORT.match(line)
    return EVALUATED.match(line) or ITERATION.match(line) or LECTURE.match(line)


sniff = sniffer(_is_record, 0.9)


def read(source: Source) -> Iterator[Records]:
    """The run of the console; an iteration's time is its own, and the train loss of a `step` line is an estimate.

    A validation on a line of its own belongs to the latest step seen.
    """
    log, per_step = Log(source, _is_record, one_rank=True, records=Records(seconds_are="next")), nan
    for line in log:
        if found := EVALUATED.match(line):
            log.add("evaluated", found[1], train=found[2], validation=found[3])
        elif found := ITERATION.match(line) or LECTURE.match(line):
            log.add("iteration", found[1], train=found[2], seconds=log.records.number(found[3]) / 1000)
        elif found := SHORT.match(line):
            log.add(found[2], found[1], **{"validation" if found[2] == "val" else "train": found[3]})
        elif found := VALIDATION.match(line):
            log.add("validation", validation=found[1])
        elif found := TOKENS.match(line):
            per_step = float((found[1] or found[2]).replace(",", ""))
        elif found := PARAMETERS.match(line):
            log.records.parameters = log.records.number(found[1]) * 1e6
    fill_tokens(log.records, per_step)
    yield log.records
