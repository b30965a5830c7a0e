"""Pictures of the finalists: how much of their gains held up, their schedules, and their numbers a quarter off."""

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.report.epsilon import AGE, age_grid, curve, group_curves
from experiments.report.figure import DASHES, Figure, Panel, Series, Trace, axis, dots, height, layout, line
from experiments.report.study.measure import read_estimate
from experiments.report.study.results import StudyResults, name_finalist
from experiments.report.text import digits, label
from policies import build

STAGES = {"search": "search", "rerank": "re-ranking", "difference": "final worlds", "heldout": "held-out families"}
"""Keys of a finalist, and the names of these stages."""
Curve = tuple[str, np.ndarray]
DAYS = 10
AGES = age_grid(DAYS)
LEAST = 1e-4  #: percent of the loss; a logarithmic picture ends there
GREYS = ("#111111", "#777777", "#a0a0a0", "#555555", "#bbbbbb", "#8c8c8c")
HIGH = 2.0  #: a close-up is offered where a finalist begins so many times above the baselines


def stages(results: StudyResults) -> Figure:
    """The gain of each finalist, stage by stage, and in each family where there are several."""
    finalists = results.finalists
    panels = [
        _stages_panel(results, "stages", {name: [each[key] for each in finalists] for key, name in STAGES.items()})
    ]
    for key, name in (("difference", "families"), ("heldout", "held-out families")):
        held = [each[key]["families"] for each in finalists if each[key]]
        if held and len(held[0]) > 1:
            families = {family: [each[family] for each in held] for family in held[0]}
            panels.append(_stages_panel(results, name, families))
    return Figure("stages", panels if finalists else [])


def _stages_panel(results: StudyResults, name: str, columns: dict[str, list[Any]]) -> Panel:
    measure, names = results.objective, [name_finalist(each) for each in results.finalists]
    series: list[Series] = []
    for column, documents in columns.items():
        gains = [read_estimate(document) for document in documents]
        hover = [
            f"{label(finalist, 60)}<br>{label(column)}: {measure.gain(e)}, n = {e.n}"
            for finalist, e in zip(names, gains, strict=True)
        ]
        if any(e.n for e in gains):
            series.append((column, gains, hover))
    return dots(name, [label(finalist, 44) for finalist in names], series, measure.axis, measure.scale)


def schedules(results: StudyResults) -> Figure:
    """Epsilon against age of the finalists over that of the baselines, linear and logarithmic."""
    if not results.finalists:
        return Figure("schedules", [])
    policies = [build({each["policy"]: each["parameters"]}) for each in results.finalists]
    similar = find_similar(results)
    found = [curve(policy, AGES) for policy in policies]
    deployed = [(lane.name, curve(lane.policy, AGES)) for lane in results.spec.baselines]
    band = [curve(build({each["policy"]: each["parameters"]}), AGES) for each in similar]
    panels = [_schedules_panel(results, log, found, deployed, band) for log in (False, True)]
    top, usual = (max(float(values.max()) for values in curves) for curves in (found, [c for _, c in deployed]))
    if top > HIGH * usual > 0:
        picture = panels[0].layout
        near = {**picture, "yaxis": {**picture["yaxis"], "range": [-0.02 * 1.15 * usual, 1.15 * usual]}}
        panels.insert(0, replace(panels[0], name="close-up", layout=near, about={"close_up": True}))
    named = zip(map(name_finalist, results.finalists), policies, strict=True)
    about = {
        "recommended": results.recommended,
        "similar": len(similar),
        "reranked": results.reranked,
        "readers": [
            name
            for name, policy in (*named, *((lane.name, lane.policy) for lane in results.spec.baselines))
            if policy.reads
        ],
        "differ": any(each["reward"] != "subnet" or each["rules"] or each["scenario"] for each in results.finalists),
    }
    return Figure("schedules", panels, about)


def _schedules_panel(
    results: StudyResults, log: bool, found: list[np.ndarray], deployed: list[Curve], band: list[np.ndarray]
) -> Panel:
    """The curves of the finalists, over those of the baselines, over the band of all that may be as good."""

    def add(name: str, values: np.ndarray, colour: str, width: float, dash: str) -> None:
        drawn = np.where(values >= LEAST, values, np.nan) if log else values
        look = {"color": colour, "dash": dash, "width": width}
        hover = "age %{x:.2f} days: ε = %{y:.4f} %<extra>%{fullData.name}</extra>"
        lines.append(line(name, ages, drawn.astype(np.float32), look, hovertemplate=hover))

    ages, lines = AGES.astype(np.float32), list[Trace]()
    if len(band) > 1:
        low, high = (
            np.maximum(end, LEAST if log else 0.0).astype(np.float32) for end in (np.min(band, 0), np.max(band, 0))
        )
        edge = {"hoverinfo": "skip", "legendgroup": "band"}
        fill = {"fill": "tonexty", "fillcolor": "#0072b22b"}
        lines.append(line("", ages, low, {"width": 0}, **edge, showlegend=False))
        lines.append(line(f"{len(band)} that may be as good", ages, high, {"width": 0}, **edge, **fill))
    for i, (names, values) in enumerate(group_curves(deployed)):
        add(label(", ".join(names), 40), values, GREYS[i % len(GREYS)], 1.5, DASHES[i % len(DASHES)])
    styles: dict[str, int] = {}
    for each, values in zip(results.finalists, found, strict=True):
        family = each["family"]
        styles[family] = styles.get(family, -1) + 1
        text = label(name_finalist(each), 44) + (" ◂ recommended" if each is results.recommended else "")
        width, dash = 4.0 if each is results.main_finalist else 2.0, DASHES[styles[family] % len(DASHES)]
        add(text, values, results.colour(family), width, dash)
    limits: Trace = {"type": "log", "nticks": 6, "minor": {}} if log else {"rangemode": "tozero"}
    picture = layout(axis(AGE, range=[0, DAYS]), axis("ε (% of the loss)", **limits))
    about = {"close_up": False, "least": LEAST} if log else {}
    return Panel(f"{'logarithmic' if log else 'linear'} scale", lines, picture, height(len(lines), 500), about)


def find_similar(results: StudyResults) -> list[dict[str, Any]]:
    """Candidates of the re-ranking that kept all limits and may be as good as the best of them, by their intervals."""
    kept = [each for each in results.reranked if each["feasible"]]
    gains = [read_estimate(each["rerank"]) for each in kept]
    top = max((gain.mean for gain in gains), default=np.nan)
    return [each for each, gain in zip(kept, gains, strict=True) if gain.mean == top or gain.hi >= top]


def shifts(results: StudyResults) -> Figure:
    """The gain of a finalist when each of its numbers is a quarter off; empty where none was moved."""
    moved = next((each for each in results.finalists if each["sensitivity"]), None)
    if moved is None:
        return Figure("shifts", [])
    measure, rows = results.objective, [("as it was found", moved["difference"])]
    for name, found in moved["sensitivity"]["numbers"].items():
        rows += [(f"{name} = {digits(each['value'], 3)}", each["difference"]) for each in found]
    gains = [read_estimate(document) for _, document in rows]
    series: list[Series] = [("gain", gains, [measure.gain(e) for e in gains])]
    panel = dots("all", [label(name, 44) for name, _ in rows], series, measure.axis, measure.scale)
    panel.layout["showlegend"] = False
    return Figure("shifts", [panel], {"finalist": name_finalist(moved)})
