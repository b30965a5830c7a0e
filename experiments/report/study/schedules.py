"""The found schedules over the deployed ones: epsilon against age."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.report.figure import INK, Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import DASHES
from experiments.report.study.material import Material, named
from experiments.report.study.measure import estimate
from experiments.report.text import label, safe
from policies import build
from policies.base import Policy
from sim.clock import BLOCKS_PER_DAY

DAYS = 10
AGES = np.linspace(0.0, DAYS, 48 * DAYS + 1)
LEAST = 1e-4
"""Percent of the loss; a logarithmic picture ends there."""
GREYS = ("#111111", "#777777", "#a0a0a0", "#555555", "#bbbbbb", "#8c8c8c")
HIGH = 2.0
"""A close-up is offered where a finalist begins so many times above the baselines."""
Curve = tuple[str, Policy]
"""A name and its policy."""


def figure(material: Material) -> Figure:
    """The figure, linear and logarithmic."""
    alike = as_good(material)
    found = [(named(each), build({each["policy"]: each["parameters"]})) for each in material.best]
    deployed = [(lane.name, lane.policy) for lane in material.spec.baselines]
    band = [build({each["policy"]: each["parameters"]}) for each in alike]
    panels = [_panel(material, kind, found, deployed, band) for kind in ("linear", "log")]
    top, usual = (
        max((_curve(policy, "linear").max() for _, policy in each), default=0.0) for each in (found, deployed)
    )
    if top > HIGH * usual > 0:
        panels.insert(0, _close(panels[0], 1.15 * usual))
    return Figure(
        "schedules",
        "The found schedules over the deployed ones",
        (
            "How large a model's advantage over later ones is, by its age. Coloured lines are the finalists, thick the "
            f"{'recommended' if material.winner else 'best'} one; grey lines are the baselines. "
            f"{_about(len(alike), bool(material.reranked))}{_history([*found, *deployed])}{_beside(material)}"
        ),
        panels if material.best else [],
    )


def as_good(material: Material) -> list[dict[str, Any]]:
    """Candidates of the re-ranking that kept all limits and may be as good as the best of them, by their intervals."""
    kept = [each for each in material.reranked if each["feasible"]]
    gains = [estimate(each["rerank"]) for each in kept]
    top = max((gain.mean for gain in gains), default=np.nan)
    return [each for each, gain in zip(kept, gains, strict=True) if gain.mean == top or gain.hi >= top]


def _about(count: int, reranked: bool) -> str:
    if not count:
        return "No candidate kept all limits in the re-ranking, so there is no band. " if reranked else ""
    if count == 1:
        return "No other candidate of the re-ranking may be as good as the best one there, so there is no band. "
    return (
        f"The band spans, age by age, the {count} candidates that kept all limits in the re-ranking and may be as good "
        "as the best of them, because their 95 % intervals reach its mean: where it is wide, the study does not "
        "know the schedule. "
    )


def _history(curves: Sequence[Curve]) -> str:
    names = [safe(name) for name, policy in curves if policy.reads]
    if not names:
        return ""
    return (
        f"Not only the age counts for {', '.join(names)}: these read public history, and are drawn for an empty one. "
    )


def _beside(material: Material) -> str:
    """What a curve does not show."""
    if any(each["reward"] != "subnet" or each["rules"] or each["scenario"] for each in material.best):
        return "Finalists differ in more than this curve; the table says in what."
    return ""


def _panel(material: Material, kind: str, found: list[Curve], deployed: list[Curve], band: list[Policy]) -> Panel:
    first = material.first
    lines = [*_band(band, kind), *_deployed(deployed, kind)]
    styles: dict[str, int] = {}
    for each, (name, policy) in zip(material.best, found, strict=True):
        family = each["family"]
        styles[family] = styles.get(family, -1) + 1
        thick = each is first
        text = label(name, 44) + (" ◂ recommended" if each is material.winner else "")
        dash = DASHES[styles[family] % len(DASHES)]
        lines.append(_line(text, _curve(policy, kind), material.colour(family), 4.0 if thick else 2.0, dash))
    limits: Trace = {"rangemode": "tozero"} if kind == "linear" else {"type": "log", "nticks": 6, "minor": {}}
    picture = layout(axis("age of the model (days)", range=[0, DAYS]), axis("ε (% of the loss)", **limits))
    note = f"An ε of 0 and below {LEAST:g} % is not drawn." if kind == "log" else ""
    return Panel(f"{kind} scale".replace("log ", "logarithmic "), lines, picture, height(len(lines), 500), note)


def _close(panel: Panel, top: float) -> Panel:
    """The same up to a little above the baselines."""
    picture = {**panel.layout, "yaxis": {**panel.layout["yaxis"], "range": [-0.02 * top, top]}}
    note = "Some curves rise above this picture; “linear scale” shows them whole."
    return replace(panel, name="close-up", layout=picture, note=note)


def _curve(policy: Policy, kind: str) -> np.ndarray:
    """Percent of the loss, float64 `[ages]`."""
    values = 100 * np.asarray(policy.epsilon(AGES * BLOCKS_PER_DAY), dtype=np.float64)
    return np.where(values >= LEAST, values, np.nan) if kind == "log" else values


def _deployed(deployed: list[Curve], kind: str) -> list[Trace]:
    """Baselines of the same curve share a line."""
    shared: dict[bytes, tuple[list[str], np.ndarray]] = {}
    for name, policy in deployed:
        curve = _curve(policy, kind)
        shared.setdefault(np.round(curve, 9).tobytes(), ([], curve))[0].append(name)
    return [
        _line(label(", ".join(names), 40), curve, GREYS[i % len(GREYS)], 1.5, DASHES[i % len(DASHES)])
        for i, (names, curve) in enumerate(shared.values())
    ]


def _band(policies: list[Policy], kind: str) -> list[Trace]:
    if len(policies) < 2:
        return []
    curves = np.stack([_curve(policy, "linear") for policy in policies])
    low, high = curves.min(axis=0), curves.max(axis=0)
    if kind == "log":
        low, high = np.maximum(low, LEAST), np.maximum(high, LEAST)
    edge = {"type": "scatter", "mode": "lines", "x": AGES.astype(np.float32), "line": {"width": 0}, "hoverinfo": "skip"}
    name = f"{len(policies)} that may be as good"
    return [
        {**edge, "y": low.astype(np.float32), "showlegend": False, "legendgroup": "band"},
        {
            **edge,
            "y": high.astype(np.float32),
            "fill": "tonexty",
            "fillcolor": "rgba(0, 114, 178, 0.13)",
            "name": name,
            "legendgroup": "band",
        },
    ]


def _line(name: str, curve: np.ndarray, colour: str, width: float, dash: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": AGES.astype(np.float32),
        "y": curve.astype(np.float32),
        "line": {"color": colour or INK, "dash": dash, "width": width},
        "hovertemplate": "age %{x:.2f} days: ε = %{y:.4f} %<extra>%{fullData.name}</extra>",
    }
