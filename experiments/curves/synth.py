"""Synthesised curves on disk: a library of the runs of one recipe, and what is in it."""

from pathlib import Path
from typing import Any

import numpy as np

from policies.errors import InputError
from sim.traces.curve import Curve, write_library
from sim.traces.spec import Spec
from sim.traces.synth import runs

MOST_SEEDS = 10_000


def write(path: Path, spec: Spec, seeds: int) -> dict[str, Any]:
    """Write a library of so many runs of a recipe, and return what is in it, as JSON would have it.

    Raises:
        InputError: the recipe makes no run, or the number of seeds is out of bounds.
    """
    if not 1 <= seeds <= MOST_SEEDS:
        raise InputError(f"--seeds {seeds}: must be between 1 and {MOST_SEEDS}", ("seeds",))
    curves = list(runs(spec, seeds))
    write_library(path, curves)
    return {"out": str(path), "curves": [_about(curve) for curve in curves], "warnings": list(curves[0].warnings)}


def text(found: dict[str, Any]) -> str:
    """What was written, in words for people."""
    curves = found["curves"]
    losses = np.array([curve["final_loss"] for curve in curves if curve["final_loss"] is not None])
    ends = "no run came to its end" if not len(losses) else f"final loss {losses.mean():.4f} nats"
    if len(losses) > 1:
        ends += f" (sd {losses.std(ddof=1):.4f} over {len(losses)} runs)"
    hours = np.mean([curve["hours"] for curve in curves])
    lines = [
        f"{found['out']}: {len(curves)} synthesised curve{'s' * (len(curves) != 1)}, {curves[0]['points']} points each",
        f"{ends}, {hours:.2f} hours on {curves[0]['hardware']}, measured on {curves[0]['dataset']}",
        *found["warnings"],
    ]
    return "\n".join(lines)


def _about(curve: Curve) -> dict[str, Any]:
    final = curve.final_loss
    return {
        "run": curve.run,
        "seed": curve.seed,
        "points": len(curve),
        "steps": float(curve.step[-1]),
        "final_loss": final if np.isfinite(final) else None,
        "hours": float(curve.seconds[-1]) / 3600,
        "hardware": curve.hardware,
        "dataset": curve.dataset,
        "flags": list(curve.flags),
    }
