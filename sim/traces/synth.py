"""Synthesised curves: what a training run would log, from the laws of `sim.traces.laws`; nothing was measured."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np

from policies.errors import InputError, nearest
from sim.streams import stream
from sim.traces.curve import Curve
from sim.traces.laws import noise, throughput
from sim.traces.laws.failures import failed
from sim.traces.laws.schedules import PEAK, rates
from sim.traces.laws.shapes import Annealing, MultiPower
from sim.traces.spec import Spec

SHAPES: dict[str, type[Annealing] | type[MultiPower]] = {"annealing": Annealing, "multipower": MultiPower}
FORMAT = "synthesised"  #: the format of synthesised curves; their source is the specification as JSON
FIRST_LOSS = float(np.log(50_257))  #: nats of an untrained model with GPT-2's vocabulary: no curve begins higher


def synthesise(spec: Spec) -> Curve:
    """The curve of a run.

    The final loss under a cosine to a tenth is the scaling law's; the shape law says how far a point lies from it, so a
    schedule that ends hotter ends higher, by 0.07 to 0.09 nats for a constant rate.

    Raises:
        InputError: a name is unknown, or a number makes no run.
    """
    spec = spec.checked()
    step = np.unique(np.round(np.linspace(0.0, spec.steps, spec.points + 1)[1:]))
    learning, at = spec.rates(), step.astype(int) - 1
    loss = np.minimum(_shape(spec, learning, at) + spec.final_loss(), FIRST_LOSS)
    curve = Curve(
        f"{spec.dataset}-{spec.parameters:.3g}-{spec.tokens:.3g}-{spec.schedule}-{spec.run}",
        step,
        step * spec.tokens_per_step,
        _seconds(spec)[at],
        loss + _noise(spec, step, learning[at]),
        spec.kind,
        dataset=spec.measured_on,
        hardware=f"{spec.gpus}x {spec.gpu.upper()}",
        parameters=float(spec.parameters),
        seed=spec.run,
        source=json.dumps(asdict(spec), default=float),  # numpy's numbers
        format=FORMAT,
        warnings=("synthesised: nothing here was measured", *spec.limits()),
    )
    return failed(curve, spec.failure, _random(spec, "failure")) if spec.failure else curve


def runs(spec: Spec, count: int) -> Iterator[Curve]:
    """The curves of so many runs of one recipe, which differ by their seeds only, from the specification's on."""
    return (synthesise(replace(spec, run=spec.run + i)) for i in range(count))


def spec_of(curve: Curve) -> Spec | None:
    """What a synthesised curve was made from; `None` for one that was measured, or whose source says nothing."""
    try:
        return Spec(**json.loads(curve.source)) if curve.format == FORMAT else None
    except (TypeError, ValueError):
        return None


def _shape(spec: Spec, learning: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Nats above what the same run ends at under a cosine."""
    if spec.law not in SHAPES:
        raise InputError(f"no shape is called {spec.law!r}; {nearest(spec.law, SHAPES)}", ("law",))
    law = SHAPES[spec.law].of_size(spec.parameters)
    cosine = rates("cosine", spec.steps, warmup=spec.warmup)
    return np.asarray(law.loss(learning, at) - law.loss(cosine, [spec.steps - 1]))


def _random(spec: Spec, purpose: str) -> np.random.Generator:
    return stream(spec.seed, "synthesised", spec.run, purpose)


def _noise(spec: Spec, step: np.ndarray, learning: np.ndarray) -> np.ndarray:
    if not spec.noise:
        return np.zeros(len(step))
    offset = noise.seed_offset(step / spec.steps, noise.seed_sd(spec.parameters), _random(spec, "seed"))
    if spec.kind == "train":
        sd = noise.batch_sd(spec.parameters, spec.tokens_per_step)
        own = noise.batches(sd, np.diff(step, prepend=0.0), _random(spec, "batches"))
    else:
        own = noise.validation(learning / PEAK, _random(spec, "validation"))
    return np.asarray(offset + own)


def _seconds(spec: Spec) -> np.ndarray:
    usual = throughput.seconds(spec.parameters, spec.tokens_per_step, spec.gpu, spec.gpus)
    if not spec.noise:
        return np.asarray(usual * np.arange(1, spec.steps + 1))
    return np.cumsum(noise.step_seconds(usual, spec.steps, _random(spec, "clock")))
