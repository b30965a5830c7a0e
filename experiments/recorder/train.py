"""The loop: batches, updates, validation, checkpoints; out come curves, one per evaluation corpus."""

# ruff: noqa: PLC0415 - torch is imported where something is trained, and nowhere else
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from experiments.recorder import checkpoint, model, optim, schedule
from experiments.recorder.corpus import Corpus, CorpusError
from experiments.recorder.machine import hardware
from sim.streams import stream
from sim.traces.curve import Curve

if TYPE_CHECKING:
    from torch import Tensor

EVALUATED = 32_768
"""Most targets of one evaluation corpus, in windows spread evenly over it: the same in every run, so runs are paired."""
TOGETHER = 32
"""Windows of an evaluation that are computed together."""


@dataclass(frozen=True)
class Job:
    """What is recorded.

    Attributes:
        name: of the run; a curve's run is `NAME/EVALUATION`.
        size, schedule, optimiser: by name.
        tokens: bytes to see, rounded down to whole steps.
        batch: windows per step; context: bytes per window.
        rate: peak learning rate.
        seed: of weights and batches.
        every: steps between validations; the first and the last step are always measured.
        threads: of the CPU; another number may change the last bits of a loss.
    """

    name: str
    size: str
    schedule: str
    optimiser: str
    tokens: float
    batch: int = 16
    context: int = 128
    rate: float = 1e-3
    seed: int = 0
    every: int = 50
    threads: int = 1

    @property
    def steps(self) -> int:
        """Updates of the whole run."""
        return int(self.tokens // (self.batch * self.context))


def record(job: Job, text: Corpus, evaluations: list[Corpus], device: str = "cpu", folder: Path | None = None,
           progress: Callable[[int], object] = lambda step: None) -> list[Curve]:
    """Train a model and measure it on the way.

    Args:
        job: the recipe.
        text: what it learns from.
        evaluations: what it is measured on; at most 32,768 bytes of each.
        device: `cpu` or `cuda`.
        folder: of the checkpoint, written at every validation; a recording that was killed goes on from there.
        progress: told the number of steps done.

    Returns:
        A curve per evaluation, validation loss in nats per byte. Deterministic on the CPU, resumed or not, except for `seconds`.

    Raises:
        CorpusError: a text has fewer bytes than one window.
        CheckpointError: the folder's checkpoint is damaged or belongs to another recording.
    """
    import torch

    for each in (text, *evaluations):
        if len(each.symbols) <= job.context:
            raise CorpusError(f"{each.name} has {len(each.symbols)} bytes; a context of {job.context} needs at least "
                              f"{job.context + 1}: give more text, or a smaller --context")
    before = torch.get_num_threads()
    torch.set_num_threads(job.threads)
    try:
        return _Recording(job, text, evaluations, device, folder).run(progress)
    finally:
        torch.set_num_threads(before)


class _Recording:
    def __init__(self, job: Job, text: Corpus, evaluations: list[Corpus], device: str, folder: Path | None) -> None:
        import torch

        self.job, self.text, self.evaluations, self.device, self.folder = job, text, evaluations, device, folder
        self.size = model.size_of(job.size)
        self.weights = model.weights(self.size, job.seed, device)
        self.optimiser = optim.Optimiser(self.weights, cast(optim.Kind, job.optimiser))
        self.fixed = [torch.from_numpy(_spread(each.symbols, job.context)).to(device) for each in evaluations]
        self.step, self.seconds = 0, 0.0
        self.losses: list[list[float]] = []
        self.warnings: list[str] = []
        texts = [(each.name, each.digest) for each in (text, *evaluations)]
        self.recipe = hashlib.sha256(json.dumps([asdict(job), texts, device]).encode()).hexdigest()

    def run(self, progress: Callable[[int], object]) -> list[Curve]:
        self._go_on()
        while True:
            if (self.step % self.job.every == 0 or self.step == self.job.steps) and not self._measured():
                self.losses.append([self.step, self.seconds, *(self._loss(windows) for windows in self.fixed)])
                self._keep()
            progress(self.step)
            if self.step == self.job.steps or not np.isfinite(self.losses[-1][2:]).all():
                return self._curves()
            self._update()

    def _go_on(self) -> None:
        state = checkpoint.load(self.folder, self.recipe, self.device) if self.folder is not None else None
        if state is None:
            return
        for name, weight in self.weights.items():
            weight.data.copy_(state["weights"][name])
        self.optimiser.load(state["optimiser"])
        self.step, self.seconds, self.losses, self.warnings = (state[k] for k in ("step", "seconds", "losses", "warnings"))
        if self.step < self.job.steps:
            self.warnings.append(f"restarted from the checkpoint of step {self.step}; updates after it were repeated")

    def _keep(self) -> None:
        if self.folder is not None:
            kept = {name: weight.detach() for name, weight in self.weights.items()}
            checkpoint.save(self.folder, {"recipe": self.recipe, "step": self.step, "weights": kept, "seconds": self.seconds,
                                          "optimiser": self.optimiser.state(), "losses": self.losses, "warnings": self.warnings})

    def _measured(self) -> bool:
        return bool(self.losses) and self.losses[-1][0] == self.step

    def _update(self) -> None:
        started = perf_counter()
        job = self.job
        drawn = stream(job.seed, "recorder", "batch", self.step)  # by step: nothing to keep in a checkpoint
        starts = drawn.integers(0, len(self.text.symbols) - job.context, size=job.batch)
        loss, targets = model.nats(self.weights, self.size, _tensor(self.text.symbols, starts, job.context, self.device))
        (loss / max(1, targets)).backward()  # type: ignore[no-untyped-call]
        self.optimiser.step(job.rate * schedule.fraction(job.schedule, self.step, job.steps))
        self.step += 1
        self.seconds += perf_counter() - started

    def _loss(self, windows: Tensor) -> float:
        import torch

        with torch.no_grad():
            found = [model.nats(self.weights, self.size, part.long()) for part in windows.split(TOGETHER)]
        return sum(float(loss) for loss, _ in found) / max(1, sum(count for _, count in found))

    def _curves(self) -> list[Curve]:
        return [self._curve(each, place) for place, each in enumerate(self.evaluations)]

    def _curve(self, evaluation: Corpus, place: int) -> Curve:
        step, seconds, *losses = np.array(self.losses, dtype=np.float64).T
        loss = losses[place]
        there = np.isfinite(loss)
        flags = [*(["diverged"] if not there[-1] else []), *(["restarted"] if self.warnings else [])]
        job = self.job
        return Curve(f"{job.name}/{evaluation.name}", step[there], step[there] * job.batch * job.context, seconds[there],
                     loss[there], "validation", dataset=evaluation.name, hardware=hardware(self.device, job.threads),
                     parameters=float(self.size.parameters), seed=job.seed, flags=tuple(flags), source="steepest traces record",
                     format="recorded", warnings=(*self.warnings, *self.text.warnings, *evaluation.warnings))


def _spread(symbols: np.ndarray, context: int) -> np.ndarray:
    """int16 windows `[windows, context + 1]` that do not overlap, spread evenly."""
    there = (len(symbols) - 1) // context
    chosen = np.linspace(0, there - 1, max(1, min(there, EVALUATED // context))).astype(int) * context
    return symbols[chosen[:, None] + np.arange(context + 1)].astype(np.int16)


def _tensor(symbols: np.ndarray, starts: np.ndarray, context: int, device: str) -> Tensor:
    import torch

    return torch.from_numpy(symbols[starts[:, None] + np.arange(context + 1)].astype(np.int64)).to(device)
