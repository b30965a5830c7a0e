"""DeepSpeed: `step=10, skipped=6, lr=[...]` and `global_step=10` beside the losses that the user's own prints give."""

import math
import re
from collections.abc import Iterator

from sim.traces.reading.log import Log, count_seconds_from, moment, sniffer
from sim.traces.reading.numbers import NUMBER
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

STEP = re.compile(r"\[\d{4}-.{0,200}?(?:\bstep=(\d++), skipped=\d|\bglobal_step=(\d++)\b)")
NAMED = rf"[\"']? ?[:=] ?({NUMBER})(?![\w.])"
LOSS = re.compile(r"(?:^|[\s,|(*\"'])(loss|train_loss|train loss|training loss)" + NAMED, re.I)
HELD_OUT = re.compile(r"(?:^|[\s,|(*\"'])(ppl|perplexity|eval[ _]loss|val(?:idation)?[ _]loss)" + NAMED, re.I)
SUMMARY = re.compile(r"\W{0,9}(?:final|best|test|mean|average|total)", re.I)
RANK = re.compile(r"\brank[ :=]{1,2}(\d++)", re.I)

sniff = sniffer(STEP.match, 0.6)  # DeepSpeed's lines stand among those of other formats


def read(source: Source) -> Iterator[Records]:
    """The run of the log: a loss belongs to the latest step line before it; perplexities become nats.

    DeepSpeed's lines have no training time: seconds are the clock's.
    """
    log, step = Log(source, STEP.match, one_rank=True), "0"
    records = log.records
    for line in log:
        if "step=" in line and (found := STEP.match(line)):
            step = found[1] or found[2]
            log.add("step", step, seconds=moment(line))
            continue
        if "OVERFLOW!" in line:
            records.note("steps skipped after an overflow")
            continue
        validation, train = HELD_OUT.search(line), LOSS.search(line)
        if validation is None and train is None:
            continue
        if SUMMARY.match(line):
            records.note("summaries left out")
        elif (rank := RANK.search(line)) and int(rank[1][:9]):
            records.note("losses of other ranks than 0 left out")
        elif validation is None and train is not None:
            log.add("train", step, train=train[2])
        elif validation is not None and "p" not in validation[1].lower():
            log.add("validation", step, validation=validation[2])
        elif train is not None:  # newer programs print both: the loss is exact
            log.add("validation", step, validation=train[2])
        elif validation is not None:
            perplexity = records.number(validation[2])
            log.add("validation", step, validation=math.log(perplexity) if perplexity > 0 else math.nan)
            records.note("perplexities turned into nats")
    count_seconds_from(records, math.nan)
    yield records
