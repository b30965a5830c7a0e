"""Plain `step loss` pairs, a line each, and nothing else."""

import re
from collections.abc import Iterator

from sim.traces.reading.log import LONGEST, Log, program_lines
from sim.traces.reading.numbers import NUMBER
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

PAIR = re.compile(rf"\s{{0,20}}(\d++)[ \t]{{1,20}}({NUMBER})\s{{0,20}}$")
LEAST = 3


def sniff(source: Source) -> float:
    """How sure this reader is: little, since any two columns of numbers look like this."""
    lines = source.head_lines[program_lines(source, PAIR.match) :]
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    whole = lines[:-1] if len(lines) > LEAST else lines  # the last one may be cut
    return 0.2 if len(lines) >= LEAST and all(len(line) < LONGEST and PAIR.match(line) for line in whole) else 0.0


def read(source: Source) -> Iterator[Records]:
    """The pairs as a training loss: a file that says no more is what a training loop printed."""
    log = Log(source, PAIR.match, records=Records(kind_unsaid=True))
    for line in log:
        if found := PAIR.match(line):
            log.add("pair", found[1], train=found[2])
        elif line.strip() and not line.startswith("#"):
            log.records.note("lines that are no pair left out")
    yield log.records
