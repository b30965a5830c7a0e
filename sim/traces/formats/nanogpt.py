"""nanoGPT: `step 250: train loss 4.4291, val loss 4.4888`, `iter 250: loss 4.4312, time 176.10ms, mfu 28.00%`.

And the console and log of the GPT-2 lecture that grew out of it: `step 250 | loss: 4.43 | ... | dt: 176.10ms`,
`validation loss: 4.4888`, `250 val 4.4888`.
"""

import re
from collections.abc import Iterator
from math import nan

from sim.traces.reading.log import Log, sniffer, tokens_by_step
from sim.traces.reading.numbers import NUMBER, known
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

EVALUATED = re.compile(rf"\s{{0,9}}step (\d++): train loss ({NUMBER})(?:,? val(?:idation)? loss ({NUMBER}))?")
ITERATION = re.compile(rf"\s{{0,9}}iter (\d++): loss ({NUMBER})(?:, time ({NUMBER})ms)?")
LECTURE = re.compile(rf"\s{{0,9}}step {{1,9}}(\d++)(?:,| \|) loss: ({NUMBER})(?:.{{0,200}}?\bdt: ?({NUMBER})ms)?")
SHORT = re.compile(rf"(\d++) (val|train) ({NUMBER})\s*$")
VALIDATION = re.compile(rf"\s{{0,9}}val(?:idation)? loss:? ({NUMBER})\s*$")
TOKENS = re.compile(r"tokens per iteration will be: ([\d,]++)|total desired batch size: ([\d,]++)")
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
    number = log.records.number
    for line in log:
        if found := EVALUATED.match(line):
            validation = number(found[3], decimal=True) if found[3] else None
            log.add("evaluated", float(found[1]), train=number(found[2], decimal=True), validation=validation)
        elif found := ITERATION.match(line) or LECTURE.match(line):
            seconds = number(found[3]) / 1000 if found[3] else nan
            log.add("iteration", float(found[1]), train=number(found[2], decimal=True), seconds=seconds)
        elif found := SHORT.match(line):
            kind = "validation" if found[2] == "val" else "train"
            log.add(found[2], float(found[1]), **{kind: number(found[3], decimal=True)})
        elif found := VALIDATION.match(line):
            log.add("validation", validation=number(found[1], decimal=True))
        elif found := TOKENS.match(line):
            per_step = known((found[1] or found[2]).replace(",", ""))
        elif found := PARAMETERS.match(line):
            log.records.parameters = number(found[1]) * 1e6
    tokens_by_step(log.records, per_step)
    yield log.records
