"""Slices: the gain against each number of a family, all beside each other."""

import numpy as np

from experiments.report.figure import Figure, Panel, Trace, axis, layout
from experiments.report.study.history import says
from experiments.report.study.material import Material
from experiments.report.study.measure import digits
from experiments.report.study.numbers import Number, numbers
from experiments.report.study.shots import Shot
from experiments.report.text import label, safe

MARKS = 5
"""Of an axis, at most."""
KINDS = {
    (True, True): "circle",
    (False, True): "circle-open",
    (True, False): "x-thin-open",
    (False, False): "x-thin-open",
}
"""Symbol by whether a trial kept all limits, and whether it was measured to the end."""
ACROSS, GAP, TALL = 3, 0.07, 330
"""Pictures in a row, the share of the width between two, and the height of a row in pixels."""


def figure(material: Material) -> Figure:
    """The figure, one panel per family, that of the best finalist first."""
    first = material.first
    order = sorted(material.families, key=lambda family: first is None or family != first["family"])
    panels = [_panel(material, family) for family in order]
    return Figure(
        "slices",
        "Slices",
        (
            "The gain over the baseline in the search worlds against each number that was searched, one picture for "
            "each; a mark is a trial, the darker the later. Hollow ones broke a limit, crosses were stopped early. A "
            "clear hill says that the number matters and where it should be; a cloud without form says that it does "
            "not, here. A hill that is cut off at the edge asks for a wider range. "
            f"The vertical axis is the {safe(material.objective.axis)}."
        ),
        [panel for panel in panels if panel.data],
    )


def _panel(material: Material, family: str) -> Panel:
    shots = [shot for shot in material.shots if shot.family == family]
    rows = [(shot, numbers(material.spec.space, shot.trial.params)) for shot in shots]
    names = [each.name for each in rows[0][1]] if rows else []
    columns = [[row[i] for _, row in rows] for i in range(len(names))]
    columns = [column for column in columns if len({each.value for each in column}) > 1]
    deep = -(-len(columns) // ACROSS) or 1
    picture = layout({}, {}, showlegend=False)
    traces = []
    for i, column in enumerate(columns):
        mark = f"{i + 1}" if i else ""
        picture |= _axes(column, i, deep, mark, _range(material, shots))
        traces.append(_marks(material, shots, column, mark))
    return Panel(family, traces, picture, 70 + TALL * deep)


def _range(material: Material, shots: list[Shot]) -> list[float]:
    """The same for all pictures; trials far below the middle do not flatten the others."""
    gains = material.objective.scale * np.array([shot.gains[0] for shot in shots])
    top, low = float(gains.max()), float(max(gains.min(), 4 * np.median(gains) - 3 * gains.max()))
    room = 0.05 * (top - low) or 1.0
    return [low - room, top + room]


def _axes(column: list[Number], place: int, deep: int, mark: str, limits: list[float]) -> Trace:
    """The axes of a picture at its place in the grid."""
    across, down = place % ACROSS, place // ACROSS
    wide, high = (1 + GAP) / ACROSS - GAP, (1 + 0.22) / deep - 0.22
    left, bottom = across * (wide + GAP), 1 - down * (high + 0.22) - high
    kind = {"type": "log", **_decades(column)} if column[0].log else {"nticks": 5, "exponentformat": "none"}
    return {
        f"xaxis{mark}": axis(
            label(column[0].name.replace("_", " ")), domain=[left, left + wide], anchor=f"y{mark}", **kind
        ),
        f"yaxis{mark}": axis("", domain=[max(bottom, 0.0), bottom + high], anchor=f"x{mark}", range=limits),
    }


def _decades(column: list[Number]) -> Trace:
    """Few marks on a logarithmic axis, with whole numbers."""
    low, high = (end(each.value for each in column) for end in (min, max))
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    marks = [step * 10.0**decade for decade in decades for step in (1, 2, 5)]
    inside = [mark for mark in marks if low <= mark <= high]
    if len(inside) < 2:
        inside = [low, high]
    chosen = inside if len(inside) <= MARKS else inside[:: -(-len(inside) // MARKS)]
    return {"tickvals": chosen, "ticktext": [digits(mark, 2) for mark in chosen]}


def _marks(material: Material, shots: list[Shot], column: list[Number], mark: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "xaxis": f"x{mark}",
        "yaxis": f"y{mark}",
        "x": [each.value for each in column],
        "y": [material.objective.scale * float(shot.gains[0]) for shot in shots],
        "text": [says(material, shot) for shot in shots],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "size": 7,
            "symbol": [KINDS[shot.kept, shot.whole] for shot in shots],
            "color": [shot.trial.number for shot in shots],
            "colorscale": [[0, "#b9d4e8"], [1, "#08306b"]],
            "line": {"width": 0.6},
        },
    }
