"""A validator's log as a race: JSON lines, one step each, such as `{"213": {"loss": 3.81}, "pages": []}`."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.submissions.limits import MOST_LOSSES, RaceError, shown
from experiments.submissions.rows import agreed_unit, check_span
from sim.clock import BLOCK_SECONDS
from sim.race.race import Observed, Race

STEP_SECONDS = 43
"""From one step to the next, about: README of the recorded steps (unconst/pretrain-subnet, 2e47c6b0fa85)."""

MOST_LOSS = 1e12
"""So large that no validator writes it, so small that sums of it stay finite."""

UID = re.compile(r"[0-9]{1,9}")


def is_step(content: dict[str, Any]) -> bool:
    """Whether a JSON object is a step of a validator's log: whether any of its keys is a uid."""
    return any(UID.fullmatch(key) for key in content)


def race_of_log(
    path: Path, objects: Iterable[tuple[int, dict[str, Any]]], days_per_day: float, unit: str | None, name: str
) -> Race:
    """The models that a validator evaluated, one submission per uid, with the validator's own losses.

    Args:
        path: the file, for messages.
        objects: its steps, each with its line.
        days_per_day, unit, name: as in `read_race`.

    Keys of a step that are digits are uids, others are ignored. A loss that is missing, null or not finite is
    inf in `observed`; a uid that never has a finite one is left out. Models are senior in the order in which
    they first appear, then by uid, one block apart; steps follow `STEP_SECONDS` apart. The true loss of a
    model is its mean without the steps' common level: the mean of all losses, plus the mean over the model's
    steps of its loss less the step's mean.

    Raises:
        RaceError: a loss that is not positive, or nothing to make a race of.
    """
    if days_per_day * STEP_SECONDS < BLOCK_SECONDS:
        raise RaceError(
            f"{path}: days_per_day is {days_per_day:g}, but steps {STEP_SECONDS} s apart must "
            f"not fall into one block of {BLOCK_SECONDS} s; choose 0.28 or more"
        )
    steps = [
        {int(key): _loss(path, line, key, value) for key, value in content.items() if UID.fullmatch(key)}
        for line, content in objects
    ]
    check_span(path, len(steps) * STEP_SECONDS / BLOCK_SECONDS * days_per_day, days_per_day)
    finite = {uid for step in steps for uid, loss in step.items() if math.isfinite(loss)}
    first: dict[int, int] = {}  # by seniority, the step in which each model first appears
    for number, step in enumerate(steps):
        for uid in sorted(step.keys() & finite):
            first.setdefault(uid, number)
    if not first:
        raise RaceError(f"{path}: no uid has a finite loss in any step, but a race needs one; check the log")
    if len(steps) * len(first) > MOST_LOSSES:
        raise RaceError(
            f"{path}: has {len(steps):,} steps of {len(first):,} uids, but steps times uids may "
            f"be {MOST_LOSSES:,}; keep fewer lines"
        )
    appeared = Counter(first.values())
    block, moments = _blocks([appeared[number] for number in range(len(steps))], days_per_day)
    seen = np.array([[step.get(uid, math.inf) for uid in first] for step in steps])
    there = np.isfinite(seen)
    known, count = np.where(there, seen, 0.0), there.sum(axis=1, keepdims=True)
    apart = np.where(there, known - known.sum(axis=1, keepdims=True) / np.maximum(count, 1), 0.0)
    loss = known.sum() / there.sum() + apart.sum(axis=0) / there.sum(axis=0)
    if not np.all(loss > 0):
        raise RaceError(
            f"{path}: a mean loss without the steps' level is {loss.min():g}, but must be "
            "positive; keep steps of one model class"
        )
    unit = agreed_unit(path, [("the argument unit", unit), ("a validator's log", "nats")])
    miners, unknown = tuple(f"uid {uid}" for uid in first), np.full(len(first), np.nan)
    return Race(name, unit, block, miners, loss, unknown, ((),) * len(first), observed=Observed(moments, seen))


def _loss(path: Path, line: int, uid: str, entry: Any) -> float:
    """The loss of a uid in a step, inf where there is none."""
    described = isinstance(entry, dict)
    given = entry.get("loss") if described else entry
    if given is None or (described and isinstance(given, float) and not math.isfinite(given)):
        return math.inf
    number = described and isinstance(given, int | float) and not isinstance(given, bool)
    if not (number and 0 < given <= MOST_LOSS):
        raise RaceError(
            f"{path}: line {line}, uid {uid}: is {shown(given)}, but must be an object whose "
            f"loss is null or a positive number up to {MOST_LOSS:g}; correct it"
        )
    return float(given)


def _blocks(newcomers: Sequence[int], days_per_day: float) -> tuple[np.ndarray, np.ndarray]:
    """Commit blocks of the models and blocks of the steps, int64, from the number of new models in each step.

    A model that first appears in a later step is committed at that step's block. Where several do, the last
    one is, and the others on the blocks before it; a step waits where these blocks are taken.
    """
    commits: list[int] = []
    moments: list[int] = []
    for number, count in enumerate(newcomers):
        due = newcomers[0] + round(number * STEP_SECONDS / BLOCK_SECONDS * days_per_day)
        # The first block of a race is 0.
        begin = max(due - count + 1, commits[-1] + 1) if commits else 0
        commits += range(begin, begin + count)
        moments.append(max(due, commits[-1] if commits else 0, moments[-1] + 1 if moments else 0))
    return np.array(commits, dtype=np.int64), np.array(moments, dtype=np.int64)
