"""Pictures of the numbers that were searched: which of them mattered, and the gain against each."""

import warnings
from collections.abc import Sequence

import numpy as np

from experiments.report.figure import Figure, Panel, Trace, axis, layout, markers
from experiments.report.study.measure import Number, searched_numbers
from experiments.report.study.results import StudyResults, TrialPoint
from experiments.report.study.trials import MARKS, STOPPED
from experiments.report.text import digits, label

FEWEST = 20
"""Trials of a picture: of fewer, the best tenth is no more than one or two."""
TICKS = 5
"""Of an axis, at most."""
LEAST = 0.005
"""Share of the importance from which on a number is drawn."""
ACROSS, GAP, TALL = 3, 0.07, 330
"""Pictures in a row, the share of the width between two, and the height of a row in pixels."""


def importance(results: StudyResults) -> Figure:
    """Which numbers tell good trials from the others: all families at once where there are several, then each."""
    families = {name: [point for point in results.points if point.family == name] for name in results.families}
    large = {name: points for name, points in families.items() if len(points) >= FEWEST}
    panels = []
    if len(families) > 1 and len(results.points) >= FEWEST:
        panels.append(_importance_panel(results, "all families", results.points))
    panels += [_importance_panel(results, name, points, name) for name, points in large.items()]
    few = [f"{name} ({len(points)})" for name, points in families.items() if name not in large]
    about = {"metric": results.objective.short, "few": few if panels else [], "fewest": FEWEST}
    return Figure("importance", [panel for panel in panels if panel.data], about)


def compute_importances(points: Sequence[TrialPoint]) -> dict[str, float]:
    """The share of each dimension that is not the same in all trials; empty where all are worth the same."""
    import optuna  # noqa: PLC0415 - a slow import

    if len({float(point.gains[0]) for point in points}) < 2:
        return {}
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        study = optuna.create_study(direction="maximize")
    finally:
        optuna.logging.set_verbosity(before)
    varied = {name for point in points for name, axis in point.trial.distributions.items() if not axis.single()}
    for point in points:  # copied as complete trials: the evaluator leaves others out
        axes = {name: axis for name, axis in point.trial.distributions.items() if name in varied}
        params = {name: point.trial.params[name] for name in axes}
        study.add_trial(optuna.create_trial(params=params, distributions=axes, value=float(point.gains[0])))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts of it are called experimental
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        return dict(optuna.importance.get_param_importances(study, evaluator=evaluator))


def _importance_panel(
    results: StudyResults, name: str, points: Sequence[TrialPoint], family: str | None = None
) -> Panel:
    """A bar for each number that matters; numbers of one family have their short names and the family's colour."""
    shares = compute_importances(points)
    rows = sorted((key for key in shares if shares[key] >= LEAST), key=lambda key: shares[key])
    searched = searched_numbers(results.spec.space, points[0].trial.params) if family else []
    names = {number.dimension: number.name for number in searched}
    picture = layout(
        axis("share of the importance (%)", rangemode="tozero"),
        axis("", gridcolor="#f4f4f4", type="category"),
        showlegend=False,
        bargap=0.35,
    )
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [label(names.get(key, key).replace("_share", ""), 44) for key in rows],
        "x": [100 * shares[key] for key in rows],
        "hovertemplate": "%{y}: %{x:.0f} %<extra></extra>",
        "marker": {"color": results.colour(family) if family else "#555555"},
    }
    about = {"trials": len(points), "small": len(shares) - len(rows), "least": LEAST}
    return Panel(name, [bars] if rows else [], picture, 110 + 30 * max(len(rows), 3), about)


def slices(results: StudyResults) -> Figure:
    """The gain against each number, one panel per family, that of the best finalist first."""
    first = results.main_finalist
    order = sorted(results.families, key=lambda family: first is None or family != first["family"])
    panels = [_slices_panel(results, family) for family in order]
    return Figure("slices", [panel for panel in panels if panel.data], {"axis": results.objective.axis})


def _slices_panel(results: StudyResults, family: str) -> Panel:
    """A grid of pictures, one for each number of the family; all have the same vertical axis."""
    points = [point for point in results.points if point.family == family]
    rows = [searched_numbers(results.spec.space, point.trial.params) for point in points]
    columns = [list(column) for column in zip(*rows, strict=True) if len({each.value for each in column}) > 1]
    deep = -(-len(columns) // ACROSS) or 1
    picture: Trace
    picture, traces = {"showlegend": False}, []
    gains = [results.objective.scale * float(point.gains[0]) for point in points]
    for i, column in enumerate(columns):
        suffix = f"{i + 1}" if i else ""
        picture |= _axes(column, i, deep, suffix, gains)
        marks = markers(
            "",
            [each.value for each in column],
            gains,
            [results.hover(point) for point in points],
            {
                "size": 7,
                "symbol": [(MARKS[point.feasible] if point.complete else STOPPED)[0] for point in points],
                "color": [point.trial.number for point in points],
                "colorscale": [[0, "#e69f00"], [1, "#0072b2"]],
                "line": {"width": 0.6},
            },
            xaxis=f"x{suffix}",
            yaxis=f"y{suffix}",
        )
        traces.append(marks)
    return Panel(family, traces, picture, 70 + TALL * deep)


def _axes(column: list[Number], place: int, deep: int, suffix: str, gains: list[float]) -> Trace:
    """The axes of a picture at its place in the grid; trials far below the middle do not flatten the others."""
    across, down = place % ACROSS, place // ACROSS
    wide, high = (1 + GAP) / ACROSS - GAP, (1 + 0.22) / deep - 0.22
    left, bottom = across * (wide + GAP), 1 - down * (high + 0.22) - high
    top, low = max(gains), max(min(gains), float(4 * np.median(gains)) - 3 * max(gains))
    room = 0.05 * (top - low) or 1.0
    kind = {"type": "log", **_log_ticks(column)} if column[0].log else {"nticks": 5, "exponentformat": "none"}
    title = label(column[0].name.replace("_", " "))
    y = {"domain": [max(bottom, 0.0), bottom + high], "anchor": f"x{suffix}", "range": [low - room, top + room]}
    return {
        f"xaxis{suffix}": axis(title, domain=[left, left + wide], anchor=f"y{suffix}", **kind),
        f"yaxis{suffix}": axis("", **y),
    }


def _log_ticks(column: list[Number]) -> Trace:
    """Few marks on a logarithmic axis, with whole numbers."""
    low, high = (end(each.value for each in column) for end in (min, max))
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    inside = [mark for decade in decades for mark in (10.0**decade * s for s in (1, 2, 5)) if low <= mark <= high]
    if len(inside) < 2:
        inside = [low, high]
    chosen = inside if len(inside) <= TICKS else inside[:: -(-len(inside) // TICKS)]
    return {"tickvals": chosen, "ticktext": [digits(mark, 2) for mark in chosen]}
