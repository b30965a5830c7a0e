"""Epsilon against age: the curves of the competing policies."""

import json
from collections.abc import Iterable
from typing import TypeVar

import numpy as np

from experiments.report.drawn_lanes import DrawnLanes
from experiments.report.figure import Figure, Panel, axis, height, layout, line
from experiments.report.results import Results
from experiments.results.compare import LaneResult
from policies import build
from policies.base import Policy
from sim.clock import BLOCKS_PER_DAY

DAYS = 14
HIGH = 3.0  #: a second picture shows everything if the highest curve starts so many times above the typical one
AGE = "age of the model (days)"
Name = TypeVar("Name")


def epsilon(results: Results, drawn: DrawnLanes) -> Figure:
    """The figure; with a close-up if some curves lie far above the others."""
    ages = age_grid(DAYS)
    curves = group_curves((lane, _lane_curve(results, lane.result, ages)) for lane in drawn.lanes)
    lines = []
    for lanes, values in curves:
        first = max(lanes, key=lambda lane: lane.shown)
        alike = sum(len(lane.alike) for lane in lanes)
        look = {"color": first.colour, "dash": first.dash, "width": 2.5}
        trace = line(
            first.label if len(lanes) == 1 else f"{first.label.partition(' (+')[0]} (+{alike - 1})",
            ages.astype(np.float32),
            values.astype(np.float32),
            look,
            visible=first.visible,
            text="<br>".join(lane.title for lane in lanes[:8]),
            hovertemplate="%{text}<br>age %{x:.2f} days: ε = %{y:.3f} %<extra></extra>",
        )
        lines.append(trace)
    tall = height(len(lines))
    panels = [
        Panel(
            "everything", lines, layout(axis(AGE, range=[0, DAYS]), axis("ε (% of the loss)", rangemode="tozero")), tall
        )
    ]
    tops = np.array([values.max() for _, values in curves])
    usual = 1.12 * float(np.median(tops))
    if usual > 0 and tops.max() > HIGH * usual:
        near = layout(axis(AGE, range=[0, DAYS]), axis("ε (% of the loss)", range=[-0.02 * usual, usual]))
        about = {"outside": int((tops > usual).sum()), "all": len(tops)}
        panels.insert(0, Panel("close-up", lines, near, tall, about))
    return Figure("epsilon", panels)


def _lane_curve(results: Results, lane: LaneResult, ages: np.ndarray) -> np.ndarray:
    if own := results.schedules.get(lane.lane):
        return np.asarray(100 * np.interp(ages, np.linspace(0.0, DAYS, len(own)), own))
    return curve(build(json.loads(lane.policy)), ages)


def age_grid(days: int) -> np.ndarray:
    """Two ages per hour, in days."""
    return np.linspace(0.0, days, 48 * days + 1)


def curve(policy: Policy, ages: np.ndarray) -> np.ndarray:
    """Epsilon in percent of the loss, float64 `[ages]`; ages are in days."""
    return 100 * np.asarray(policy.epsilon(ages * BLOCKS_PER_DAY), dtype=np.float64)


def group_curves(curves: Iterable[tuple[Name, np.ndarray]]) -> list[tuple[list[Name], np.ndarray]]:
    """Different curves, each with the names of all that have it."""
    groups: dict[bytes, tuple[list[Name], np.ndarray]] = {}
    for name, values in curves:
        groups.setdefault(np.round(values, 9).tobytes(), ([], values))[0].append(name)
    return list(groups.values())
