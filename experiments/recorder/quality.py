"""What the choice of training text is worth: paired differences of final losses, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.estimate import estimate
from experiments.recorder import checkpoint
from experiments.recorder.corpus import Corpus
from experiments.recorder.job import Job
from experiments.recorder.machine import threads
from experiments.recorder.measure import evaluate, spread
from experiments.recorder.sizes import size_of

WINDOWS = 1_024
"""Of each evaluation corpus: eight times as many as on the way, because the sampling of text is the larger error."""
NORMAL_95 = 1.96


def final_losses(job: Job, folder: Path, held: Sequence[Corpus]) -> np.ndarray:
    """Losses of a finished model, nats per byte `[evaluations, windows]`; the same windows for every model.

    Args:
        job: what was recorded.
        folder: of its checkpoint.
        held: the evaluation corpora.
    """
    state = checkpoint.load(folder)
    assert state is not None and state["step"] == job.steps, f"{job.name} is not finished"  # noqa: S101, PT018
    size = size_of(job.size)
    with threads(job.threads):
        return np.array(
            [
                [
                    evaluate(state["weights"], size, window[None])
                    for window in spread(each.symbols, job.context, WINDOWS * job.context)
                ]
                for each in held
            ]
        )


def effects(jobs: Sequence[tuple[str, Job]], losses: dict[str, np.ndarray], held: Sequence[str]) -> dict[str, Any]:
    """Loss of what learnt from `clean` less that of what learnt from `raw`, all else equal; negative: clean is better.

    Args:
        jobs: the runs, each with the name of the text that it learnt from.
        losses: of each run by name, `[evaluations, windows]`.
        held: names of the evaluations.

    Returns:
        For each evaluation: `mean` with `seeds`, the 95 % interval for other seeds at these shapes and texts, and
        `windows`, that for other held-out text at these models; `pairs`: their number; `by_shape`: each shape's mean.
    """
    raw = {job.name: losses[job.name] for text, job in jobs if text == "raw"}
    pairs = {name: losses[name.replace("-raw-", "-clean-")] - each for name, each in raw.items()}
    shapes = [name.partition("-raw-")[0] for name in pairs]
    return {name: _effect(np.array([d[place] for d in pairs.values()]), shapes) for place, name in enumerate(held)}


def _effect(differences: np.ndarray, shapes: list[str]) -> dict[str, Any]:
    """Of `[pairs, windows]`."""
    over_seeds = estimate(differences.mean(axis=1), np.array(shapes))
    of_windows = differences.mean(axis=0)
    half = NORMAL_95 * float(of_windows.std(ddof=1)) / len(of_windows) ** 0.5
    means = {s: float(differences[[s == each for each in shapes]].mean()) for s in dict.fromkeys(shapes)}
    return {
        "mean": over_seeds.mean,
        "seeds": [over_seeds.lo, over_seeds.hi],
        "pairs": over_seeds.n,
        "windows": [over_seeds.mean - half, over_seeds.mean + half],
        "by_shape": means,
    }
