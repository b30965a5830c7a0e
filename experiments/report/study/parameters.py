"""Pictures of the numbers that were searched: which of them mattered, and the gain against each."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.report.figure import FAINT_GRID, Figure, Panel, Trace, axis, layout, markers
from experiments.report.study.measure import Number, searched_numbers
from experiments.report.study.results import StudyResults, TrialPoint
from experiments.report.study.trials import KINDS
from experiments.report.text import count, digits, label

if TYPE_CHECKING:
    from optuna import Study

FEWEST = 20
"""Trials of a picture: of fewer, the best tenth is no more than one or two."""
MARKS = 5
"""Of an axis, at most."""
LEAST = 0.005
"""Share of the importance from which on a number is drawn."""
ACROSS, GAP, TALL = 3, 0.07, 330
"""Pictures in a row, the share of the width between two, and the height of a row in pixels."""


def importance(results: StudyResults) -> Figure:
    """Which numbers tell good trials from the others: all families at once where there are several, then each."""
    every = results.points
    families = [(name, [point for point in every if point.family == name]) for name in results.families]
    panels = []
    if len(families) > 1 and len(every) >= FEWEST:
        panels.append(_importance_panel(results, "all families", every, False))
    panels += [_importance_panel(results, name, points, True) for name, points in families if len(points) >= FEWEST]
    few = [f"{name} ({len(points)})" for name, points in families if len(points) < FEWEST]
    return Figure(
        "importance",
        [panel for panel in panels if panel.data],
        {"metric": results.objective.short, "few": few if panels else [], "fewest": FEWEST},
    )


def slices(results: StudyResults) -> Figure:
    """The gain against each number, one panel per family, that of the best finalist first."""
    first = results.main_finalist
    order = sorted(results.families, key=lambda family: first is None or family != first["family"])
    panels = [_slices_panel(results, family) for family in order]
    return Figure("slices", [panel for panel in panels if panel.data], {"axis": results.objective.axis})


def importances(points: Sequence[TrialPoint]) -> dict[str, float]:
    """The share of each dimension that is not the same in all trials; empty where all are worth the same."""
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances  # noqa: PLC0415 - slow imports

    if len({float(point.gains[0]) for point in points}) < 2:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts of it are called experimental
        return dict(get_param_importances(_copied(points), evaluator=PedAnovaImportanceEvaluator()))


def _importance_panel(results: StudyResults, name: str, points: Sequence[TrialPoint], alone: bool) -> Panel:
    shares = importances(points)
    rows = sorted((key for key in shares if shares[key] >= LEAST), key=lambda key: shares[key])
    own = (
        {each.dimension: each.name for each in searched_numbers(results.spec.space, points[0].trial.params)}
        if alone
        else {}
    )
    picture = layout(
        axis("share of the importance (%)", rangemode="tozero"),
        axis("", gridcolor=FAINT_GRID, type="category"),
        showlegend=False,
        bargap=0.35,
    )
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [label(own.get(key, key).replace("_share", ""), 44) for key in rows],
        "x": [100 * shares[key] for key in rows],
        "hovertemplate": "%{y}: %{x:.0f} %<extra></extra>",
        "marker": {"color": results.colour(name) if alone else "#555555"},
    }
    tall = 110 + 30 * max(len(rows), 3)
    small = len(shares) - len(rows)
    less = f" Less than {100 * LEAST:g} % each, and not drawn: {count(small, 'number')}." if small else ""
    return Panel(name, [bars] if rows else [], picture, tall, f"Of {count(len(points), 'trial')}.{less}")


def _copied(points: Sequence[TrialPoint]) -> "Study":
    """A study in memory of these trials and their gains, all complete: the evaluator leaves others out."""
    import optuna  # noqa: PLC0415 - a slow import

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        study = optuna.create_study(direction="maximize")
    finally:
        optuna.logging.set_verbosity(before)
    several = {name for point in points for name, axis in point.trial.distributions.items() if not axis.single()}
    for point in points:
        mine = {name: axis for name, axis in point.trial.distributions.items() if name in several}
        params = {name: point.trial.params[name] for name in mine}
        study.add_trial(optuna.create_trial(params=params, distributions=mine, value=float(point.gains[0])))
    return study


def _slices_panel(results: StudyResults, family: str) -> Panel:
    points = [point for point in results.points if point.family == family]
    rows = [searched_numbers(results.spec.space, point.trial.params) for point in points]
    columns = [list(column) for column in zip(*rows, strict=True) if len({each.value for each in column}) > 1]
    deep = -(-len(columns) // ACROSS) or 1
    picture = layout({}, {}, showlegend=False)
    traces = []
    for i, column in enumerate(columns):
        suffix = f"{i + 1}" if i else ""
        picture |= _axes(column, i, deep, suffix, _range(results, points))
        traces.append(_marks(results, points, column, suffix))
    return Panel(family, traces, picture, 70 + TALL * deep)


def _range(results: StudyResults, points: list[TrialPoint]) -> list[float]:
    """The same for all pictures; trials far below the middle do not flatten the others."""
    gains = results.objective.scale * np.array([point.gains[0] for point in points])
    top, low = float(gains.max()), float(max(gains.min(), 4 * np.median(gains) - 3 * gains.max()))
    room = 0.05 * (top - low) or 1.0
    return [low - room, top + room]


def _axes(column: list[Number], place: int, deep: int, suffix: str, limits: list[float]) -> Trace:
    """The axes of a picture at its place in the grid."""
    across, down = place % ACROSS, place // ACROSS
    wide, high = (1 + GAP) / ACROSS - GAP, (1 + 0.22) / deep - 0.22
    left, bottom = across * (wide + GAP), 1 - down * (high + 0.22) - high
    kind = {"type": "log", **_decades(column)} if column[0].log else {"nticks": 5, "exponentformat": "none"}
    title = label(column[0].name.replace("_", " "))
    return {
        f"xaxis{suffix}": axis(title, domain=[left, left + wide], anchor=f"y{suffix}", **kind),
        f"yaxis{suffix}": axis("", domain=[max(bottom, 0.0), bottom + high], anchor=f"x{suffix}", range=limits),
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


def _marks(results: StudyResults, points: list[TrialPoint], column: list[Number], suffix: str) -> Trace:
    return markers(
        "",
        [each.value for each in column],
        [results.objective.scale * float(point.gains[0]) for point in points],
        [results.hover(point) for point in points],
        {
            "size": 7,
            "symbol": [KINDS[point.feasible, point.complete][0] for point in points],
            "color": [point.trial.number for point in points],
            "colorscale": [[0, "#e69f00"], [1, "#0072b2"]],
            "line": {"width": 0.6},
        },
        xaxis=f"x{suffix}",
        yaxis=f"y{suffix}",
    )
