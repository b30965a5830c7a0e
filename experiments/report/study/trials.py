"""Pictures of all trials of a search: what each was worth, and the Pareto front."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from experiments.report.figure import INK, PAPER, Figure, Panel, Trace, axis, height, layout, line, markers
from experiments.report.study.results import StudyResults, TrialPoint
from experiments.report.text import label
from experiments.search.shortlist import front as is_on_front

FAR = 3.0
"""A close-up is offered where the worst is so many times farther below the best than the middle is."""
MARKS = {True: ("circle", 8, 0.85), False: ("circle-open", 8, 0.85)}
"""Symbol, size and opacity by whether a trial kept all limits."""
STOPPED = ("x-thin-open", 6, 0.55)
"""The same for trials that were stopped early."""


def history(results: StudyResults) -> Figure:
    """One panel per objective; with a close-up of the first where trials lie far below the others."""
    panels = [_history_panel(results, i, measure.short) for i, measure in enumerate(results.measures)]
    gains = np.array([point.gains[0] for point in results.points if point.complete])
    if len(gains) > 1:
        reach = FAR * max(gains.max() - float(np.median(gains)), 0.0)
        if reach > 0 and gains.max() - gains.min() > 2 * reach:
            name = results.objective.short
            close = _history_panel(results, 0, f"{name}, close-up", gains.max() - reach)
            panels[:1] = [close, _history_panel(results, 0, f"{name}, everything")]
    return Figure("history", panels if results.points else [])


def front(results: StudyResults) -> Figure:
    """The Pareto front, one panel for each two objectives; empty where there is one objective."""
    points = [point for point in results.points if point.complete]
    feasible = [point for point in points if point.feasible]
    best = is_on_front(np.array([point.gains for point in feasible])) if feasible else np.zeros(0, dtype=bool)
    numbers = {point.trial.number for point, is_best in zip(feasible, best, strict=True) if is_best}
    pairs = list(combinations(range(len(results.measures)), 2)) if points else []
    return Figure("front", [_front_panel(results, points, numbers, x, y) for x, y in pairs])


def _marks(
    results: StudyResults,
    family: str,
    points: list[TrialPoint],
    x: Sequence[float],
    objective: int,
    mark: tuple[str, int, float],
    legend: bool,
) -> Trace:
    """Trials of a family at these places and at their gains in an objective, as a symbol of a size and an opacity."""
    symbol, size, opacity = mark
    colour, scale = results.colour(family), results.measures[objective].scale
    border = {"width": 1.2, "color": PAPER if symbol == "circle" else colour}
    return markers(
        label(family),
        x or [None],  # plotly leaves traces without a point out of the legend
        [scale * float(point.gains[objective]) for point in points] or [None],
        [results.hover(point) for point in points],
        {"size": size, "color": colour, "symbol": symbol, "line": border},
        legendgroup=family,
        showlegend=legend,
        opacity=opacity,
    )


def _history_panel(results: StudyResults, objective: int, name: str, floor: float | None = None) -> Panel:
    """The gains in an objective in the order of the trials; those below the floor are left out."""
    scale, traces = results.measures[objective].scale, []
    for family in results.families:
        for feasible, complete in ((True, True), (False, True), (True, False), (False, False)):
            points = [
                point
                for point in results.points
                if (point.family, point.feasible, point.complete) == (family, feasible, complete)
            ]
            legend = feasible and complete
            if points or legend:
                mark = MARKS[feasible] if complete else STOPPED
                numbers = [point.trial.number for point in points]
                traces.append(_marks(results, family, points, numbers, objective, mark, legend))
    rivals = [point for point in results.points if point.feasible and point.complete]
    if rivals:
        best = (scale * np.maximum.accumulate([point.gains[objective] for point in rivals])).tolist()
        numbers = [*(point.trial.number for point in rivals), max(trial.number for trial in results.trials)]
        look = {"color": INK, "width": 1.6, "shape": "hv"}
        traces.append(line("best so far", numbers, [*best, best[-1]], look, hoverinfo="skip"))
    if results.failures:  # they have no value, and stand on the line of the baseline
        failed = markers(
            "failed",
            [number for number, _ in results.failures],
            [0.0] * len(results.failures),
            [label(error, 120) for _, error in results.failures],
            {"size": 11, "color": INK, "symbol": "y-down-open", "line": {"width": 1.5}},
            hovertemplate="trial %{x} failed: %{text}<extra></extra>",
        )
        traces.append(failed)
    about, limits = {}, {}
    if floor is not None:
        about = {"below": sum(point.gains[objective] < floor for point in results.points)}
        top = max(scale * point.gains[objective] for point in results.points)
        limits = {"range": [scale * floor, top + 0.06 * (top - scale * floor)]}
    dotted = {"color": INK, "width": 1.2, "dash": "dot"}
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "layer": "below", "line": dotted}
    picture = layout(axis("trial"), axis(results.measures[objective].axis, **limits), shapes=[zero])
    return Panel(name, traces, picture, height(len(results.families) + 2, 480), about)


def _front_panel(results: StudyResults, points: list[TrialPoint], best: set[int], x: int, y: int) -> Panel:
    """The gains in two objectives; large marks are on the front."""
    first, second, traces = results.measures[x], results.measures[y], list[Trace]()
    for family in results.families:
        own = [point for point in points if point.family == family]
        beaten = [point for point in own if point.trial.number not in best]
        for chosen, mark, legend in (
            ([point for point in beaten if point.feasible], ("circle", 6, 0.45), False),
            ([point for point in beaten if not point.feasible], ("circle-open", 6, 0.6), False),
            ([point for point in own if point.trial.number in best], ("circle", 12, 1.0), True),
        ):
            gains = [first.scale * float(point.gains[x]) for point in chosen]
            traces.append(_marks(results, family, chosen, gains, y, mark, legend))
    square = {"size": 12, "color": INK, "symbol": "square"}
    name = f"{label(results.baseline)} ◂ baseline"
    traces.append(markers(name, [0.0], [0.0], [], square, hovertemplate="the baseline<extra></extra>"))
    picture = layout(axis(first.axis), axis(second.axis))
    return Panel(f"{first.short} and {second.short}", traces, picture, height(len(results.families) + 1, 520))
