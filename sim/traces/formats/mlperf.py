"""MLPerf: `:::MLLOG {"time_ms": ..., "key": "eval_accuracy", "value": 2.7456, "metadata": {"epoch_num": 50331648}}`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from typing import Any

import numpy as np

from sim.traces.formats._ending import TORN
from sim.traces.formats._facts import since
from sim.traces.formats._runs import named
from sim.traces.formats._text import plain_lines, sure
from sim.traces.json_text import known, real
from sim.traces.raw import Raw
from sim.traces.source import Source

MARK = ":::MLLOG"
LANGUAGE_MODELS = ("gpt3", "llama", "deepseek")
FACTS = ("submission_benchmark", "submission_platform", "global_batch_size", "max_sequence_length", "seed")
LOSSES = {"eval_accuracy": "validation", "train_loss": "train"}
DAMAGED = "damaged entries left out"


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    return sure(source, lambda line: MARK in line and _entry(line), 0.95)


def read(source: Source) -> Iterator[Raw]:
    """The runs of the log, each from its `run_start`; a language model's `eval_accuracy` is its log perplexity."""
    yield from named(_runs(source))


def _runs(source: Source) -> Iterator[Raw]:
    run, entry, line, damaged = _Run(), None, "", 0
    for line in plain_lines(source, lambda line: MARK in line and _entry(line)):
        if MARK not in line:
            continue
        entry = _entry(line)
        if entry is None:
            damaged += 1
        elif entry.get("key") == "run_start":
            now = known(entry.get("time_ms")) / 1000
            if len(run.raw) and now > run.stop:
                yield run.done()
                run = _Run(facts={**run.facts, **run.later})
            run.start = now
        else:
            run.saw(entry)
    run.raw.cut = source.ends_cut and MARK in line and entry is None
    for what, lines in ((TORN, int(run.raw.cut)), (DAMAGED, damaged - run.raw.cut)):
        run.raw.notes += {what: lines}  # adding drops a count of none
    yield run.done()


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line[line.index(MARK) + len(MARK) :])
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


@dataclass
class _Run:
    """A run so far: moments in place of its seconds, counts of samples or tokens in place of its tokens.

    Attributes:
        facts: stated about it; `later`, after its end, which may be the next run's.
    """

    raw: Raw = field(default_factory=Raw)
    facts: dict[str, Any] = field(default_factory=dict)
    later: dict[str, Any] = field(default_factory=dict)
    start: float = nan
    stop: float = nan

    def saw(self, entry: dict[str, Any]) -> None:
        """An entry other than `run_start`."""
        key, more = str(entry.get("key")), entry.get("metadata")
        more = more if isinstance(more, dict) else {}
        now, loss = known(entry.get("time_ms")) / 1000, real(entry.get("value"))
        if key == "run_stop":
            self.stop = now
            if more.get("status") == "aborted":
                self.raw.note("the run was aborted")
        elif key in FACTS:
            (self.facts if isnan(self.stop) else self.later)[key] = entry.get("value")
        elif key in LOSSES and loss is not None:
            tokens, samples = known(more.get("epoch_num")), known(more.get("samples_count"))
            self.raw.add(tokens=tokens, samples=samples, seconds=now, **{LOSSES[key]: loss})
        elif key in LOSSES:
            self.raw.note("entries without a number left out")

    def done(self) -> Raw:
        """The run with the facts of its file."""
        raw, facts = self.raw, {**self.later, **self.facts}
        name = str(facts.get("submission_benchmark", "")).lower()[:80]
        if name and not name.startswith(LANGUAGE_MODELS):
            return Raw()
        if not name:
            raw.missing.append("the benchmark, without which eval_accuracy is taken as log perplexity,")
        seed = known(facts.get("seed"))
        raw.seed = int(seed) if isfinite(seed) and abs(seed) < 2.0**63 else None
        raw.dataset, raw.hardware = name, str(facts.get("submission_platform", ""))[:80]
        since(raw, self.start)
        self._steps(name, known(facts.get("max_sequence_length")), known(facts.get("global_batch_size")))
        raw.cut |= not isnan(self.start) and isnan(self.stop)
        return raw

    def _steps(self, name: str, length: float, batch: float) -> None:
        """Tokens from samples and steps from both, as far as the log states the tokens of a sample and the batch.

        `epoch_num` counts tokens for GPT-3; in others it does if it is a multiple of a whole batch's tokens.
        """
        raw, columns = self.raw, self.raw.columns
        with np.errstate(all="ignore"):
            if "tokens" in columns and "samples" not in columns and not name.startswith("gpt3"):
                counts_tokens = (np.nan_to_num(raw.column("tokens")) % (length * batch) == 0).all()
                raw.note(f"epoch_num taken as {'tokens' if counts_tokens else 'samples'}", len(raw))
                if not counts_tokens:
                    columns["samples"] = columns.pop("tokens")
            if "tokens" not in columns and length > 0:
                raw.put("tokens", raw.column("samples") * length)
            if batch > 0 and "samples" in columns:
                raw.put("step", raw.column("samples") / batch)
            elif batch > 0:
                raw.put("step", raw.column("tokens") / (length * batch))
