"""Pictures of the finalists: what of their gains held up, their schedules, and each a quarter off."""

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.report.epsilon import ages_axis, ages_of, curve, line, shared
from experiments.report.figure import DASHES, Figure, Panel, Series, Trace, axis, dots, height, layout
from experiments.report.study.measure import read_estimate
from experiments.report.study.results import StudyResults, name_finalist
from experiments.report.text import digits, label
from experiments.results.estimate import Estimate
from policies import build
from policies.base import Policy

STAGES = {"search": "search", "rerank": "re-ranking", "difference": "final worlds", "heldout": "held-out families"}
"""Keys of a finalist, and what they are called."""
DAYS = 10
AGES = ages_of(DAYS)
LEAST = 1e-4
"""Percent of the loss; a logarithmic picture ends there."""
GREYS = ("#111111", "#777777", "#a0a0a0", "#555555", "#bbbbbb", "#8c8c8c")
HIGH = 2.0
"""A close-up is offered where a finalist begins so many times above the baselines."""
Curve = tuple[str, Policy]
"""A name and its policy."""


def stages(results: StudyResults) -> Figure:
    """The gain of each finalist, stage by stage, and in each held-out family where there are several."""
    columns = [(name, [read_estimate(each[key]) for each in results.finalists]) for key, name in STAGES.items()]
    panels = [_stages_panel(results, "stages", columns)]
    heldout = [each["heldout"]["families"] for each in results.finalists if each["heldout"]]
    if heldout and len(heldout[0]) > 1:
        families = [(name, [read_estimate(each[name]) for each in heldout]) for name in heldout[0]]
        panels.append(_stages_panel(results, "held-out families", families))
    return Figure("stages", panels if results.finalists else [])


def schedules(results: StudyResults) -> Figure:
    """Epsilon against age of the finalists over that of the baselines, linear and logarithmic."""
    alike = as_good(results)
    finalists = [(name_finalist(each), build({each["policy"]: each["parameters"]})) for each in results.finalists]
    deployed = [(lane.name, lane.policy) for lane in results.spec.baselines]
    band = [build({each["policy"]: each["parameters"]}) for each in alike]
    panels = [_schedules_panel(results, kind, finalists, deployed, band) for kind in ("linear", "log")]
    top, usual = (max((curve(policy, AGES).max() for _, policy in each), default=0.0) for each in (finalists, deployed))
    if top > HIGH * usual > 0:
        panels.insert(0, _close_up(panels[0], 1.15 * usual))
    return Figure(
        "schedules",
        panels if results.finalists else [],
        {
            "recommended": results.recommended,
            "alike": len(alike),
            "reranked": results.reranked,
            "readers": [name for name, policy in (*finalists, *deployed) if policy.reads],
            "differ": any(
                each["reward"] != "subnet" or each["rules"] or each["scenario"] for each in results.finalists
            ),
        },
    )


def shifts(results: StudyResults) -> Figure:
    """What becomes of a schedule when each of its numbers is a quarter off; empty where none was moved."""
    moved = next((each for each in results.finalists if each["sensitivity"]), None)
    panels = []
    if moved is not None:
        numbers = moved["sensitivity"]["numbers"]
        rows = [(f"{name} = {digits(each['value'], 3)}", each) for name, found in numbers.items() for each in found]
        gains = [read_estimate(moved["difference"]), *(read_estimate(each["difference"]) for _, each in rows)]
        names = [label(name, 44) for name in ("as it was found", *(name for name, _ in rows))]
        series = [Series("gain", gains, [results.objective.gain(e) for e in gains])]
        panels = [dots("all", names, series, results.objective.axis, results.objective.scale)]
        panels[0].layout["showlegend"] = False
    return Figure("shifts", panels, {"finalist": name_finalist(moved) if moved else ""})


