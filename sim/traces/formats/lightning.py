"""Lightning's CSVLogger, `metrics.csv`: `epoch,lr-AdamW,step,train_loss,val_loss`, training and validation apart.

`step` is the number of the batch that was just done, counted from 0, so one more step than that has been done: its
`49` is the 50 of other logs.
"""

from collections.abc import Iterator
from math import gcd, isfinite

from sim.traces.formats import table
from sim.traces.reading.names import Layout, plain
from sim.traces.reading.numbers import parse_number
from sim.traces.reading.records import Records
from sim.traces.reading.sheet import Sheet
from sim.traces.reading.source import Source

ROWS = 200  #: rows that are looked at


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1: epoch and step, and rows with gaps, or steps that are one short of round."""
    sheet = Sheet(source)
    named, layout = [plain(name) for name in sheet.header], Layout(sheet.header)
    if not {"epoch", "step"} <= set(named) or not layout.losses or "run" in layout.columns:
        return 0.0
    rows = [line.split(sheet.delimiter) for line in source.head_lines[1:ROWS]]
    rows = [row for row in rows if len(row) == len(named)]
    if any(not row[place].strip() for row in rows for place in layout.loss_places):
        return 0.8
    found = [parse_number(row[named.index("step")]) for row in rows]
    steps = [int(step) for step in found if step is not None and isfinite(step)]
    # 49, 99, 149 share a divisor only once one is added; Lightning sorts its columns
    from_0 = bool(steps) and gcd(*steps) == 1 and gcd(*(step + 1 for step in steps)) > 1
    return 0.8 if from_0 and named == sorted(named) else 0.0


def read(source: Source) -> Iterator[Records]:
    """The run; a step that was logged for training and for validation has a record of each."""
    for run in table.read(source):
        run.column("step")[:] += 1.0
        run.note("steps count from 0 here, so one was added", len(run))
        yield run
