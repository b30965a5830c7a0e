"""llm.c: `s:250 tel:4.4888`, `s:250 trl:4.4312 lr:0.0018 norm:0.30`; its console: `step 5/5100 | loss 7.571400 ...`."""

import re
from array import array
from collections.abc import Iterator

import numpy as np

from sim.traces.reading.log import Log, fill_tokens, sniffer
from sim.traces.reading.numbers import NUMBER, float_or_nan
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

MAIN = re.compile(rf"s:(\d++) (tel|trl|eval):({NUMBER})(?=\s|$)")
STEP = re.compile(rf"step\s{{1,9}}(\d++)/(\d++) \| (?:train )?loss ({NUMBER})")
TIME = re.compile(rf"\| {{0,9}}({NUMBER}) ms(?: |$)")
SPEED = re.compile(rf"\| {{0,9}}({NUMBER}) tok/s")
VALIDATION = re.compile(rf"val loss ({NUMBER})\s*$")
BATCH = re.compile(r".{0,80}?\btotal_batch_size ?= ?(\d++)")
TABLE = re.compile(r"\| (device|num_parameters|num_processes)\s{1,40}\| (\S[^|]{0,60})\|")
MOST_SPEEDS = 10_000


def _is_record(line: str) -> object:
    return MAIN.match(line) or STEP.match(line)


sniff = sniffer(_is_record, 0.95)


def read(source: Source) -> Iterator[Records]:
    """The run of a `main.log` or of a console, where a validation belongs to the latest step line before it."""
    log = Log(source, _is_record, one_rank=True, records=Records(seconds_are="each"))
    records, number = log.records, log.records.number
    step, per_step, batches, facts = "0", 0.0, array("d"), dict[str, str]()
    for line in log:
        if found := MAIN.match(line):
            if found[2] == "eval":
                records.note("accuracies left out")
            else:
                log.add(found[2], found[1], **{"validation" if found[2] == "tel" else "train": found[3]})
        elif found := STEP.match(line):
            step, records.planned_steps = found[1], float(found[2])
            time, speed = TIME.search(line, found.end()), SPEED.search(line, found.end())
            seconds = number(time and time[1]) / 1000
            log.add("step", step, train=found[3], seconds=seconds)
            if len(batches) < MOST_SPEEDS:
                batches.append(seconds * number(speed and speed[1]))
        elif found := VALIDATION.match(line):
            log.add("validation", step, validation=found[1])
        elif found := BATCH.match(line):
            per_step = float(found[1])
        elif found := TABLE.match(line):
            facts[found[1]] = found[2].strip()
    fill_tokens(records, per_step or _usual_batch(records, np.frombuffer(batches)))
    records.parameters = float_or_nan(facts.get("num_parameters", "").replace(",", ""))
    if "device" in facts:
        count = facts.get("num_processes", "")
        records.hardware = f"{count}x {facts['device']}" if count.isdigit() else facts["device"]
    yield records


def _usual_batch(records: Records, batches: np.ndarray) -> float:
    """Time times speed, if the log's lines agree on it within 2%: the printed speed is a running mean."""
    batches = batches[np.isfinite(batches) & (batches > 0)]
    middle = float(np.median(batches)) if len(batches) else 0.0
    if not middle or np.quantile(np.abs(batches / middle - 1), 0.9) > 0.02:
        return 0.0
    power = 2.0 ** np.round(np.log2(middle))
    per_step = float(power) if abs(middle / power - 1) < 0.01 else float(np.round(middle))
    records.note(f"tokens taken as {per_step:g} a step, from time and tokens per second", len(batches))
    return per_step
