"""MLPerf: `:::MLLOG {"time_ms": ..., "key": "eval_accuracy", "value": 2.7456, "metadata": {"epoch_num": 50331648}}`."""

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from typing import Any

import numpy as np

from sim.traces.formats._runs import named
from sim.traces.formats._text import plain_lines, sure
from sim.traces.raw import Raw
from sim.traces.source import Source

MARK = ":::MLLOG"
LANGUAGE_MODELS = ("gpt3", "llama", "deepseek")
FACTS = ("submission_benchmark", "submission_platform", "submission_org", "global_batch_size", "max_sequence_length",
         "seed", "sequence_length")
DAMAGED = "damaged JSON left out"


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    return sure(source, lambda line: MARK in line and _entry(line), 0.95)


def read(source: Source) -> Iterator[Raw]:
    """The runs of the log, from `run_start` to `run_stop`; `eval_accuracy` of a language model is its log perplexity."""
    yield from named(_runs(source))


@dataclass
class _Run:
    """A run so far: its records with moments in place of seconds and counts in place of tokens."""

    raw: Raw = field(default_factory=Raw)
    facts: dict[str, Any] = field(default_factory=dict)
    start: float = nan
    stop: float = nan

    def done(self) -> Raw:
        raw, name = self.raw, str(self.facts.get("submission_benchmark", "")).lower()
        if not name:
            raw.missing.append("the name of the benchmark (eval_accuracy is taken as log perplexity)")
        elif not name.startswith(LANGUAGE_MODELS):
            raw.note(f"eval_accuracy of {name[:40]} is no log perplexity: left out", len(raw))
            return Raw(notes=raw.notes)
        raw.dataset = name
        raw.hardware = str(self.facts.get("submission_platform", ""))[:80]
        seed = _figure(self.facts.get("seed"))
        raw.seed = int(seed) if isfinite(seed) and abs(seed) < 2**63 else None
        self._clock()
        self._steps()
        if not isnan(self.start) and isnan(self.stop):
            raw.cut = True
            raw.note("no run_stop")
        return raw

    def _clock(self) -> None:
        if "seconds" in self.raw.columns:
            seconds = np.frombuffer(self.raw.columns["seconds"], dtype=np.float64)
            if isnan(self.start):
                self.start = float(np.nanmin(seconds))
                self.raw.note("seconds counted from the first record, the log has no run_start")
            seconds[:] = np.round((seconds - self.start) / 1000, 6)

    def _steps(self) -> None:
        """Steps from tokens, tokens from samples, as far as the log states the batch and the length of a sample."""
        length = _figure(self.facts.get("max_sequence_length", self.facts.get("sequence_length")))
        batch = _figure(self.facts.get("global_batch_size"))
        raw = self.raw
        with np.errstate(all="ignore"):
            if "tokens" not in raw.columns and "samples" in raw.columns and length > 0:
                raw.columns["tokens"] = array("d", (raw.column("samples") * length).tobytes())
            if "tokens" in raw.columns and length > 0 and batch > 0:
                raw.columns["step"] = array("d", (raw.column("tokens") / (length * batch)).tobytes())
            elif "samples" in raw.columns and batch > 0:
                raw.columns["step"] = array("d", (raw.column("samples") / batch).tobytes())


def _runs(source: Source) -> Iterator[Raw]:
    run, damaged = _Run(), 0
    for line in plain_lines(source, lambda line: MARK in line and _entry(line)):
        if MARK not in line:
            continue
        entry = _entry(line)
        if entry is None:
            run.raw.note(DAMAGED)
            continue
        key, now = entry.get("key"), _figure(entry.get("time_ms"))
        if key == "run_start":
            if now > run.stop:
                yield run.done()
                run = _Run(facts=run.facts)
            run.start = now
        elif key == "run_stop":
            run.stop = now
        elif key in FACTS:
            run.facts[str(key)] = entry.get("value")
        elif key in ("eval_accuracy", "train_loss"):
            _add(run.raw, entry, now)
    if source.ends_cut and entry_is_torn(line):
        run.raw.cut = True
    yield run.done()
