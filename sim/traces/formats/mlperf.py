"""MLPerf: `:::MLLOG {"time_ms": ..., "key": "eval_accuracy", "value": 2.7456, "metadata": {"epoch_num": 50331648}}`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from typing import Any

import numpy as np

from sim.traces.reading.log import Log, count_seconds_from, named, sniffer
from sim.traces.reading.numbers import known, real
from sim.traces.reading.records import TORN, Records
from sim.traces.reading.source import Source

MARK = ":::MLLOG"
LANGUAGE_MODELS = ("gpt3", "llama", "deepseek")
FACTS = ("submission_benchmark", "submission_platform", "global_batch_size", "max_sequence_length", "seed")
LOSSES = {"eval_accuracy": "validation", "train_loss": "train"}


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line[line.index(MARK) + len(MARK) :])
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


sniff = sniffer(_entry, 0.95)


def read(source: Source) -> Iterator[Records]:
    """The runs of the log, each from its `run_start`; a language model's `eval_accuracy` is its log perplexity."""
    yield from named(_runs(source))


def _runs(source: Source) -> Iterator[Records]:
    run, entry, line, damaged = _Run(), None, "", 0
    for line in Log(source, _entry):
        if MARK not in line:
            continue
        entry = _entry(line)
        if entry is None:
            damaged += 1
        elif entry.get("key") == "run_start":
            now = known(entry.get("time_ms")) / 1000
            if len(run.records) and now > run.stop:
                yield run.done()
                run = _Run(facts={**run.facts, **run.later})
            run.start = now
        else:
            run.add(entry)
    cut = run.records.cut = source.ends_cut and MARK in line and entry is None
    for what, lines in ((TORN, int(cut)), ("damaged entries left out", damaged - cut)):
        run.records.notes += {what: lines}  # adding drops a count of none
    yield run.done()


@dataclass
class _Run:
    """A run so far: moments in place of its seconds, counts of samples or tokens in place of its tokens."""

    records: Records = field(default_factory=Records)
    facts: dict[str, Any] = field(default_factory=dict)  #: stated about it
    later: dict[str, Any] = field(default_factory=dict)  #: stated after its end, which may be the next run's
    start: float = nan
    stop: float = nan

    def add(self, entry: dict[str, Any]) -> None:
        """An entry other than `run_start`."""
        key, more = str(entry.get("key")), entry.get("metadata")
        more = more if isinstance(more, dict) else {}
        now, loss = known(entry.get("time_ms")) / 1000, real(entry.get("value"))
        if key == "run_stop":
            self.stop = now
            if more.get("status") == "aborted":
                self.records.note("the run was aborted")
        elif key in FACTS:
            (self.facts if isnan(self.stop) else self.later)[key] = entry.get("value")
        elif key in LOSSES and loss is not None:
            tokens, samples = known(more.get("epoch_num")), known(more.get("samples_count"))
            self.records.add(tokens=tokens, samples=samples, seconds=now, **{LOSSES[key]: loss})
        elif key in LOSSES:
            self.records.note("entries without a number left out")

    def done(self) -> Records:
        """The run with the facts of its file; no records where it is another benchmark than a language model's."""
        records, facts = self.records, {**self.later, **self.facts}
        name = str(facts.get("submission_benchmark", "")).lower()[:80]
        if name and not name.startswith(LANGUAGE_MODELS):
            return Records()
        if not name:
            records.missing.append("the benchmark, without which eval_accuracy is taken as log perplexity,")
        seed = known(facts.get("seed"))
        records.seed = int(seed) if isfinite(seed) and abs(seed) < 2.0**63 else None
        records.dataset, records.hardware = name, str(facts.get("submission_platform", ""))[:80]
        count_seconds_from(records, self.start)
        _fill_steps(records, name, known(facts.get("max_sequence_length")), known(facts.get("global_batch_size")))
        records.cut |= not isnan(self.start) and isnan(self.stop)
        return records


def _fill_steps(records: Records, name: str, length: float, batch: float) -> None:
    """Tokens from samples and steps from both, as far as the log states the tokens of a sample and the batch.

    `epoch_num` counts tokens for GPT-3; in others it does if it is a multiple of a whole batch's tokens.
    """
    step, tokens, samples = (records.column(column) for column in ("step", "tokens", "samples"))
    with np.errstate(all="ignore"):
        if records.has("tokens") and not records.has("samples") and not name.startswith("gpt3"):
            counts_tokens = (np.nan_to_num(tokens) % (length * batch) == 0).all()
            records.note(f"epoch_num taken as {'tokens' if counts_tokens else 'samples'}", len(records))
            if not counts_tokens:
                samples[:], tokens[:] = tokens, nan
        if length > 0 and not records.has("tokens"):
            tokens[:] = samples * length
        if batch > 0:
            step[:] = samples / batch if records.has("samples") else tokens / (length * batch)
