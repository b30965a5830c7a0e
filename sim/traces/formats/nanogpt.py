"""nanoGPT's console: `step 250: train loss 4.4291, val loss 4.4888` and `iter 250: loss 4.4312, time 176.10ms, mfu 28.00%`."""

import re
from collections.abc import Iterator

from sim.traces.raw import NUMBER, Raw, number
from sim.traces.source import Source

STEP = re.compile(rf"^\s*step (\d+): train loss ({NUMBER}), val loss ({NUMBER})")
ITER = re.compile(rf"^\s*iter (\d+): loss ({NUMBER}), time ({NUMBER})ms")


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    lines = source.head.splitlines()
    return 0.9 if any(STEP.match(line) or ITER.match(line) for line in lines) else 0.0


def read(source: Source) -> Iterator[Raw]:
    """The run of the console; an iteration's time is its own, and the train loss of a `step` line is an estimate."""
    raw = Raw(seconds_are="each")
    for line in source.lines():
        if found := STEP.match(line):
            raw.add(float(found[1]), validation=number(found[3], raw), train=number(found[2], raw))
        elif found := ITER.match(line):
            raw.add(float(found[1]), train=number(found[2], raw), seconds=number(found[3], raw) / 1000)
    yield raw
