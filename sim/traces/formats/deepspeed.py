"""DeepSpeed: `step=10, skipped=6, lr=[...]` and `global_step=10` beside the losses that the user's own prints give."""

import re
from collections.abc import Iterator
from math import isnan, log, nan

from sim.traces.formats._ending import Ending
from sim.traces.formats._facts import moment, since
from sim.traces.formats._text import plain_lines, sure
from sim.traces.raw import NUMBER, Raw, number
from sim.traces.source import Source

STEP = re.compile(r"\[\d{4}-.{0,200}?(?:\bstep=(\d++), skipped=\d|\bglobal_step=(\d++)\b)")
NAMED = rf"[\"']? ?[:=] ?({NUMBER})(?![\w.])"
LOSS = re.compile(r"(?:^|[\s,|(*\"'])(loss|train_loss|train loss|training loss)" + NAMED, re.I)
HELD_OUT = re.compile(r"(?:^|[\s,|(*\"'])(ppl|perplexity|eval[ _]loss|val(?:idation)?[ _]loss)" + NAMED, re.I)
SUMMARY = re.compile(r"\W{0,9}(?:final|best|test|mean|average|total)", re.I)
RANK = re.compile(r"\brank[ :=]{1,2}(\d++)", re.I)
OVERFLOW = "steps skipped after an overflow"


def sniff(source: Source) -> float:
    """How sure this reader is: less than the readers of formats whose logs DeepSpeed's lines stand among."""
    return sure(source, STEP.match, 0.6)


def read(source: Source) -> Iterator[Raw]:
    """The run of the log: a loss belongs to the latest step line before it; perplexities become nats.

    DeepSpeed's lines have no training time: seconds are the clock's.
    """
    raw, ending, line, step = Raw(), Ending(), "", 0.0
    for line in plain_lines(source, STEP.match, one_rank=True):
        if "step=" in line and (found := STEP.match(line)):
            step = float(found[1] or found[2])
            raw.add(step, seconds=moment(line))
            ending.saw("step", line)
        elif "OVERFLOW!" in line:
            raw.note(OVERFLOW)
        elif kind := _add(raw, line, step):
            ending.saw(kind, line)
    ending.close(raw, source, line)
    since(raw, nan)
    yield raw


def _add(raw: Raw, line: str, step: float) -> str:
    """Which kind of loss the line had; "" if none. Other ranks' losses of the same step are left out."""
    validation, train = HELD_OUT.search(line), LOSS.search(line)
    if validation is None and train is None:
        return ""
    if SUMMARY.match(line):
        raw.note("summaries left out")
        return ""
    if (rank := RANK.search(line)) and int(rank[1][:9]):
        raw.note("losses of other ranks than 0 left out")
        return ""
    if validation is None and train is not None:
        raw.add(step, train=number(train[2], raw, decimal=True))
        return "train"
    if validation is not None and "p" not in validation[1].lower():
        raw.add(step, validation=number(validation[2], raw, decimal=True))
    elif train is not None:  # newer programs print both: the loss is exact
        raw.add(step, validation=number(train[2], raw, decimal=True))
    elif validation is not None:
        raw.add(step, validation=_nats(number(validation[2], raw)))
        raw.note("perplexities turned into nats")
    return "validation"


def _nats(perplexity: float) -> float:
    return nan if isnan(perplexity) or perplexity <= 0 else log(perplexity)
