"""MLPerf: `:::MLLOG {"time_ms": ..., "key": "eval_accuracy", "value": 2.7456, "metadata": {"epoch_num": 50331648}}`."""

import json
from collections.abc import Iterator
from math import isfinite, isnan, nan
from typing import Any

import numpy as np

from sim.traces.reading.log import Log, count_seconds_from, number_runs, sniffer
from sim.traces.reading.numbers import float_or_nan, json_number
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
    yield from number_runs(_runs(source))


def _runs(source: Source) -> Iterator[Records]:
    records, start, stop, damaged, entry, line = Records(), nan, nan, 0, None, ""
    facts, later = dict[str, Any](), dict[str, Any]()  # later: stated after the run's end, which may be the next run's
    for line in Log(source, _entry):
        if MARK not in line:
            continue
        entry = _entry(line)
        if entry is None:
            damaged += 1
            continue
        key, value, now = str(entry.get("key")), entry.get("value"), float_or_nan(entry.get("time_ms")) / 1000
        more = entry.get("metadata")
        more = more if isinstance(more, dict) else {}
        if key == "run_start":
            if len(records) and now > stop:
                yield _finished(records, later | facts, start, stop)
                records, facts, later, stop = Records(), facts | later, {}, nan
            start = now
        elif key == "run_stop":
            stop = now
            if more.get("status") == "aborted":
                records.note("the run was aborted")
        elif key in FACTS:
            (facts if isnan(stop) else later)[key] = value
        elif key in LOSSES and (loss := json_number(value)) is not None:
            tokens, samples = float_or_nan(more.get("epoch_num")), float_or_nan(more.get("samples_count"))
            records.add(tokens=tokens, samples=samples, seconds=now, **{LOSSES[key]: loss})
        elif key in LOSSES:
            records.note("entries without a number left out")
    cut = records.cut = source.ends_cut and MARK in line and entry is None
    for what, lines in ((TORN, int(cut)), ("damaged entries left out", damaged - cut)):
        records.notes += {what: lines}  # adding drops a count of none
    yield _finished(records, later | facts, start, stop)


def _finished(records: Records, facts: dict[str, Any], start: float, stop: float) -> Records:
    """The run with the facts of its file; no records where it is another benchmark than a language model's.

    Tokens follow from samples and steps from both, as far as the log states the tokens of a sample and the batch.
    """
    name = str(facts.get("submission_benchmark", "")).lower()[:80]
    if name and not name.startswith(LANGUAGE_MODELS):
        return Records()
    if not name:
        records.missing.append("the benchmark, without which eval_accuracy is taken as log perplexity,")
    seed = float_or_nan(facts.get("seed"))
    records.seed = int(seed) if isfinite(seed) and abs(seed) < 2.0**63 else None
    records.dataset, records.hardware = name, str(facts.get("submission_platform", ""))[:80]
    count_seconds_from(records, start)
    length, batch = (float_or_nan(facts.get(fact)) for fact in ("max_sequence_length", "global_batch_size"))
    step, tokens, samples = (records.column(column) for column in ("step", "tokens", "samples"))
    with np.errstate(all="ignore"):
        # epoch_num counts tokens for GPT-3; in others it does if it is a multiple of a whole batch's tokens
        if records.has("tokens") and not records.has("samples") and not name.startswith("gpt3"):
            counts_tokens = (np.nan_to_num(tokens) % (length * batch) == 0).all()
            records.note(f"epoch_num taken as {'tokens' if counts_tokens else 'samples'}", len(records))
            if not counts_tokens:
                samples[:], tokens[:] = tokens, nan
        if length > 0 and not records.has("tokens"):
            tokens[:] = samples * length
        if batch > 0:
            step[:] = samples / batch if records.has("samples") else tokens / (length * batch)
    records.cut |= not isnan(start) and isnan(stop)
    return records
