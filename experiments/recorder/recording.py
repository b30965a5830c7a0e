"""One training run, step by step: updates, validation, checkpoints; and the loss curves that it gives."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import cast

import numpy as np

from experiments.files import sweep, unfinished
from experiments.recorder import checkpoint, model, optim
from experiments.recorder.job import Job
from experiments.recorder.machine import hardware, threads
from experiments.recorder.text import Corpus, require
from sim.streams import stream
from sim.traces.curve import Curve, write_library


def record(
    job: Job,
    text: Corpus,
    evaluations: Sequence[Corpus],
    device: str = "cpu",
    folder: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Curve]:
    """Train a model and measure it on the way.

    Args:
        job: the recipe.
        text: what it learns from.
        evaluations: what it is measured on; at most 16,384 bytes of each.
        device: `cpu` or `cuda`.
        folder: of the checkpoint, written at every validation; a recording that was killed goes on from there.
        progress: told (steps done, steps in all).

    Returns:
        A curve per evaluation: validation loss in nats per byte, `seconds` of training without validation. A seed gives
        the same losses on one CPU, resumed or not; a run that diverges ends there.

    Raises:
        CorpusError: a text has fewer bytes than one window.
        CheckpointError: the folder's checkpoint is damaged or belongs to another recording.
    """
    for each in (text, *evaluations):
        require(each, job.context)
    if folder is not None:
        sweep(folder)
    with threads(job.threads):
        return Recording(job, text, evaluations, device, folder).run(progress)


def write_curves(path: Path, curves: Iterable[Curve]) -> None:
    """Write a library under a temporary name and rename it."""
    with unfinished(path) as temporary:
        write_library(temporary, curves)


class Recording:
    """A training run that may have begun earlier; the arguments are those of `record`."""

    def __init__(self, job: Job, text: Corpus, evaluations: Sequence[Corpus], device: str, folder: Path | None) -> None:
        self.job, self.text, self.evaluations, self.device, self.folder = job, text, evaluations, device, folder
        self.size = model.size_of(job.size)
        self.weights = model.weights(self.size, job.seed, device)
        self.optimiser = optim.Optimiser(self.weights, cast(optim.Optimisation, job.optimiser))
        self.rates = optim.learning_rates(job.schedule, job.steps, job.rate)
        self.fixed = [model.spread(each.symbols, job.context) for each in evaluations]
        self.step, self.seconds = 0, 0.0
        self.losses: list[list[float]] = []  #: step, seconds, and the loss of each evaluation
        self.warnings: list[str] = []
        texts = [(each.name, each.digest) for each in (text, *evaluations)]
        self.recipe = hashlib.sha256(json.dumps([asdict(job), texts, device]).encode()).hexdigest()
        state = None if folder is None else checkpoint.load(folder, self.recipe, device)
        if state is None:
            return
        for name, weight in self.weights.items():
            weight.data.copy_(state["weights"][name])
        self.optimiser.load(state["optimiser"])
        self.step, self.seconds, self.losses = state["step"], state["seconds"], state["losses"]
        self.warnings = state["warnings"]
        if not self._has_ended():
            self.warnings.append(f"restarted from the checkpoint of step {self.step}; what came after it is done again")

    def run(self, progress: Callable[[int, int], None]) -> list[Curve]:
        """Train and measure to the end."""
        while True:
            due = self.step % self.job.every == 0 or self.step == self.job.steps
            if due and (not self.losses or self.losses[-1][0] != self.step):
                self._measure()
            progress(self.step, self.job.steps)
            if self._has_ended():
                return [self._curve(each, place) for place, each in enumerate(self.evaluations)]
            self._update()

    def _has_ended(self) -> bool:
        return self.step == self.job.steps or not bool(np.isfinite(self.losses[-1][2:]).all())

    def _measure(self) -> None:
        losses = [model.evaluate(self.weights, self.size, windows, self.device) for windows in self.fixed]
        self.losses.append([self.step, self.seconds, *losses])
        if self.folder is not None:
            weights = {name: weight.detach() for name, weight in self.weights.items()}
            state = {"recipe": self.recipe, "step": self.step, "seconds": self.seconds, "losses": self.losses}
            state |= {"weights": weights, "optimiser": self.optimiser.state(), "warnings": self.warnings}
            checkpoint.save(self.folder, state)

    def _update(self) -> None:
        started, job = perf_counter(), self.job
        drawn = stream(job.seed, "recorder", "batch", self.step)  # by step: a checkpoint has no state of it to keep
        starts = drawn.integers(0, len(self.text.symbols) - job.context, size=job.batch)
        windows = self.text.symbols[starts[:, None] + np.arange(job.context + 1)]
        loss, targets = model.nats(self.weights, self.size, model.tensor(windows, self.device))
        (loss / max(1, targets)).backward()  # type: ignore[no-untyped-call]
        self.optimiser.step(float(self.rates[self.step]))
        self.step += 1
        self.seconds += perf_counter() - started

    def _curve(self, evaluation: Corpus, place: int) -> Curve:
        step, seconds, *losses = np.array(self.losses, dtype=np.float64).T
        there = np.isfinite(losses[place])
        flags = ["diverged"] * (not there[-1]) + ["restarted"] * bool(self.warnings)
        tokens = step * self.job.batch * self.job.context
        return Curve(
            f"{self.job.name}/{evaluation.name}",
            step[there],
            tokens[there],
            seconds[there],
            losses[place][there],
            "validation",
            dataset=evaluation.name,
            seed=self.job.seed,
            hardware=hardware(self.device, self.job.threads),
            parameters=float(self.size.parameters),
            flags=tuple(flags),
            source="steepest traces record",
            format="recorded",
            warnings=(*self.warnings, *self.text.warnings, *evaluation.warnings),
        )
