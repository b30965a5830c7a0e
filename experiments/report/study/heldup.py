"""What held up: the gain of each finalist, stage by stage, as the worlds become stranger to the search."""

from typing import Any

from experiments.estimate import Estimate
from experiments.report.figure import Figure, Panel
from experiments.report.study.material import Material, named
from experiments.report.study.measure import estimate
from experiments.report.text import label
from experiments.report.world.dots import Series, dots, tall

STAGES = {"search": "search", "rerank": "re-ranking", "difference": "final worlds", "heldout": "held-out families"}
"""Keys of a finalist, and what they are called."""


def figure(material: Material) -> Figure:
    """The figure: all stages, and each held-out family where there are several."""
    stages = [(name, [estimate(each[key]) for each in material.best]) for key, name in STAGES.items()]
    panels = [_panel(material, "stages", stages)]
    held = [each["heldout"]["families"] for each in material.best if each["heldout"]]
    if held and len(held[0]) > 1:
        families = [(name, [estimate(each[name]) for each in held]) for name in held[0]]
        panels.append(_panel(material, "held-out families", families))
    return Figure(
        "heldup",
        "What the search believed, and what held up",
        (
            "The gain of each finalist over the baseline. From the search to the re-ranking to the final worlds only "
            "the worlds are others: what is lost on the way was luck of having been picked. The held-out families are "
            "other scenarios: what is lost there does not carry over. The search has no interval, because that of the "
            "best of many says nothing; the others are 95 % intervals, and only the last two decide."
        ),
        panels if material.best else [],
    )


def _panel(material: Material, name: str, columns: list[tuple[str, list[Estimate]]]) -> Panel:
    rows = [label(named(each), 44) for each in material.best]
    series = [
        Series(column, found, [_says(material, each, column, e) for each, e in zip(material.best, found, strict=True)])
        for column, found in columns
        if any(e.n for e in found)
    ]
    made, picture = dots(rows, series, material.objective.axis, material.objective.scale, zero=True)
    return Panel(name, made, picture, tall(len(rows), len(series)))


def _says(material: Material, each: dict[str, Any], column: str, e: Estimate) -> str:
    return f"{label(named(each), 60)}<br>{label(column)}: {material.objective.told(e)}, n = {e.n}"
