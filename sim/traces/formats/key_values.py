"""Lines of names and values in any order: `iter 100 | loss = 3.21`, `val_loss=3.30 lr=1e-3 step=100`."""

import re
from collections.abc import Iterator
from math import isnan, nan

from sim.traces.reading.log import Log, sniffer
from sim.traces.reading.names import Meaning, meaning
from sim.traces.reading.numbers import NUMBER
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

WORD = r"[A-Za-z][\w./-]{0,40}+"
PAIR = re.compile(rf"(?<![\w./-])({WORD}(?: {WORD}){{0,3}})(?:\s{{0,9}}[=:]\s{{0,9}}|\s{{1,9}})({NUMBER})(?![\w.])")
BEFORE = re.compile(r"(?:(?:info|debug|at|and|the) )+", re.IGNORECASE)
COUNTS, LOSSES = ("step", "tokens", "samples"), ("validation", "train")


def _said(line: str) -> dict[str, tuple[Meaning, str]]:
    """What a line says by column, the best name of each: its meaning and the number as text."""
    found: dict[str, tuple[Meaning, str]] = {}
    for name, number in PAIR.findall(line):
        if (said := _meaning(name)) and (said.column not in found or said.rank < found[said.column][0].rank):
            found[said.column] = said, number
    return found


def _meaning(name: str) -> Meaning | None:
    said = meaning(BEFORE.sub("", name))
    if said is None:  # of the words before a count any may be other output, while those before a loss say which it is
        last = meaning(name.rpartition(" ")[2])
        said = last if last and last.column in COUNTS else None
    if said is None or said.group or (said.column == "seconds" and isnan(said.time_unit)):
        return None
    return None if said.column == "run" else said


def _is_record(line: str) -> bool:
    said = _said(line)
    return not said.keys().isdisjoint(COUNTS) and not said.keys().isdisjoint(LOSSES)


sniff = sniffer(_is_record, 0.65)  # a table may look like that, but has the names of its columns in the header only


def read(source: Source) -> Iterator[Records]:
    """The run; a loss on a line without a count belongs to the latest one. Of several units the first is read."""
    log = Log(source, _is_record, one_rank=True)
    records, units, latest = log.records, dict[str, str](), dict[str, str]()
    for line in log:
        said = _said(line)
        latest = {name: said[name][1] for name in COUNTS if name in said} or latest
        losses = {
            name: said[name][1]
            for name in LOSSES
            if name in said and units.setdefault(name, said[name][0].unit) == said[name][0].unit
        }
        if not latest or not losses or (said.keys().isdisjoint(COUNTS) and not PAIR.fullmatch(line.strip())):
            continue  # a line without a count has the loss and nothing else
        facts = {name: records.number(number) for name, number in latest.items()}
        if "seconds" in said:
            facts["seconds"] = records.number(said["seconds"][1]) * said["seconds"][0].time_unit
        records.kind_unsaid = records.kind_unsaid or ("train" in losses and said["train"][0].bare)
        log.add(" ".join(losses), facts.pop("step", nan), **facts, **losses)
    records.train_unit, records.validation_unit = (units.get(name, "nats") for name in reversed(LOSSES))
    yield records
