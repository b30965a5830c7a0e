"""torchtitan: `[rank0]:[titan] 2024-10-14 10:00:54,881 - root - INFO - step: 10  loss:  7.0049  ...  tps: 11,941`."""

import re
from collections.abc import Iterator
from math import isnan, nan

from sim.traces.reading.log import Log, allow_unprinted_end, count_seconds_from, fill_tokens, moment, sniffer
from sim.traces.reading.numbers import NUMBER
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

STEP = re.compile(rf".{{0,200}}?\b(validate )?step: {{1,9}}(\d++) {{1,9}}loss: {{1,9}}({NUMBER})(?= |$)")
BEGIN = re.compile(r".{0,200}?Training starts at step (\d++)[,.](.{0,400})")
BATCH = re.compile(r"global batch size (\d++), sequence length (\d++)")
TOTAL = re.compile(r"total steps (\d++)")
DEVICE = re.compile(r".{0,200}?CUDA capacity: (.{1,60}?) with ")
SIZE = re.compile(r".{0,200}?\bsize: (\d[\d,]*+) total parameters")

sniff = sniffer(STEP.match, 0.9)


def read(source: Source) -> Iterator[Records]:
    """The run of the log. Its lines have no training time: seconds are the clock's, from the start of the training."""
    log, begin, per_step = Log(source, STEP.match), nan, nan
    records = log.records
    for line in log:
        if "loss" in line and (found := STEP.match(line)):
            kind = "validation" if found[1] else "train"
            log.add(kind, found[2], seconds=moment(line), **{kind: found[3]})
        elif "Training starts" in line and (found := BEGIN.match(line)):
            begin = moment(line) if isnan(begin) else begin
            if total := TOTAL.search(found[2]):
                records.planned_steps = float(total[1])
            if batch := BATCH.search(found[2]):
                per_step = float(batch[1]) * float(batch[2])
        elif "CUDA capacity" in line and (found := DEVICE.match(line)):
            records.hardware = found[1]
        elif "total parameters" in line and (found := SIZE.match(line)):
            records.parameters = float(found[1].replace(",", ""))
    allow_unprinted_end(records)
    count_seconds_from(records, begin)
    fill_tokens(records, per_step)
    yield records
