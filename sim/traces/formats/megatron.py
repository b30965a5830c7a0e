"""Megatron-LM, Megatron-DeepSpeed, GPT-NeoX: ` iteration 200/ 1000 | consumed samples: 25600 | lm loss: 7.7E+00 |`."""

import re
from collections.abc import Iterator
from math import isfinite, nan

import numpy as np

from sim.traces.formats._ending import Ending
from sim.traces.formats._facts import allow_unprinted_end
from sim.traces.formats._text import plain_lines, sure
from sim.traces.raw import NUMBER, Raw, number
from sim.traces.source import Source

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
OVERFLOW = "overflow lines"


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    return sure(source, lambda line: ITERATION.match(line) or EVALUATED.match(line), 0.95)


def read(source: Source) -> Iterator[Raw]:
    """The run of the log: `lm loss` is the training loss, a mean over the iterations since the line before.

    Tokens are those consumed; where only samples are counted they follow if the log prints its `seq_length`.
    """
    raw, ending, line, arguments = Raw(seconds_are="each"), Ending(), "", dict[str, str]()
    for line in plain_lines(source, lambda line: ITERATION.match(line) or EVALUATED.match(line)):
        if "iteration" in line and (found := ITERATION.match(line)):
            _iteration(raw, line, float(found[1]), float(found[2]))
            ending.saw("iteration", line)
        elif "valid" in line and (found := EVALUATED.match(line)):
            if "test" in found[2]:
                raw.note("losses on the test set left out")
            elif loss := LOSS.search(line, found.end() - 1):
                step = float(found[1]) if found[1] else nan
                raw.add(step, validation=number(loss[1], raw, decimal=True))
                ending.saw("validation", line)
        elif "overflow" in line.lower():
            raw.note(OVERFLOW)
        elif found := ARGUMENT.match(line):
            arguments[found[1]] = found[2]
    ending.close(raw, source, line)
    allow_unprinted_end(raw)
    raw.seed = int(arguments["seed"][:18]) if "seed" in arguments else None
    _tokens(raw, number(arguments.get("seq_length", "")))
    yield raw


def _iteration(raw: Raw, line: str, step: float, planned: float) -> None:
    """A line of the training loop; one whose iterations were all skipped has no loss, and is told by its time alone."""
    loss, time = LOSS.search(line), TIME.search(line)
    tokens, samples = TOKENS.search(line), SAMPLES.search(line)
    if loss is None:
        raw.note("iterations without a loss (skipped)")
    if (skipped := SKIPPED.search(line)) and int(skipped[1][:9]):
        raw.note("lines with skipped iterations")
    raw.add(
        step,
        tokens=float(tokens[1]) if tokens else nan,
        samples=float(samples[1]) if samples else nan,
        seconds=number(time[2], raw) * (0.001 if time[1] == "ms" else 1.0) if time else nan,
        train=number(loss[1], raw, decimal=True) if loss else None,
    )
    raw.planned_steps = planned


def _tokens(raw: Raw, sequence: float) -> None:
    """Tokens from samples of a known length; and of validations before the first and after the last line with tokens.

    Before the first line they are in proportion to the iterations, as long as the batch does not grow; after the last
    one they go on at its rate.
    """
    with np.errstate(all="ignore"):
        if "tokens" not in raw.columns and isfinite(sequence):
            raw.put("tokens", raw.column("samples") * sequence)
        step, tokens = raw.column("step"), raw.column("tokens").copy()
        known = np.flatnonzero(np.isfinite(tokens) & (step > 0))
        if not len(known):
            return
        known = known[np.argsort(step[known], kind="stable")]
        at, by = step[known], tokens[known]
        rate = by[0] / at[0]
        first, last = step < at[0], np.isnan(tokens) & (step > at[-1])
        if (by[:2] == at[:2] * rate).all():
            tokens[first] = step[first] * rate
        if last.any():
            rates = np.append(rate, np.diff(by) / np.diff(at))
            tokens[last] = by[-1] + (step[last] - at[-1]) * rates[np.isfinite(rates)][-1]
            raw.note("tokens after the last line that states them carried on at its rate", int(last.sum()))
    raw.put("tokens", tokens)
