"""What goes wrong with runs and their logs, put into curves as the readers of real logs would hand it on."""

from dataclasses import replace
from typing import Any

import numpy as np

from policies.errors import InputError, nearest
from sim.traces.curve import ARRAYS, Curve

KINDS = ("plateau", "nan", "restart", "cut")
PLATEAU = (8.0, 0.6, 0.1)
"""Level of a run that has blown up, its sd over runs and over points, nats: the unstable runs of megatron_deepspeed
(huggingface/datablations 13701315b163) ended between 5.6 and 9, most near 8 (computed)."""


def add_failure(curve: Curve, kind: str, random: np.random.Generator) -> Curve:
    """The curve with a failure at a random place.

    Args:
        curve: of a whole run.
        kind: `plateau`, the run blows up in its first half and stays up; `nan`, its loss ends as NaN; `restart`, it
            goes on from a checkpoint and does 1 to 10 % of its steps twice; `cut`, the log ends early.
        random: where the place comes from.

    Raises:
        InputError: the kind is unknown, or the curve has too few points to fail on.
    """
    if kind not in KINDS:
        raise InputError(f"no failure is called {kind!r}; {nearest(kind, KINDS)}", ("failure",))
    if len(curve) < 4:
        raise InputError(f"{curve.run}: {len(curve)} points are too few to fail on, at least 4 are needed", ("points",))
    share = random.uniform(0.05, 0.5) if kind == "plateau" else random.uniform(0.1, 0.95)
    place = int(np.clip(round(share * len(curve)), 2, len(curve) - 1))  # the number of points before the failure
    changes: dict[str, Any] = {name: getattr(curve, name)[:place] for name in ARRAYS}
    flags: tuple[str, ...] = ()
    if kind == "plateau":
        level, over_runs, over_points = PLATEAU
        high = level + over_runs * random.standard_normal() + over_points * random.standard_normal(len(curve) - place)
        changes = {"loss": np.concatenate([curve.loss[:place], np.maximum(high, curve.loss[place:])])}
        warning = f"blows up after step {curve.step[place - 1]:g} and stays there"
    elif kind == "restart":
        # a reader keeps the last of repeated steps, whose noise is as good as the first's: only the time shows it
        repeated = min(max(1, round(random.uniform(0.01, 0.1) * len(curve))), place - 1)
        lost = curve.seconds[place - 1] - curve.seconds[place - 1 - repeated]
        changes = {"seconds": curve.seconds + np.where(np.arange(len(curve)) >= place - repeated, lost, 0.0)}
        flags, warning = ("restarted",), f"steps repeated with another loss, the last one kept: {repeated}"
    elif kind == "nan":
        flags, warning = ("diverged",), f"the loss ends as NaN or inf: diverged, {len(curve) - place} points dropped"
    else:
        flags, warning = ("truncated",), f"the log ends before its {curve.step[-1]:g} planned steps"
    return replace(curve, **changes, flags=(*curve.flags, *flags), warnings=(*curve.warnings, warning))
