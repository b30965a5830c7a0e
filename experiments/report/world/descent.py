"""The king's loss over time, and how far ahead the best models were."""

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from experiments.estimate import LEVEL
from experiments.report.figure import Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import Look
from experiments.report.text import count, safe
from experiments.report.world.parts import Part
from experiments.report.world.switches import switches

LINES = {
    "king_loss": ("king", "solid", 2.2),
    "best_loss": ("best committed", "dash", 1.0),
    "front_loss": ("best anywhere", "dot", 1.0),
}
"""Column -> its name, its dash, its width."""


def figure(parts: list[Part]) -> Figure:
    """The figure, one panel per population and case."""
    return Figure(
        "descent",
        "Loss over time",
        (
            "The thick line is the true loss of the king, the mean over worlds. The thin dashed line of the same "
            "colour is the best model that was committed, the thin dotted one the best anywhere, also where its owner "
            "keeps it to himself: room between the lines is progress that is not crowned yet. The fastest policy and "
            "the baseline have a 95 % band; bands are of each line alone, and the next figure compares lanes world by "
            f"world. Click a policy to show or hide it. {parts[0].lanes.left_out}"
        ),
        [_panel(part) for part in parts],
    )


def _panel(part: Part) -> Panel:
    lines: list[Trace] = []
    never = []
    for rank, look in enumerate(part.lanes.looks):
        curves = _curves(part, look)
        if not np.isfinite(curves["king_loss"]).all(axis=0).any():
            never.append(look.label)
            continue
        banded = not rank or look.result.lane == part.results.baseline.lane
        lines += [{**line, "legendrank": 1001 + rank} for line in _lines(look, curves, part.case.days, banded)]
    shapes, names = switches(part)
    picture = layout(
        axis("days since the contest began", range=[0, part.case.days]),
        axis(f"true loss ({part.results.manifest['unit']})"),
        shapes=shapes,
        annotations=names,
    )
    return Panel(part.name, lines, picture, height(len(part.lanes.looks), 540), _note(part, never))


def _curves(part: Part, look: Look) -> dict[str, np.ndarray]:
    """Column -> losses `[worlds, points]`."""
    table = part.results.curves
    assert table is not None  # noqa: S101 - worlds have curves
    mine = table.filter(pc.and_(pc.equal(table["race"], part.case.name), pc.equal(table["lane"], look.result.lane)))
    shape = (part.case.finished, -1) if part.case.finished else (0, 1)
    found = {name: np.asarray(mine[name].to_numpy(zero_copy_only=False)).reshape(shape) for name in LINES}
    found["front_loss"] = np.fmin(found["front_loss"], found["best_loss"])  # what is committed is somewhere too
    return found


def _lines(look: Look, curves: dict[str, np.ndarray], days: float, banded: bool) -> Iterator[Trace]:
    """Lines over evenly spaced days, where every world has a king."""
    step = days / (curves["king_loss"].shape[1] - 1)
    shared = {"type": "scatter", "x0": 0.0, "dx": step, "visible": look.visible, "legendgroup": look.label}
    edge = {**shared, "mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
    if banded and (band := _band(curves["king_loss"])) is not None:
        yield {**edge, "y": band[0].astype(np.float32)}
        yield {**edge, "y": band[1].astype(np.float32), "fill": "tonexty", "fillcolor": f"{look.colour}22"}
    for column, (name, dash, width) in reversed(LINES.items()):
        king = column == "king_loss"
        yield {
            **shared,
            "mode": "lines",
            "name": look.label,
            "showlegend": king,
            "y": curves[column].mean(axis=0).astype(np.float32),
            "line": {"color": look.colour, "dash": look.dash if king else dash, "width": width},
            "hovertemplate": f"{name} on day %{{x:.1f}}: %{{y:.4f}}<extra>%{{fullData.name}}</extra>",
        }


def _band(losses: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The interval of the mean at each moment, as in `estimate`; None with a single world."""
    n = len(losses)
    if n < 2:
        return None
    from scipy.special import stdtrit  # noqa: PLC0415 - a slow import that most commands do without

    half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * losses.std(axis=0, ddof=1) / np.sqrt(n)
    mean = losses.mean(axis=0)
    return mean - half, mean + half


def _note(part: Part, never: list[str]) -> str:
    case = part.case
    if not case.finished:
        return f"No world of {safe(case.name)} finished."
    parts = [f"Mean over {count(case.finished, 'world')}." if case.finished > 1 else "One world, so there is no band."]
    if never:
        parts.append(f"Without a king in some world: {', '.join(never)}.")
    return " ".join(parts)
