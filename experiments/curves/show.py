"""Pictures of loss curves: one page that works offline, or a PNG."""

import re
from collections.abc import Sequence
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np

from experiments.files import write
from policies import InputError
from sim.traces.curve import Curve
from sim.traces.laws.schedules import KINDS

Axis = Literal["step", "tokens", "seconds"]
By = Literal["run", "size", "schedule", "dataset", "kind", "source"]

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f")
"""Okabe and Ito's colours, which people with any colour vision can tell apart; they repeat with another dash."""
DASHES = ("solid", "dash", "dot", "dashdot")

MOST_POINTS = 2_000  #: drawn of one curve
MOST_CURVES = 400

AXES = {"step": "optimiser steps", "tokens": "tokens", "seconds": "training time (s)"}
UNITS = {"nats": "nats per token", "bpb": "bits per byte"}


def figure(curves: Sequence[Curve], x: Axis = "step", by: By = "run", log: bool = True) -> Any:
    """A plotly figure of curves, coloured by group, on logarithmic or linear axes.

    Raises:
        InputError: no curve has the x axis, too many curves, or units that do not belong into one picture.
    """
    import plotly.graph_objects as go  # noqa: PLC0415 - slow to import

    drawn = [curve for curve in curves if len(curve) and np.isfinite(getattr(curve, x)).any()]
    if not drawn:
        raise InputError(
            f"none of {len(curves)} curves knows its {AXES[x]}; choose another --x, or give the facts on import"
        )
    if len(drawn) > MOST_CURVES:
        raise InputError(f"{len(drawn)} curves are too many for one picture (at most {MOST_CURVES}); choose with --run")
    units = sorted({curve.unit for curve in drawn})
    if len(units) > 1:
        raise InputError(
            f"the curves are in {' and '.join(units)}; show one unit at a time (--run), or import with "
            f"--bytes-per-token"
        )
    names = [group(curve, by) for curve in drawn]
    groups, lines = list(dict.fromkeys(names)), []
    for i, (curve, name) in enumerate(zip(drawn, names, strict=True)):
        round_, colour = divmod(groups.index(name), len(PALETTE))
        points = thinned(getattr(curve, x), log)
        lines.append(
            go.Scatter(
                x=getattr(curve, x)[points],
                y=curve.loss[points],
                mode="lines+markers" if len(points) < 30 else "lines",
                name=escape(name),
                legendgroup=str(groups.index(name)),
                showlegend=name not in names[:i],
                hovertemplate=f"{escape(group(curve, 'run'))}<br>%{{x}}: %{{y:.4f}}",
                line={"color": PALETTE[colour], "dash": DASHES[round_ % len(DASHES)], "width": 1.5},
            )
        )
    kinds = " and ".join(sorted({curve.kind for curve in drawn}))
    axis = {"gridcolor": "#e5e5e5", **({"type": "log"} if log else {})}
    return go.Figure(
        lines,
        {
            "template": "plotly_white",
            "height": 640,
            "margin": {"t": 40},
            "legend": {"title": {"text": by}},
            "title": {"text": f"{len(drawn)} curve{'s' * (len(drawn) != 1)} by {by}"},
            "xaxis": {"title": {"text": AXES[x]}, **axis},
            "yaxis": {"title": {"text": f"{kinds} loss ({UNITS[units[0]]})"}, **axis},
        },
    )


def group(curve: Curve, by: By) -> str:
    """The group that a curve is coloured by."""
    match by:
        case "run":
            return curve.run or Path(curve.source).name
        case "size":
            return f"{curve.parameters:.3g} parameters" if np.isfinite(curve.parameters) else "size unknown"
        case "schedule":
            return schedule(curve)
        case "dataset":
            return curve.dataset or "data set unknown"
    return str(getattr(curve, by))  # kind or source


def schedule(curve: Curve) -> str:
    """The learning-rate schedule, as the name of the run or of its file says it; `synth` and `record` name runs so."""
    file = "" if "{" in curve.source else Path(curve.source).name  # a synthesised curve has JSON there
    words = f"-{re.sub('[^a-z0-9]+', '-', f'{curve.run} {file}'.lower())}-"
    return max((kind for kind in KINDS if f"-{kind}-" in words), key=len, default="schedule unknown")


def thinned(x: np.ndarray, log: bool) -> np.ndarray:
    """Positions of the points to draw, int `[at most MOST_POINTS]`, evenly in the logarithm of x, the ends among them.

    A logarithmic axis has no place for 0.
    """
    known = np.flatnonzero(np.isfinite(x) & ((x > 0) | (not log)))
    if len(known) <= MOST_POINTS:
        return known
    places = np.geomspace(1, len(known), MOST_POINTS) - 1
    return np.asarray(known[np.unique(places.astype(int))])


def write_page(path: Path, picture: Any) -> None:
    """The picture as one HTML file with everything in it."""
    import plotly.io as pio  # noqa: PLC0415

    write(path, pio.to_html(picture, include_plotlyjs=True, full_html=True, div_id="curves"))


def write_image(path: Path, picture: Any) -> None:
    """The picture as PNG.

    Raises:
        InputError: the drawing library or its browser is missing, and how to get it.
    """
    if find_spec("kaleido") is None:
        raise InputError(
            "PNG needs kaleido, which is not installed: pip install 'steepest[images]' (and a Chromium or Chrome); "
            "the HTML page needs neither"
        )
    try:
        data = picture.to_image(format="png", width=1200, height=720, scale=2)
    except Exception as error:  # kaleido raises what its browser raises
        raise InputError(
            f"PNG could not be drawn: {str(error).splitlines()[0] or type(error).__name__}; it needs a Chromium "
            f"or Chrome that runs here. The HTML page needs none"
        ) from None
    write(path, data)
