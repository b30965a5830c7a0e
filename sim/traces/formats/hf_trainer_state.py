"""Hugging Face's `trainer_state.json`: facts, and a flat `log_history` of training, evaluation and summary entries."""

from collections import Counter
from collections.abc import Iterator
from math import nan
from typing import Any

from sim.traces.json_text import Cursor, CutError, known, real
from sim.traces.names import loss_of
from sim.traces.raw import Raw
from sim.traces.source import Source, Unreadable

SUMMARY = "train_loss"
"""The mean over the whole run, in its last entry."""


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1, from the head of the file."""
    return 0.95 if source.head.lstrip("\ufeff \t\r\n").startswith("{") and '"log_history"' in source.head else 0.0


def read(source: Source) -> Iterator[Raw]:
    """The run, or one run per evaluation set where there are several.

    Raises:
        Unreadable: `log_history` is no list, or the file is too large.
    """
    facts: dict[str, Any] = {}
    entries: list[dict[str, float]] = []
    notes: Counter[str] = Counter()
    cut = False
    try:
        _walk(Cursor(source), facts, entries, notes)
    except CutError:
        cut = True
    groups = list(dict.fromkeys(key for entry in entries for key in entry if _is_evaluation(key)))
    for key in groups or [""]:
        raw = _run(key, entries, several=len(groups) > 1)
        raw.cut = cut
        raw.planned_steps = known(facts.get("max_steps"))
        raw.notes.update(notes)
        _count_tokens(raw, facts)
        yield raw


def _walk(cursor: Cursor, facts: dict[str, Any], entries: list[dict[str, float]], notes: Counter[str]) -> None:
    """Fill in what the file says, as far as it goes; of the entries, only numbers."""
    for key in cursor.members():
        if key != "log_history":
            if cursor.next not in "[{":
                facts[key] = cursor.value()
            continue
        if cursor.next != "[":
            raise Unreadable("is like a trainer state, but its log_history is no list")
        for _ in cursor.items():
            entry = cursor.value()
            if isinstance(entry, dict):
                entries.append({k: v for k, value in entry.items() if (v := real(value)) is not None})
            else:
                notes["entries that are no object left out"] += 1


def _is_evaluation(key: str) -> bool:
    found = loss_of(key)
    return found is not None and found.kind == "validation" and found.unit == "nats"


def _run(key: str, entries: list[dict[str, float]], several: bool) -> Raw:
    """The run as one evaluation set sees it."""
    raw = Raw()
    loss = loss_of(key)
    if loss:
        raw.dataset = loss.group
        if several:
            raw.run, raw.loss_column = loss.group or key, key
    for entry in entries:
        if SUMMARY in entry and "loss" not in entry:
            continue
        raw.add(
            entry.get("step", nan),
            tokens=entry.get("num_input_tokens_seen") or nan,  # 0 where counting was off
            validation=entry.get(key),
            train=entry.get("loss"),
        )
    if not raw.mask("validation").any() and raw.mask("train").any():
        raw.note("the loss is the mean since the entry before, so it lags", int(raw.mask("train").sum()))
    return raw


def _count_tokens(raw: Raw, facts: dict[str, Any]) -> None:
    """Tokens of every record from the file's total, where the entries have none."""
    total, steps = known(facts.get("num_input_tokens_seen")), known(facts.get("global_step"))
    if "tokens" in raw.columns or not total > 0 or not steps > 0 or not len(raw):
        return
    tokens = raw.column("step") * (total / steps)
    raw.note("tokens follow from the state's total and its number of steps", len(raw))
    raw.put("tokens", tokens)
