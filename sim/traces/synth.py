"""Synthesised curves: what a training run would log, from the laws of `sim.traces.laws`; nothing was measured."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Annotated

import numpy as np

from policies.errors import InputError, nearest
from sim.settings import About, Settings
from sim.streams import stream
from sim.traces.curve import Curve, Kind
from sim.traces.laws import datasets, noise, published, throughput
from sim.traces.laws.failures import add_failure
from sim.traces.laws.schedules import PEAK, rates
from sim.traces.laws.shapes import Annealing, MultiPower

SHAPES: dict[str, type[Annealing] | type[MultiPower]] = {"annealing": Annealing, "multipower": MultiPower}
SHAPE_SIZES = (25e6, 400e6)  #: sizes that the shape laws were fitted on
SHAPE_STEPS = (3_600, 165_000)  #: lengths of runs, in steps, that were compared with real ones
STEPS = (100, 5_000_000)  #: steps that a run may have: less is no curve, more would not fit into memory
FORMAT = "synthesised"  #: the format of synthesised curves; their source is the specification as JSON
FIRST_LOSS = float(np.log(50_257))  #: nats of an untrained model with GPT-2's vocabulary: no curve begins higher


@dataclass(frozen=True)
class Spec(Settings):
    """One run to be synthesised."""

    parameters: Annotated[float, About("N as the scaling law counts it (`published.LAWS`)", 1e4, 1e14)]
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

    def rates(self) -> np.ndarray:
        """The learning rate of every step, scaled to the peak for which the shape laws hold."""
        return rates(self.schedule, self.steps, warmup=self.warmup, end=self.end, start=self.start)


def synthesise(spec: Spec) -> Curve:
    """The curve of a run.

    The final loss under a cosine to a tenth is the scaling law's; the shape law says how far a point lies from it, so a
    schedule that ends hotter ends higher, by 0.07 to 0.09 nats for a constant rate.

    Raises:
        InputError: a name is unknown, or a number makes no run.
    """
    if not STEPS[0] <= spec.steps <= STEPS[1]:
        raise InputError(
            f"{spec.tokens:g} tokens at {spec.tokens_per_step:g} per step make {spec.steps} steps, "
            f"but must make {STEPS[0]} to {STEPS[1]}: change the tokens or the tokens per step",
            ("tokens_per_step",),
        )
    if not 1 <= spec.points <= spec.steps:
        raise InputError(
            f"{spec.points} points of {spec.steps} steps, but must be 1 to the number of steps", ("points",)
        )
    if spec.law not in SHAPES:
        raise InputError(f"no shape is called {spec.law!r}; {nearest(spec.law, SHAPES)}", ("law",))
    step = np.unique(np.round(np.linspace(0.0, spec.steps, spec.points + 1)[1:]))
    learning, at = spec.rates(), step.astype(int) - 1
    shape = SHAPES[spec.law].of_size(spec.parameters)
    cosine = rates("cosine", spec.steps, warmup=spec.warmup)
    above_end = shape.loss(learning, at) - shape.loss(cosine, [spec.steps - 1])
    scaling = published.law(spec.dataset)
    judged_on = spec.judged_on or scaling.judged_on
    end = float(scaling.loss(spec.parameters, spec.tokens))
    if judged_on != scaling.judged_on:
        best = published.law("refinedweb").loss(spec.parameters, spec.tokens)
        end = float(datasets.judged(best, 6.0 * spec.parameters * spec.tokens, spec.dataset, judged_on))
    warnings = [f"outside the scaling law: {words}" for words in scaling.warnings(spec.parameters, spec.tokens)]
    for what, value, (low, high) in (("parameters", spec.parameters, SHAPE_SIZES), ("steps", spec.steps, SHAPE_STEPS)):
        if not low <= value <= high:
            warnings.append(f"outside the shape law: {value:.3g} {what}, known from {low:.3g} to {high:.3g}")
    curve = Curve(
        f"{spec.dataset}-{spec.parameters:.3g}-{spec.tokens:.3g}-{spec.schedule}-{spec.run}",
        step,
        step * spec.tokens_per_step,
        _seconds(spec)[at],
        np.minimum(above_end + end, FIRST_LOSS) + _noise(spec, step, learning[at]),
        spec.kind,
        dataset=judged_on,
        hardware=f"{spec.gpus}x {spec.gpu.upper()}",
        parameters=float(spec.parameters),
        seed=spec.run,
        source=json.dumps(asdict(spec), default=float),  # numpy's numbers
        format=FORMAT,
        warnings=("synthesised: nothing here was measured", *warnings),
    )
    return add_failure(curve, spec.failure, _random(spec, "failure")) if spec.failure else curve


def runs(spec: Spec, count: int) -> Iterator[Curve]:
    """The curves of so many runs of one recipe, which differ by their seeds only, from the specification's on."""
    return (synthesise(replace(spec, run=spec.run + i)) for i in range(count))


def spec_of(curve: Curve) -> Spec | None:
    """What a synthesised curve was made from; `None` for one that was measured, or whose source says nothing."""
    try:
        return Spec(**json.loads(curve.source)) if curve.format == FORMAT else None
    except (TypeError, ValueError):
        return None


def _random(spec: Spec, purpose: str) -> np.random.Generator:
    return stream(spec.seed, "synthesised", spec.run, purpose)


def _noise(spec: Spec, step: np.ndarray, learning: np.ndarray) -> np.ndarray:
    if not spec.noise:
        return np.zeros(len(step))
    of_seed = noise.seed_offset(step / spec.steps, noise.seed_sd(spec.parameters), _random(spec, "seed"))
    if spec.kind == "train":
        sd = noise.batch_sd(spec.parameters, spec.tokens_per_step)
        of_points = noise.batches(sd, np.diff(step, prepend=0.0), _random(spec, "batches"))
    else:
        of_points = noise.validation(learning / PEAK, _random(spec, "validation"))
    return np.asarray(of_seed + of_points)


def _seconds(spec: Spec) -> np.ndarray:
    usual = throughput.seconds(spec.parameters, spec.tokens_per_step, spec.gpu, spec.gpus)
    if not spec.noise:
        return np.asarray(usual * np.arange(1, spec.steps + 1))
    return np.cumsum(noise.step_seconds(usual, spec.steps, _random(spec, "clock")))
