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

MOST_POINTS = 2_000
"""Points that are drawn of one curve; longer ones are thinned, evenly in the logarithm of x, ends kept."""
MOST_CURVES = 400

TITLES = {"step": "optimiser steps", "tokens": "tokens", "seconds": "training time (s)"}


def figure(curves: Sequence[Curve], x: Axis = "step", by: By = "run", log: bool = True) -> Any:
    """A plotly figure of curves, coloured by group; log axes unless told otherwise.

    Raises:
        InputError: no curve has the x axis, too many curves, or units that do not belong into one picture.
    """
    import plotly.graph_objects as go  # noqa: PLC0415 - slow to import

    drawn = [curve for curve in curves if len(curve) and np.isfinite(getattr(curve, x)).any()]
    if not drawn:
        raise InputError(
            f"none of {len(curves)} curves knows its {TITLES[x]}; choose another --x, or give the facts on import"
        )
    if len(drawn) > MOST_CURVES:
        raise InputError(f"{len(drawn)} curves are too many for one picture (at most {MOST_CURVES}); choose with --run")
    units = {curve.unit for curve in drawn}
    if len(units) > 1:
        raise InputError(
            f"the curves are in {' and '.join(sorted(units))}; show one unit at a time (--run), or import with "
            f"--bytes-per-token"
        )
    groups = list(dict.fromkeys(group(curve, by) for curve in drawn))
    traces, named = [], set()
    for curve in drawn:
        name = group(curve, by)
        place = groups.index(name)
        at = thinned(getattr(curve, x), log)
        traces.append(
            go.Scatter(
                x=getattr(curve, x)[at],
                y=curve.loss[at],
                mode="lines+markers" if len(at) < 30 else "lines",
                name=escape(name),
                legendgroup=str(place),
                showlegend=name not in named,
                hovertemplate=f"{escape(label(curve))}<br>%{{x}}: %{{y:.4f}}",
                line={
                    "color": PALETTE[place % len(PALETTE)],
                    "dash": DASHES[place // len(PALETTE) % len(DASHES)],
                    "width": 1.5,
                },
            )
        )
        named.add(name)
    unit = {"nats": "nats per token", "bpb": "bits per byte"}[units.pop()]
    kinds = " and ".join(sorted({curve.kind for curve in drawn}))
    picture = go.Figure(traces)
    scale: dict[str, Any] = {"type": "log"} if log else {}
    picture.update_xaxes(title=TITLES[x], gridcolor="#e5e5e5", **scale)
    picture.update_yaxes(title=f"{kinds} loss ({unit})", gridcolor="#e5e5e5", **scale)
    picture.update_layout(
        template="plotly_white",
        height=640,
        margin={"t": 40},
        legend={"title": by},
        title=f"{len(drawn)} curve{'s' * (len(drawn) != 1)} by {by}",
    )
    return picture


def group(curve: Curve, by: By) -> str:
    """What a curve is coloured by."""
    if by == "size":
        return f"{curve.parameters:.3g} parameters" if np.isfinite(curve.parameters) else "size unknown"
    if by == "schedule":
        return schedule(curve)
    texts = {
        "run": label(curve),
        "dataset": curve.dataset or "data set unknown",
        "kind": curve.kind,
        "source": curve.source,
    }
    return texts[by]


def schedule(curve: Curve) -> str:
    """The learning-rate schedule, as the name of the run or of its file says it; `synth` and `record` name runs so."""
    words = re.split(r"[^a-z0-9]+", f"{curve.run} {Path(curve.source).name if '{' not in curve.source else ''}".lower())
    named = [kind for kind in KINDS if _contains(kind.split("-"), words)]
    return max(named, key=len, default="schedule unknown")


def _contains(part: list[str], words: list[str]) -> bool:
    return any(words[i : i + len(part)] == part for i in range(len(words)))


def label(curve: Curve) -> str:
    """A name for one curve: its run, or the file where that says more."""
    return curve.run or Path(curve.source).name


def thinned(x: np.ndarray, log: bool) -> np.ndarray:
    """Positions of the points to draw, int `[at most MOST_POINTS]`; a log axis has no place for 0."""
    there = np.flatnonzero(np.isfinite(x) & ((x > 0) | (not log)))
    if len(there) <= MOST_POINTS:
        return there
    places = np.geomspace(1, len(there), MOST_POINTS) - 1
    return np.asarray(there[np.unique(places.astype(int))])


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
