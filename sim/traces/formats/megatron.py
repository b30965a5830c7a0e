"""Megatron-LM, Megatron-DeepSpeed, GPT-NeoX: ` iteration 200/ 1000 | consumed samples: 25600 | lm loss: 7.7E+00 |`."""

import re
from collections.abc import Iterator
from math import isfinite, nan

import numpy as np

from sim.traces.reading.log import Log, allow_unprinted_end, sniffer
from sim.traces.reading.numbers import NUMBER
from sim.traces.reading.records import Records
from sim.traces.reading.source import Source

ITERATION = re.compile(r".{0,120}?\biteration\s{1,20}(\d++)/\s{0,20}(\d++) \|")
EVALUATED = re.compile(
    r"\s{0,9}valid(?:ation)? (?:loss|results) at (?:iteration (\d++)|the end of training)(.{0,80}?)\|"
)
LOSS = re.compile(rf"\| lm[ _]loss(?: value)?: ({NUMBER})(?= |\||$)")
TOKENS = re.compile(r"\| consumed tokens: {1,20}(\d++)")
SAMPLES = re.compile(r"\| consumed samples: {1,20}(\d++)")
TIME = re.compile(rf"\belapsed time per iteration \((ms|s)\): ({NUMBER})")
SKIPPED = re.compile(r"\| number of skipped iterations: {1,20}(\d++)")
ARGUMENT = re.compile(r"\s{0,9}(seq_length|seed|hidden_size|world_size) \.{3,80} ?(\d++)")


def _is_record(line: str) -> object:
    return ITERATION.match(line) or EVALUATED.match(line)


sniff = sniffer(_is_record, 0.95)


def read(source: Source) -> Iterator[Records]:
    """The run of the log: `lm loss` is the training loss, a mean over the iterations since the line before.

    Tokens are those consumed; where only samples are counted they follow if the log prints its `seq_length`.
    """
    log, arguments = Log(source, _is_record, records=Records(seconds_are="each")), dict[str, str]()
    records = log.records
    for line in log:
        if "iteration" in line and (found := ITERATION.match(line)):
            _add_iteration(log, line, found[1])
            records.planned_steps = float(found[2])
        elif "valid" in line and (found := EVALUATED.match(line)):
            if "test" in found[2]:
                records.note("losses on the test set left out")
            elif loss := LOSS.search(line, found.end() - 1):
                log.add("validation", found[1] or nan, validation=loss[1])
        elif "overflow" in line.lower():
            records.note("overflow lines")
        elif found := ARGUMENT.match(line):
            arguments[found[1]] = found[2]
    allow_unprinted_end(records)
    records.seed = int(arguments["seed"][:18]) if "seed" in arguments else None
    _fill_tokens(records, float(arguments.get("seq_length", nan)))
    yield records


def _add_iteration(log: Log, line: str, step: str) -> None:
    """A line of the training loop; one whose iterations were all skipped has no loss, but it has a time."""
    loss, time = LOSS.search(line), TIME.search(line)
    tokens, samples = TOKENS.search(line), SAMPLES.search(line)
    if loss is None:
        log.records.note("iterations without a loss (skipped)")
    if (skipped := SKIPPED.search(line)) and int(skipped[1][:9]):
        log.records.note("lines with skipped iterations")
    seconds = log.records.number(time[2]) * (0.001 if time[1] == "ms" else 1.0) if time else nan
    log.add(
        "iteration",
        step,
        tokens=float(tokens[1]) if tokens else nan,
        samples=float(samples[1]) if samples else nan,
        seconds=seconds,
        train=loss and loss[1],
    )


def _fill_tokens(records: Records, sequence: float) -> None:
    """Tokens from samples of a known length; and of validations before the first and after the last line with tokens.

    Before the first line they are in proportion to the iterations, as long as the batch does not grow; after the last
    one they go on at its rate.
    """
    with np.errstate(all="ignore"):
        step, tokens = records.column("step"), records.column("tokens")
        if isfinite(sequence) and not records.has("tokens"):
            tokens[:] = records.column("samples") * sequence
        there = np.flatnonzero(np.isfinite(tokens) & (step > 0))
        if not len(there):
            return
        there = there[np.argsort(step[there], kind="stable")]
        at, by = step[there], tokens[there]
        rate = by[0] / at[0]
        first, last = step < at[0], np.isnan(tokens) & (step > at[-1])
        if (by[:2] == at[:2] * rate).all():
            tokens[first] = step[first] * rate
        if last.any():
            rates = np.append(rate, np.diff(by) / np.diff(at))
            tokens[last] = by[-1] + (step[last] - at[-1]) * rates[np.isfinite(rates)][-1]
            records.note("tokens after the last line that states them carried on at its rate", int(last.sum()))
