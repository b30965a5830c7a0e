"""Epsilon against age: what the competing policies are."""

import json
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np

from experiments.report.figure import Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import Lanes, Look
from policies import build
from policies.base import Policy
from sim.clock import BLOCKS_PER_DAY

DAYS = 14
HIGH = 3.0
"""A second picture shows everything if the highest curve starts so many times above the typical one."""
Name = TypeVar("Name")


def figure(lanes: Lanes) -> Figure:
    """The figure; with a close-up if some curves lie far above the others."""
    ages = ages_of(DAYS)
    curves = shared((look, curve(build(json.loads(look.result.policy)), ages)) for look in lanes.looks)
    tops = np.array([values.max() for _, values in curves])
    usual = 1.12 * float(np.median(tops)) if len(tops) else 0.0
    panels = [_panel("everything", curves, None)]
    if len(tops) and usual > 0 and tops.max() > HIGH * usual:
        out = int((tops > usual).sum())
        note = f"Curves that rise above this picture: {out} of {len(tops)}; “everything” shows them whole."
        panels.insert(0, _panel("close-up", curves, usual, note))
    return Figure("epsilon", panels)


def ages_of(days: int) -> np.ndarray:
    """Two ages per hour, in days."""
    return np.linspace(0.0, days, 48 * days + 1)


def curve(policy: Policy, ages: np.ndarray) -> np.ndarray:
    """Epsilon in percent of the loss, float64 `[ages]`; ages are in days."""
    return 100 * np.asarray(policy.epsilon(ages * BLOCKS_PER_DAY), dtype=np.float64)


def shared(curves: Iterable[tuple[Name, np.ndarray]]) -> list[tuple[list[Name], np.ndarray]]:
    """Different curves, each with all that have it."""
    groups: dict[bytes, tuple[list[Name], np.ndarray]] = {}
    for name, values in curves:
        groups.setdefault(np.round(values, 9).tobytes(), ([], values))[0].append(name)
    return list(groups.values())


def ages_axis(days: int) -> Trace:
    """The horizontal axis."""
    return axis("age of the model (days)", range=[0, days])


def line(name: str, ages: np.ndarray, values: np.ndarray, look: Trace, **more: Any) -> Trace:
    """One curve."""
    x, y = ages.astype(np.float32), values.astype(np.float32)
    return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "line": look, **more}


def _panel(name: str, curves: list[tuple[list[Look], np.ndarray]], top: float | None, note: str = "") -> Panel:
    limit = {"range": [-0.02 * top, top]} if top else {"rangemode": "tozero"}
    picture = layout(ages_axis(DAYS), axis("ε (% of the loss)", **limit))
    return Panel(name, [_line(looks, values) for looks, values in curves], picture, height(len(curves)), note)


def _line(looks: list[Look], values: np.ndarray) -> Trace:
    first = max(looks, key=lambda look: look.shown)
    alike = sum(len(look.alike) for look in looks)
    name = first.label if len(looks) == 1 else f"{first.label.partition(' (+')[0]} (+{alike - 1})"
    return line(
        name,
        ages_of(DAYS),
        values,
        {"color": first.colour, "dash": first.dash, "width": 2.5},
        visible=first.visible,
        text="<br>".join(look.title for look in looks[:8]),
        hovertemplate="%{text}<br>age %{x:.2f} days: ε = %{y:.3f} %<extra></extra>",
    )