def as_good(results: StudyResults) -> list[dict[str, Any]]:
    """Candidates of the re-ranking that kept all limits and may be as good as the best of them, by their intervals."""
    kept = [each for each in results.reranked if each["feasible"]]
    gains = [read_estimate(each["rerank"]) for each in kept]
    top = max((gain.mean for gain in gains), default=np.nan)
    return [each for each, gain in zip(kept, gains, strict=True) if gain.mean == top or gain.hi >= top]


def _stages_panel(results: StudyResults, name: str, columns: list[tuple[str, list[Estimate]]]) -> Panel:
    measure, series = results.objective, []
    for column, gains in columns:
        hover = [
            f"{label(name_finalist(each), 60)}<br>{label(column)}: {measure.gain(e)}, n = {e.n}"
            for each, e in zip(results.finalists, gains, strict=True)
        ]
        if any(e.n for e in gains):
            series.append(Series(column, gains, hover))
    return dots(
        name, [label(name_finalist(each), 44) for each in results.finalists], series, measure.axis, measure.scale
    )


def _schedules_panel(
    results: StudyResults, kind: str, finalists: list[Curve], deployed: list[Curve], band: list[Policy]
) -> Panel:
    lines = [*_band(band, kind), *_deployed(deployed, kind)]
    styles: dict[str, int] = {}
    for each, (name, policy) in zip(results.finalists, finalists, strict=True):
        family = each["family"]
        styles[family] = styles.get(family, -1) + 1
        dash, width = DASHES[styles[family] % len(DASHES)], 4.0 if each is results.main_finalist else 2.0
        text = label(name, 44) + (" ◂ recommended" if each is results.recommended else "")
        lines.append(_line(text, curve(policy, AGES), kind, results.colour(family), width, dash))
    limits: Trace = {"rangemode": "tozero"} if kind == "linear" else {"type": "log", "nticks": 6, "minor": {}}
    picture = layout(ages_axis(DAYS), axis("ε (% of the loss)", **limits))
    note = f"An ε of 0 and below {LEAST:g} % is not drawn." if kind == "log" else ""
    return Panel(f"{kind} scale".replace("log ", "logarithmic "), lines, picture, height(len(lines), 500), note)


def _close_up(panel: Panel, top: float) -> Panel:
    """The same up to a little above the baselines."""
    picture = {**panel.layout, "yaxis": {**panel.layout["yaxis"], "range": [-0.02 * top, top]}}
    note = "Some curves rise above this picture; “linear scale” shows them whole."
    return replace(panel, name="close-up", layout=picture, note=note)


def _deployed(deployed: list[Curve], kind: str) -> list[Trace]:
    """Baselines of the same curve share a line."""
    return [
        _line(label(", ".join(names), 40), values, kind, GREYS[i % len(GREYS)], 1.5, DASHES[i % len(DASHES)])
        for i, (names, values) in enumerate(shared((name, curve(policy, AGES)) for name, policy in deployed))
    ]


def _band(policies: list[Policy], kind: str) -> list[Trace]:
    if len(policies) < 2:
        return []
    curves = np.stack([curve(policy, AGES) for policy in policies])
    least = LEAST if kind == "log" else 0.0
    low, high = np.maximum(curves.min(axis=0), least), np.maximum(curves.max(axis=0), least)
    edge = {"hoverinfo": "skip", "legendgroup": "band"}
    fill = {"fill": "tonexty", "fillcolor": "#0072b22b"}
    return [
        line("", AGES, low, {"width": 0}, **edge, showlegend=False),
        line(f"{len(policies)} that may be as good", AGES, high, {"width": 0}, **edge, **fill),
    ]


def _line(name: str, values: np.ndarray, kind: str, colour: str, width: float, dash: str) -> Trace:
    drawn = np.where(values >= LEAST, values, np.nan) if kind == "log" else values
    look = {"color": colour, "dash": dash, "width": width}
    return line(
        name, AGES, drawn, look, hovertemplate="age %{x:.2f} days: ε = %{y:.4f} %<extra>%{fullData.name}</extra>"
    )
