"""What goes wrong with runs and their logs, put into curves as the readers of real logs would hand it on."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from policies.errors import InputError, nearest
from sim.traces.curve import ARRAYS, Curve

PLATEAU = (8.0, 0.6, 0.1)
"""Level of a run that has blown up, its sd over runs and over points, nats: the unstable runs of megatron_deepspeed
(huggingface/datablations 13701315b163) ended between 5.6 and 9, most near 8 (computed)."""


def plateau(curve: Curve, random: np.random.Generator) -> Curve:
    """The run blows up in its first half and never comes back."""
    place = _place(curve, random, 0.05, 0.5)
    level, over_runs, over_points = PLATEAU
    high = level + over_runs * random.standard_normal() + over_points * random.standard_normal(len(curve) - place)
    loss = np.concatenate([curve.loss[:place], np.maximum(high, curve.loss[place:])])
    return _told(replace(curve, loss=loss), f"blows up after step {curve.step[place - 1]:g} and stays there")


def nan(curve: Curve, random: np.random.Generator) -> Curve:
    """The loss ends as NaN: the points from there on are gone."""
    place = _place(curve, random)
    said = f"the loss ends as NaN or inf: diverged, {len(curve) - place} points dropped"
    return _told(_head(curve, place), said, "diverged")


def restart(curve: Curve, random: np.random.Generator) -> Curve:
    """The run dies and goes on from a checkpoint: 1 to 10 % of its steps are done twice.

    A log's reader keeps the last of repeated steps, and their noise is as good as the first's: what shows is the time.
    """
    place = _place(curve, random)
    repeated = min(max(1, round(random.uniform(0.01, 0.1) * len(curve))), place - 1)
    lost = curve.seconds[place - 1] - curve.seconds[place - 1 - repeated]
    seconds = curve.seconds + np.where(np.arange(len(curve)) >= place - repeated, lost, 0.0)
    said = f"steps repeated with another loss, the last one kept: {repeated}"
    return _told(replace(curve, seconds=seconds), said, "restarted")


def cut(curve: Curve, random: np.random.Generator) -> Curve:
    """The log ends early."""
    place = _place(curve, random)
    return _told(_head(curve, place), f"the log ends before its {curve.step[-1]:g} planned steps", "truncated")


Failure = Callable[[Curve, np.random.Generator], Curve]
KINDS: dict[str, Failure] = {"plateau": plateau, "nan": nan, "restart": restart, "cut": cut}


def failed(curve: Curve, kind: str, random: np.random.Generator) -> Curve:
    """The curve with a failure, at a random place.

    Raises:
        InputError: the kind is unknown, or the curve has too few points to fail on.
    """
    if kind not in KINDS:
        raise InputError(f"no failure is called {kind!r}; {nearest(kind, KINDS)}", ("failure",))
    if len(curve) < 4:
        raise InputError(f"{curve.run}: {len(curve)} points are too few to fail on, at least 4 are needed", ("points",))
    return KINDS[kind](curve, random)


def _place(curve: Curve, random: np.random.Generator, low: float = 0.1, high: float = 0.95) -> int:
    """The number of points before the failure, at least 2 and less than all."""
    return int(np.clip(round(random.uniform(low, high) * len(curve)), 2, len(curve) - 1))


def _head(curve: Curve, count: int) -> Curve:
    return replace(curve, **{name: getattr(curve, name)[:count] for name in ARRAYS})


def _told(curve: Curve, said: str, *flags: str) -> Curve:
    return replace(curve, flags=(*curve.flags, *flags), warnings=(*curve.warnings, said))
