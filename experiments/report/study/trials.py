"""Pictures of all trials of a search: what each was worth, and the Pareto front."""

from itertools import combinations

import numpy as np

from experiments.report.figure import INK, PAPER, Figure, Panel, Trace, axis, height, layout, markers
from experiments.report.study.results import StudyResults, TrialPoint
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


def history(results: StudyResults) -> Figure:
    """One panel per objective; with a close-up of the first where trials lie far below the others."""
    panels = [_history_panel(results, i, measure.short) for i, measure in enumerate(results.measures)]
    floor = _floor(np.array([point.gains[0] for point in results.points if point.complete]))
    if floor is not None:
        name = results.objective.short
        panels[:1] = [
            _history_panel(results, 0, f"{name}, close-up", floor),
            _history_panel(results, 0, f"{name}, everything"),
        ]
    return Figure("history", panels if results.points else [])


def front(results: StudyResults) -> Figure:
    """The Pareto front, one panel for each two objectives; empty where there is one objective."""
    points = [point for point in results.points if point.complete]
    kept = [point for point in points if point.feasible]
    best = on_front(np.array([point.gains for point in kept])) if kept else np.zeros(0, dtype=bool)
    numbers = {point.trial.number for point, is_best in zip(kept, best, strict=True) if is_best}
    pairs = list(combinations(range(len(results.measures)), 2)) if points else []
    return Figure("front", [_front_panel(results, points, numbers, *pair) for pair in pairs])


def _marks(results: StudyResults, family: str, points: list[TrialPoint], x: list[float], y: int, mark: Mark) -> Trace:
    """Trials of a family at these places, and at their gains in objective `y`."""
    symbol, size, opacity = mark
    colour = results.colour(family)
    scale = results.measures[y].scale
    line = {"width": 1.2, "color": PAPER if symbol == "circle" else colour}
    return markers(
        label(family),
        x or [None],  # plotly leaves traces without a point out of the legend
        [scale * float(point.gains[y]) for point in points] or [None],
        [results.hover(point) for point in points],
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


def _history_panel(results: StudyResults, objective: int, name: str, floor: float | None = None) -> Panel:
    scale = results.measures[objective].scale
    traces = []
    for family in results.families:
        for kind, mark in KINDS.items():
            points = [
                point for point in results.points if point.family == family and (point.feasible, point.complete) == kind
            ]
            legend = kind == (True, True)
            if points or legend:
                trace = _marks(results, family, points, [point.trial.number for point in points], objective, mark)
                traces.append({**trace, "showlegend": legend})
    traces += [*_best(results, objective), *_failed(results)]
    note, limits = "", {}
    if floor is not None:
        out = sum(point.gains[objective] < floor for point in results.points)
        note = f"{out} trials lie below this picture; “everything” has them."
        top = max(scale * point.gains[objective] for point in results.points)
        limits = {"range": [scale * floor, top + 0.06 * (top - scale * floor)]}
    line = {"color": INK, "width": 1.2, "dash": "dot"}
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "layer": "below", "line": line}
    picture = layout(axis("trial"), axis(results.measures[objective].axis, **limits), shapes=[zero])
    return Panel(name, traces, picture, height(len(results.families) + 2, 480), note)


def _best(results: StudyResults, objective: int) -> list[Trace]:
    points = [point for point in results.points if point.feasible and point.complete]
    if not points:
        return []
    so_far = results.measures[objective].scale * np.maximum.accumulate([point.gains[objective] for point in points])
    last = max(trial.number for trial in results.trials)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "best so far",
            "x": [*(point.trial.number for point in points), last],
            "y": [*so_far.tolist(), float(so_far[-1])],
            "line": {"color": INK, "width": 1.6, "shape": "hv"},
            "hoverinfo": "skip",
        }
    ]


def _failed(results: StudyResults) -> list[Trace]:
    """Trials without a value, along the line of the baseline."""
    if not results.failures:
        return []
    return [
        markers(
            "failed",
            [number for number, _ in results.failures],
            [0.0] * len(results.failures),
            [label(error, 120) for _, error in results.failures],
            {"size": 11, "color": INK, "symbol": "y-down-open", "line": {"width": 1.5}},
            hovertemplate="trial %{x} failed: %{text}<extra></extra>",
        )
    ]


def _front_panel(results: StudyResults, points: list[TrialPoint], best: set[int], x: int, y: int) -> Panel:
    first, second = results.measures[x], results.measures[y]
    traces = []
    for family in results.families:
        mine = [point for point in points if point.family == family]
        beaten = [point for point in mine if point.trial.number not in best]
        for chosen, mark, legend in (
            ([point for point in beaten if point.feasible], ("circle", 6, 0.45), False),
            ([point for point in beaten if not point.feasible], ("circle-open", 6, 0.6), False),
            ([point for point in mine if point.trial.number in best], ("circle", 12, 1.0), True),
        ):
            gains = [first.scale * float(point.gains[x]) for point in chosen]
            traces.append({**_marks(results, family, chosen, gains, y, mark), "showlegend": legend})
    square = {"size": 12, "color": INK, "symbol": "square"}
    name = f"{label(results.baseline)} ◂ baseline"
    traces.append(markers(name, [0.0], [0.0], [], square, hovertemplate="the baseline<extra></extra>"))
    picture = layout(axis(first.axis), axis(second.axis))
    return Panel(f"{first.short} and {second.short}", traces, picture, height(len(results.families) + 1, 520))
