"""The king's loss over time, how far ahead the best models were, and how the kings compare with the baseline's."""

from collections.abc import Iterator

import numpy as np

from experiments.report.figure import Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import Look
from experiments.report.text import count, safe
from experiments.report.world.bands import band
from experiments.report.world.losses import Losses, losses
from experiments.report.world.parts import Part
from experiments.report.world.switches import switches

LINES = {
    "king": ("king", "solid", 2.2),
    "committed": ("best committed", "dash", 1.0),
    "anywhere": ("best anywhere", "dot", 1.0),
}
"""Loss -> its name, its dash, its width."""


def figure(parts: list[Part]) -> Figure:
    """The figure, two panels per population and case; empty where no curves were kept."""
    kept = "curves" in parts[0].results.kept
    return Figure(
        "descent",
        "Loss over time",
        (
            "The thick line is the true loss of the king, the mean over worlds. The thin dashed line of the same "
            "colour is the best model that was committed, the thin dotted one the best anywhere, also where its owner "
            "keeps it to himself: room between the lines is progress that is not crowned yet. “Against the baseline” "
            "adds up how far below the baseline's king each king was in the same world, with 95 % bands: a line rises "
            "while its policy is ahead, and ends at the difference of A. Click a policy to show or hide it. "
            f"{parts[0].lanes.left_out}"
        ),
        [panel for part in parts for panel in (_alone(part), _against(part))] if kept else [],
    )


def _alone(part: Part) -> Panel:
    """The losses themselves."""
    lines, never = [], []
    for rank, look, found in _found(part):
        if not found.crowned:
            never.append(look.label)
            continue
        for name, (says, dash, width) in reversed(LINES.items()):
            king = name == "king"
            line = {"color": look.colour, "dash": look.dash if king else dash, "width": width}
            hover = f"{says} on day %{{x:.1f}}: %{{y:.4f}}<extra>%{{fullData.name}}</extra>"
            curve = getattr(found, name).mean(axis=0)
            lines.append({**_line(part, look, rank, curve, hover), "line": line, "showlegend": king})
    title = f"true loss ({part.results.manifest['unit']})"
    without = [f"Without a king in some world: {', '.join(never)}."] if never else []
    return _panel(part, part.name, lines, title, without)


def _against(part: Part) -> Panel:
    """How much of the difference of A had come together by each day: A is a mean over the contest of such gains."""
    found = list(_found(part))
    base = next((losses for _, look, losses in found if look.result.lane == part.results.baseline.lane), None)
    lines = []
    for rank, look, own in found:
        if base is None or not base.crowned or not own.crowned:
            continue
        gain = np.nan_to_num(np.log(base.king / own.king))
        sums = 100 * np.cumsum(gain, axis=1) / gain.shape[1]
        hover = "until day %{x:.1f}: %{y:+.4f} % of the loss<extra>%{fullData.name}</extra>"
        middle = _line(part, look, rank, sums.mean(axis=0), hover)
        line = {"color": look.colour, "dash": look.dash, "width": 2.0}
        if own is not base and (edges := band(sums)) is not None:
            edge = {**middle, "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
            lines.append({**edge, "y": edges[0].astype(np.float32)})
            lines.append({**edge, "y": edges[1].astype(np.float32), "fill": "tonexty", "fillcolor": f"{look.colour}1c"})
        lines.append({**middle, "line": line, "showlegend": True})
    return _panel(
        part, f"{part.name}, against the baseline", lines, "A less that of the baseline, so far (≈ % of the loss)", []
    )


def _found(part: Part) -> Iterator[tuple[int, Look, Losses]]:
    """Rank, look and losses of every policy; nothing where no world finished."""
    for rank, look in enumerate(part.lanes.looks if part.case.finished else ()):
        yield rank, look, losses(part.results, part.case, look.result.lane)


def _line(part: Part, look: Look, rank: int, curve: np.ndarray, hover: str) -> Trace:
    """A line over evenly spaced days."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": look.label,
        "legendgroup": look.label,
        "legendrank": 1001 + rank,
        "visible": look.visible,
        "x0": 0.0,
        "dx": part.case.days / (len(curve) - 1),
        "y": curve.astype(np.float32),
        "hovertemplate": hover,
    }


def _panel(part: Part, name: str, lines: list[Trace], title: str, notes: list[str]) -> Panel:
    case, (shapes, names) = part.case, switches(part)
    picture = layout(
        axis("days since the contest began", range=[0, case.days]), axis(title), shapes=shapes, annotations=names
    )
    over = (
        f"Mean over {count(case.finished, 'world')}." if case.finished else f"No world of {safe(case.name)} finished."
    )
    return Panel(name, lines, picture, height(len(part.lanes.looks), 540), " ".join([over, *notes]))
