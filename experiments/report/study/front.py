"""The Pareto front: what of one objective has to be given up for another."""

from itertools import combinations

import numpy as np

from experiments.report.figure import INK, Figure, Panel, Trace, axis, height, layout
from experiments.report.study.history import says
from experiments.report.study.material import Material
from experiments.report.study.shots import Shot
from experiments.report.text import label
from experiments.search.shortlist import front


def figure(material: Material) -> Figure:
    """The figure, one panel for each two objectives; empty where there is one objective."""
    shots = [shot for shot in material.shots if shot.whole]
    kept = [shot for shot in shots if shot.kept]
    best = front(np.array([shot.gains for shot in kept])) if kept else np.zeros(0, dtype=bool)
    on = [shot for shot, there in zip(kept, best, strict=True) if there]
    pairs = list(combinations(range(len(material.measures)), 2)) if shots else []
    return Figure(
        "front",
        "The Pareto front",
        (
            "A mark is a trial that lived in all search worlds, at its gains over the baseline, which is the black "
            "square; to the right and upwards is better. Large marks are the Pareto front: trials that kept all "
            "limits and that no other one beats in one objective without losing in another. Small faint ones are "
            "beaten, hollow ones broke a limit. All of it is from the search: the front looks better than it is."
        ),
        [_panel(material, shots, on, *pair) for pair in pairs],
    )


def _panel(material: Material, shots: list[Shot], on: list[Shot], x: int, y: int) -> Panel:
    numbers = {shot.trial.number for shot in on}
    traces = []
    for family in material.families:
        mine = [shot for shot in shots if shot.family == family]
        beaten = [shot for shot in mine if shot.trial.number not in numbers]
        traces.append(_marks(material, family, [shot for shot in beaten if shot.kept], x, y, ("circle", 6, 0.45)))
        traces.append(
            _marks(material, family, [shot for shot in beaten if not shot.kept], x, y, ("circle-open", 6, 0.6))
        )
        best = [shot for shot in mine if shot.trial.number in numbers]
        traces.append({**_marks(material, family, best, x, y, ("circle", 12, 1.0)), "showlegend": True})
    picture = layout(axis(material.measures[x].axis), axis(material.measures[y].axis))
    first, second = material.measures[x], material.measures[y]
    name = f"{first.short} and {second.short}"
    return Panel(name, [*traces, _baseline(material)], picture, height(len(material.families) + 1, 520))


def _marks(material: Material, family: str, shots: list[Shot], x: int, y: int, look: tuple[str, int, float]) -> Trace:
    symbol, size, opacity = look
    colour = material.colour(family)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label(family),
        "legendgroup": family,
        "showlegend": False,
        "x": [material.measures[x].scale * float(shot.gains[x]) for shot in shots],
        "y": [material.measures[y].scale * float(shot.gains[y]) for shot in shots],
        "text": [says(material, shot) for shot in shots],
        "hovertemplate": "%{text}<extra></extra>",
        "opacity": opacity,
        "marker": {
            "size": size,
            "color": colour,
            "symbol": symbol,
            "line": {"width": 1.2, "color": colour if "open" in symbol else "white"},
        },
    }


def _baseline(material: Material) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{label(material.baseline)} ◂ baseline",
        "x": [0.0],
        "y": [0.0],
        "hovertemplate": "the baseline<extra></extra>",
        "marker": {"size": 12, "color": INK, "symbol": "square"},
    }
