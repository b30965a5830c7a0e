"""Epsilon against age: what the competing policies are."""

import json

import numpy as np

from experiments.report.figure import Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import Lanes, Look
from experiments.report.results import Results
from policies import build
from sim.clock import BLOCKS_PER_DAY

DAYS = 14
AGES = np.linspace(0.0, DAYS, 48 * DAYS + 1)
HIGH = 3.0
"""A second picture shows everything if the highest curve starts so many times above the typical one."""


def figure(results: Results, lanes: Lanes) -> Figure:
    """The figure; with a close-up if some curves lie far above the others."""
    curves = _curves(lanes)
    tops = np.array([curve.max() for _, curve in curves])
    usual = 1.12 * float(np.median(tops)) if len(tops) else 0.0
    panels = [_panel("everything", curves, None)]
    if len(tops) and usual > 0 and tops.max() > HIGH * usual:
        out = int((tops > usual).sum())
        note = f"Curves that rise above this picture: {out} of {len(tops)}; “everything” shows them whole."
        panels.insert(0, _panel("close-up", curves, usual, note))
    return Figure(
        "epsilon",
        "ε against age",
        (
            "How large a model's advantage over later ones is, by its age: a later model must have a loss lower by "
            "this much to win a comparison. Where two curves lie close together, so do their lanes. Lanes with "
            f"the same curve share one line. {lanes.left_out}"
        ),
        panels,
    )


def _curves(lanes: Lanes) -> list[tuple[list[Look], np.ndarray]]:
    """Curves in percent of the loss, with the lanes that have them."""
    found: dict[bytes, tuple[list[Look], np.ndarray]] = {}
    for look in lanes.looks:
        policy = build(json.loads(look.result.policy))
        curve = 100 * np.asarray(policy.epsilon(AGES * BLOCKS_PER_DAY), dtype=np.float64)
        found.setdefault(np.round(curve, 9).tobytes(), ([], curve))[0].append(look)
    return list(found.values())


def _panel(name: str, curves: list[tuple[list[Look], np.ndarray]], top: float | None, note: str = "") -> Panel:
    lines = [_line(looks, curve) for looks, curve in curves]
    limit = {"range": [-0.02 * top, top]} if top else {"rangemode": "tozero"}
    picture = layout(axis("age of the model (days)", range=[0, DAYS]), axis("ε (% of the loss)", **limit))
    return Panel(name, lines, picture, height(len(lines)), note)


def _line(looks: list[Look], curve: np.ndarray) -> Trace:
    first = max(looks, key=lambda look: look.shown)
    alike = sum(len(look.alike) for look in looks)
    name = first.label if len(looks) == 1 else f"{first.label.partition(' (+')[0]} (+{alike - 1})"
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": AGES.astype(np.float32),
        "y": curve.astype(np.float32),
        "visible": first.visible,
        "text": "<br>".join(look.title for look in looks[:8]),
        "line": {"color": first.colour, "dash": first.dash, "width": 2.5},
        "hovertemplate": "%{text}<br>age %{x:.2f} days: ε = %{y:.3f} %<extra></extra>",
    }
