"""Plain `step loss` pairs, a line each, and nothing else."""

import re
from collections.abc import Iterator

from sim.traces.formats._ending import Ending
from sim.traces.formats._text import LONGEST, after_program, plain_lines
from sim.traces.raw import NUMBER, Raw, number
from sim.traces.source import Source

PAIR = re.compile(rf"\s{{0,20}}(\d++)[ \t]{{1,20}}({NUMBER})\s{{0,20}}$")
LEAST = 3


def sniff(source: Source) -> float:
    """How sure this reader is: little, since any two columns of numbers look like this."""
    lines = source.head_lines[after_program(source, PAIR.match) :]
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    whole = lines[:-1] if len(lines) > LEAST else lines  # the last one may be cut
    return 0.2 if len(lines) >= LEAST and all(len(line) < LONGEST and PAIR.match(line) for line in whole) else 0.0


def read(source: Source) -> Iterator[Raw]:
    """The pairs as a training loss: a file that says no more is what a training loop printed."""
    raw, ending, line = Raw(), Ending(), ""
    for line in plain_lines(source, PAIR.match):
        if found := PAIR.match(line):
            raw.add(float(found[1]), train=number(found[2], raw, decimal=True))
            ending.saw("pair", line)
        elif line.strip() and not line.startswith("#"):
            raw.note("lines that are no pair left out")
    raw.kind_unsaid = True
    ending.close(raw, source, line)
    yield raw
