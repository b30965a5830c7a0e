"""Pictures of all trials of a search: what each was worth, and the Pareto front."""

from itertools import combinations

import numpy as np

from experiments.report.figure import INK, PAPER, Figure, Panel, Trace, axis, height, layout, markers
from experiments.report.study.material import Material, Shot
from experiments.report.text import label
from experiments.search.shortlist import front as on_front

FAR = 3.0
"""A close-up is offered where the worst is so many times farther below the best than the middle is."""
STOPPED = ("x-thin-open", 6, 0.55)
KINDS = {
    (True, True): ("circle", 8, 0.85),
    (False, True): ("circle-open", 8, 0.85),
    (True, False): STOPPED,
    (False, False): STOPPED,
}
"""Symbol, size and opacity by whether a trial kept all limits, and whether it was measured to the end."""
Mark = tuple[str, int, float]


def history(material: Material) -> Figure:
    """One panel per objective; with a close-up of the first where trials lie far below the others."""
    panels = [_history_panel(material, i, measure.short) for i, measure in enumerate(material.measures)]
    floor = _floor(np.array([shot.gains[0] for shot in material.shots if shot.whole]))
    if floor is not None:
        name = material.objective.short
        panels[:1] = [
            _history_panel(material, 0, f"{name}, close-up", floor),
            _history_panel(material, 0, f"{name}, everything"),
        ]
    return Figure("history", panels if material.shots else [])


def front(material: Material) -> Figure:
    """The Pareto front, one panel for each two objectives; empty where there is one objective."""
    shots = [shot for shot in material.shots if shot.whole]
    kept = [shot for shot in shots if shot.kept]
    best = on_front(np.array([shot.gains for shot in kept])) if kept else np.zeros(0, dtype=bool)
    numbers = {shot.trial.number for shot, is_best in zip(kept, best, strict=True) if is_best}
    pairs = list(combinations(range(len(material.measures)), 2)) if shots else []
    return Figure("front", [_front_panel(material, shots, numbers, *pair) for pair in pairs])


def _marks(material: Material, family: str, shots: list[Shot], x: list[float], y: int, mark: Mark) -> Trace:
    """Trials of a family at these places, and at their gains in objective `y`."""
    symbol, size, opacity = mark
    colour = material.colour(family)
    scale = material.measures[y].scale
    line = {"width": 1.2, "color": PAPER if symbol == "circle" else colour}
    return markers(
        label(family),
        x or [None],  # plotly leaves traces without a point out of the legend
        [scale * float(shot.gains[y]) for shot in shots] or [None],
        [material.hover(shot) for shot in shots],
        {"size": size, "color": colour, "symbol": symbol, "line": line},
        legendgroup=family,
        showlegend=False,
        opacity=opacity,
    )


def _floor(gains: np.ndarray) -> float | None:
    """Where a close-up ends; None where everything can be seen anyway."""
    if len(gains) < 2:
        return None
    best, middle, worst = gains.max(), float(np.median(gains)), gains.min()
    reach = FAR * max(best - middle, 0.0)
    return best - reach if reach > 0 and best - worst > 2 * reach else None


def _history_panel(material: Material, objective: int, name: str, floor: float | None = None) -> Panel:
    scale = material.measures[objective].scale
    traces = []
    for family in material.families:
        for kind, mark in KINDS.items():
            shots = [shot for shot in material.shots if shot.family == family and (shot.kept, shot.whole) == kind]
            legend = kind == (True, True)
            if shots or legend:
                trace = _marks(material, family, shots, [shot.trial.number for shot in shots], objective, mark)
                traces.append({**trace, "showlegend": legend})
    traces += [*_best(material, objective), *_failed(material)]
    note, limits = "", {}
    if floor is not None:
        out = sum(shot.gains[objective] < floor for shot in material.shots)
        note = f"{out} trials lie below this picture; “everything” has them."
        top = max(scale * shot.gains[objective] for shot in material.shots)
        limits = {"range": [scale * floor, top + 0.06 * (top - scale * floor)]}
    line = {"color": INK, "width": 1.2, "dash": "dot"}
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "layer": "below", "line": line}
    picture = layout(axis("trial"), axis(material.measures[objective].axis, **limits), shapes=[zero])
    return Panel(name, traces, picture, height(len(material.families) + 2, 480), note)


def _best(material: Material, objective: int) -> list[Trace]:
    shots = [shot for shot in material.shots if shot.kept and shot.whole]
    if not shots:
        return []
    so_far = material.measures[objective].scale * np.maximum.accumulate([shot.gains[objective] for shot in shots])
    last = max(trial.number for trial in material.trials)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "best so far",
            "x": [*(shot.trial.number for shot in shots), last],
            "y": [*so_far.tolist(), float(so_far[-1])],
            "line": {"color": INK, "width": 1.6, "shape": "hv"},
            "hoverinfo": "skip",
        }
    ]


def _failed(material: Material) -> list[Trace]:
    """Trials without a value, along the line of the baseline."""
    if not material.failures:
        return []
    return [
        markers(
            "failed",
            [number for number, _ in material.failures],
            [0.0] * len(material.failures),
            [label(error, 120) for _, error in material.failures],
            {"size": 11, "color": INK, "symbol": "y-down-open", "line": {"width": 1.5}},
            hovertemplate="trial %{x} failed: %{text}<extra></extra>",
        )
    ]


def _front_panel(material: Material, shots: list[Shot], best: set[int], x: int, y: int) -> Panel:
    first, second = material.measures[x], material.measures[y]
    traces = []
    for family in material.families:
        mine = [shot for shot in shots if shot.family == family]
        beaten = [shot for shot in mine if shot.trial.number not in best]
        for chosen, mark, legend in (
            ([shot for shot in beaten if shot.kept], ("circle", 6, 0.45), False),
            ([shot for shot in beaten if not shot.kept], ("circle-open", 6, 0.6), False),
            ([shot for shot in mine if shot.trial.number in best], ("circle", 12, 1.0), True),
        ):
            gains = [first.scale * float(shot.gains[x]) for shot in chosen]
            traces.append({**_marks(material, family, chosen, gains, y, mark), "showlegend": legend})
    square = {"size": 12, "color": INK, "symbol": "square"}
    name = f"{label(material.baseline)} ◂ baseline"
    traces.append(markers(name, [0.0], [0.0], [], square, hovertemplate="the baseline<extra></extra>"))
    picture = layout(axis(first.axis), axis(second.axis))
    return Panel(f"{first.short} and {second.short}", traces, picture, height(len(material.families) + 1, 520))
