"""What is to be synthesised: one training run, as a person would describe it."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from policies.errors import InputError
from sim.settings import About, Settings
from sim.traces.curve import Kind
from sim.traces.laws import datasets, published
from sim.traces.laws.schedules import rates

SHAPE_SIZES = (25e6, 400e6)  #: sizes that the shape laws were fitted on
SHAPE_STEPS = (3_600, 165_000)  #: lengths of runs, in steps, that were compared with real ones
STEPS = (100, 5_000_000)  #: steps that a run may have: less is no curve, more would not fit into memory


@dataclass(frozen=True)
class Spec(Settings):
    """One run to be synthesised."""

    parameters: Annotated[
        float, About("N as the scaling law counts it (`published.LAWS[dataset].fitted_on`)", 1e4, 1e14)
    ]
    tokens: Annotated[float, About("tokens of the whole run", 1e4, 1e17)]
    dataset: Annotated[str, About("the scaling law's constants: what was trained on")] = "refinedweb"
    judged_on: Annotated[
        str, About("the set that the loss is measured on, one of `datasets.JUDGES`; the law's own when empty")
    ] = ""
    schedule: Annotated[str, About("one of `schedules.KINDS`")] = "cosine"
    warmup: Annotated[int | None, About("steps, as in `schedules.rates`", 0, STEPS[1])] = None
    start: Annotated[int | None, About("steps, as in `schedules.rates`", 0, STEPS[1])] = None
    end: Annotated[float, About("the last learning rate as a share of the peak", 1e-9, 1)] = 0.1
    tokens_per_step: Annotated[float, About("tokens of one optimiser step", 1, 1e12)] = 524_288.0
    law: Annotated[str, About("the shape, `annealing` or `multipower`")] = "annealing"
    gpu: Annotated[str, About("kind of GPU, for the time")] = "h100"
    gpus: Annotated[int, About("number of GPUs, for the time", 1, 1_000_000)] = 8
    points: Annotated[int, About("evenly spaced over the run; the last is at its end", 1, STEPS[1])] = 200
    kind: Annotated[
        Kind, About("`validation` losses on a fixed set, or `train`: means over the steps since the point before")
    ] = "validation"
    noise: Annotated[bool, About("whether seeds, points and steps differ by chance")] = True
    failure: Annotated[str, About("one of `failures.KINDS`; none when empty")] = ""
    seed: Annotated[
        int, About("seed of all random streams; curves of one seed and run number share their noise", 0, 2**63 - 1)
    ] = 0
    run: Annotated[int, About("number of the run, the curve's seed", 0, 2**31 - 1)] = 0

    @property
    def steps(self) -> int:
        """Optimiser steps of the run."""
        return max(1, round(self.tokens / self.tokens_per_step))

    @property
    def measured_on(self) -> str:
        """The set that the loss is of."""
        return self.judged_on or published.law(self.dataset).judged_on

    def rates(self) -> np.ndarray:
        """The learning rate of every step, scaled to the peak for which the shape laws hold."""
        return rates(self.schedule, self.steps, warmup=self.warmup, end=self.end, start=self.start)

    def final_loss(self) -> float:
        """The mean loss at the end of the run under a cosine to a tenth of the peak, nats per token."""
        law = published.law(self.dataset)
        if self.measured_on == law.judged_on:
            return float(law.loss(self.parameters, self.tokens))
        best = published.law("refinedweb").loss(self.parameters, self.tokens)
        compute = 6.0 * self.parameters * self.tokens
        return float(datasets.judged(best, compute, self.dataset, self.measured_on))

    def checked(self) -> "Spec":
        """Itself.

        Raises:
            InputError: a number makes no run.
        """
        if not STEPS[0] <= self.steps <= STEPS[1]:
            raise InputError(
                f"{self.tokens:g} tokens at {self.tokens_per_step:g} per step make {self.steps} steps, "
                f"but must make {STEPS[0]} to {STEPS[1]}: change the tokens or the tokens per step",
                ("tokens_per_step",),
            )
        if not 1 <= self.points <= self.steps:
            raise InputError(
                f"{self.points} points of {self.steps} steps, but must be 1 to the number of steps", ("points",)
            )
        return self

    def limits(self) -> list[str]:
        """Sentences about where the laws are stretched beyond the runs that they were fitted on."""
        known = (("parameters", self.parameters, SHAPE_SIZES), ("steps", self.steps, SHAPE_STEPS))
        outside = published.law(self.dataset).outside(self.parameters, self.tokens)
        return [f"outside the scaling law: {words}" for words in outside] + [
            f"outside the shape law: {value:.3g} {what}, known from {low:.3g} to {high:.3g}"
            for what, value, (low, high) in known
            if not low <= value <= high
        ]
