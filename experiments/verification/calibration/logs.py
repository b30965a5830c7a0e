"""The validators' logs of November 2023 as arrays: steps, decoded histories, single samples, pages."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.submissions import read_race

STEPS = "steps_2023-11.jsonl"
HISTORY = "wandb_history/run*.jsonl"
SAMPLES = "persample_2023-11-06.jsonl"
PAGES = "uid_steps_2023-11-09.jsonl"

LOSS_KEY = re.compile(r"(?:average_loss/|avg_losses/|)(\d+)")  # the runs of the history name a mean loss differently
SHARE_KEY = re.compile(r"win_per_step/(\d+)")


@dataclass(frozen=True)
class Evaluations:
    """What a validator measured of a few models, one row per step.

    Attributes:
        models: their uids.
        loss: mean over a step's samples, nats per token `[steps, models]`.
        best: share of a step's samples on which the model had the lowest loss, the first one where several do
            `[steps, models]`; it may come from other steps than `loss`, because the history is not complete.
    """

    models: tuple[str, ...]
    loss: np.ndarray
    best: np.ndarray


def read_steps(folder: Path) -> Evaluations:
    """The log of 1,000 consecutive steps of five uids."""
    race = read_race(folder / STEPS)
    assert race.observed is not None  # noqa: S101 - a log of steps has observed losses
    models = tuple(name.removeprefix("uid ") for name in race.miner)
    best = [[step[uid].get("Win Percentage", 0.0) for uid in models] for step in _lines(folder / STEPS)]
    return Evaluations(models, race.observed.loss, np.array(best))


def read_history(folder: Path) -> Evaluations:
    """The steps of 4 November in which both uids of the decoded history have a value."""
    rows = [row for path in sorted(folder.glob(HISTORY)) for row in _lines(path)]
    models = tuple(sorted({found[1] for row in rows for key in row if (found := LOSS_KEY.fullmatch(key))}))
    loss = [values for row in rows if len(values := _named(row, LOSS_KEY)) == len(models)]
    share = [values for row in rows for values in [_named(row, SHARE_KEY)] if models[0] in values]
    first = np.array([values[models[0]] for values in share])  # there are two models, so the other has the rest
    return Evaluations(models, np.array([[v[uid] for uid in models] for v in loss]), np.stack([first, 1 - first], -1))


def read_samples(folder: Path) -> list[np.ndarray]:
    """Losses sample by sample of two unrelated models, nats per token, `[samples, 2]` for each of two steps."""
    steps = [[step[uid]["losses"] for uid in step if uid.isdigit()] for step in _lines(folder / SAMPLES)]
    return [np.array(losses).T for losses in steps]


def read_later(folder: Path) -> Evaluations:
    """Four steps of 9 November, of the uids whose model stayed the same; `best` is not in this log."""
    steps = [step["uid_data"] for step in _lines(folder / PAGES)]
    models = tuple(uid for uid in steps[0] if len({step[uid]["timestamp"] for step in steps}) == 1)
    loss = np.array([[step[uid]["average_loss"] for uid in models] for step in steps])
    return Evaluations(models, loss, np.full_like(loss, np.nan))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _named(row: dict[str, Any], key: re.Pattern[str]) -> dict[str, float]:
    return {found[1]: float(value) for name, value in row.items() if (found := key.fullmatch(name))}
