"""The king's loss over time: of replayed races beside the submissions, of simulated worlds as means over worlds."""

import numpy as np
import pyarrow.compute as pc

from experiments.report.drawn_lanes import DrawnLane, Part
from experiments.report.figure import INK, PAPER, Figure, Panel, Trace, axis, day_lines, height, layout, line, markers
from experiments.report.reigns import lane_reigns, part_crowns, thin
from experiments.report.results import numbers
from experiments.report.text import label
from experiments.results.estimate import student

BINS, MOST = 2000, 20_000
"""Finest grid of times, and points per race, where crowns are too many to draw."""
WIDE = 2.0
"""From this ratio of largest to smallest loss on, the loss axis is logarithmic."""
LINES = {
    "front_loss": ("best anywhere", "dot", 1.0),
    "best_loss": ("best committed", "dash", 1.0),
    "king_loss": ("king", "solid", 2.2),
}
"""Column of the curves table -> its name, its dash, its width; the last is drawn on top."""


def race_losses(parts: list[Part]) -> Figure:
    """Best loss and kings, one panel per race."""
    return Figure("kings", [_race_panel(part) for part in parts])


def world_losses(parts: list[Part]) -> Figure:
    """Loss over time, two panels per population and case; empty where no curves were kept."""
    kept = "curves" in parts[0].results.kept
    return Figure("descent", [panel for part in parts for panel in _world_panels(part)] if kept else [])


def _race_panel(part: Part) -> Panel:
    race, lanes = part.contest, part.drawn.lanes
    crowns = part_crowns(part)
    reigns, bins = lane_reigns(crowns, lanes, numbers(crowns, "submission")), 0
    if sum(map(len, reigns)) > MOST:
        reigns, bins = thin(reigns, race.days, BINS, MOST)
    names = [f"#{i} {label(miner)}" for i, miner in enumerate(race.miner)]
    best = np.minimum.accumulate(race.loss)
    traces = [
        line(
            "best published",
            np.append(race.day, race.days),
            np.append(best, best[-1:]),
            {"shape": "hv", "color": "#c9c9c9", "width": 7},
            hoverinfo="skip",
            legendrank=1,
        ),
        markers(
            "submissions",
            race.day,
            race.loss,
            names,
            {"size": 10, "color": PAPER, "line": {"color": INK, "width": 1.5}},
            legendrank=2,
            customdata=100 * race.gain,
            hovertemplate="submission %{text}<br>day %{x:.2f}, loss %{y:.5~g}<br>"
            "%{customdata:+.3f} % better than the best before<extra></extra>",
        ),
    ]
    for i in sorted(range(len(lanes)), key=lambda i: -reigns[i].crowns):  # flapping ones at the back
        lane, own = lanes[i], reigns[i]
        last, model = own.end[-1:], np.append(own.model, own.model[-1:])
        size = np.append(np.full(len(own), 5), np.zeros(len(last))).astype(np.uint8)  # no dot where time ends
        king = line(
            lane.label,
            np.append(own.start, last).astype(np.float32),
            race.loss[model].astype(np.float32),
            {"shape": "hv", "color": lane.colour, "dash": lane.dash, "width": 1.8},
            mode="lines+markers",
            visible=lane.visible,
            legendrank=1001 + i,
            text=[names[i] for i in model],
            customdata=np.append(own.end - own.start, last * 0).astype(np.float32),
            marker={"size": size, "color": lane.colour, "symbol": lane.symbol, "line": {"width": 0}},
            hovertemplate="king %{text}<br>crowned on day %{x:.2f} for %{customdata:.2f} days<br>"
            "loss %{y:.5~g}<extra>%{fullData.name}</extra>",
        )
        traces.append(king)
    shown = np.concatenate([best, *(race.loss[own.model] for own in reigns)])
    wide = bool(len(shown)) and race.loss.max() / race.loss.min() >= WIDE
    unit = f"{part.results.manifest['unit']}{', logarithmic' if wide else ''}"
    limits = _limits(np.log10(shown) if wide else shown) if len(shown) else None
    picture = layout(
        axis("days since the first submission", rangemode="tozero"),
        axis(f"loss ({unit})", type="log" if wide else "linear", range=limits),
    )
    about = {
        "contest": race,
        "hours": 24 * race.days / bins if bins else None,
        "kingless": [lane.name for lane, own in zip(lanes, reigns, strict=True) if not len(own)],
        "above": int((race.loss > _limits(shown)[1]).sum()) if len(shown) else 0,
    }
    return Panel(part.name, traces, picture, height(len(lanes) + 2, 520), about)


def _limits(shown: np.ndarray) -> list[float]:
    """From the best loss to the worst one that ever mattered: a hopeless submission must not flatten the picture."""
    low, high = float(shown.min()), float(shown.max())
    margin = 0.06 * (high - low) or 0.05 * abs(low) or 1.0
    return [low - margin, high + margin]


def _world_panels(part: Part) -> list[Panel]:
    """The true losses, and how far each king was ahead of the baseline's."""
    lines, leads, kingless = [], [], []
    losses = _losses(part)
    base = losses.get(part.results.baseline.lane)
    for rank, lane in enumerate(part.drawn.lanes if losses else ()):
        own = losses[lane.result.lane]
        if not _has_king(own):
            kingless.append(lane.name)
            continue
        for column, (text, dash, width) in LINES.items():
            is_king = column == "king_loss"
            look = {"color": lane.colour, "dash": lane.dash if is_king else dash, "width": width}
            hover = f"{text} on day %{{x:.1f}}: %{{y:.4f}}<extra>%{{fullData.name}}</extra>"
            mean = own[column].mean(axis=0)
            lines.append(_day_line(part, lane, rank, mean, look, hovertemplate=hover, showlegend=is_king))
        if base is not None and _has_king(base):
            leads += _lead_lines(part, lane, rank, own["king_loss"], base["king_loss"])
    unit = part.results.manifest["unit"]
    about = {"contest": part.contest, "kingless": kingless}
    return [
        _world_panel(part, part.name, lines, f"true loss ({unit})", about),
        _world_panel(
            part,
            f"{part.name}, against the baseline",
            leads,
            "A less that of the baseline, so far (≈ % of the loss)",
            {**about, "kingless": []},
        ),
    ]


def _losses(part: Part) -> dict[str, dict[str, np.ndarray]]:
    """Lane -> column -> true losses at evenly spaced moments, float64 `[worlds, points]`; NaN before there is a king.

    Empty where no world finished.
    """
    table, worlds = part.results.curves, part.contest.finished
    if table is None or not worlds:
        return {}
    table = table.filter(pc.equal(table["race"], part.contest.name))
    found = {}
    for lane in part.drawn.lanes:
        mine = table.filter(pc.equal(table["lane"], lane.result.lane))
        found[lane.result.lane] = {column: numbers(mine, column).reshape(worlds, -1) for column in LINES}
    return found


def _has_king(losses: dict[str, np.ndarray]) -> bool:
    """Whether there is a moment at which every world has a king: only there a mean is one of all worlds."""
    return bool(np.isfinite(losses["king_loss"]).all(axis=0).any())


def _lead_lines(part: Part, lane: DrawnLane, rank: int, own: np.ndarray, base: np.ndarray) -> list[Trace]:
    """How much of the difference of A had come together by each day: A is a mean over the contest of such gains."""
    gain = np.nan_to_num(np.log(base / own))
    sums = 100 * np.cumsum(gain, axis=1) / gain.shape[1]
    mean, traces = sums.mean(axis=0), []
    if own is not base and len(sums) > 1:
        half = student(len(sums) - 1) * sums.std(axis=0, ddof=1) / np.sqrt(len(sums))
        edge = {"showlegend": False, "hoverinfo": "skip"}
        fill = {"fill": "tonexty", "fillcolor": f"{lane.colour}1c"}
        traces.append(_day_line(part, lane, rank, mean - half, {"width": 0}, **edge))
        traces.append(_day_line(part, lane, rank, mean + half, {"width": 0}, **edge, **fill))
    look = {"color": lane.colour, "dash": lane.dash, "width": 2.0}
    hover = "until day %{x:.1f}: %{y:+.4f} % of the loss<extra>%{fullData.name}</extra>"
    return [*traces, _day_line(part, lane, rank, mean, look, hovertemplate=hover, showlegend=True)]


def _day_line(part: Part, lane: DrawnLane, rank: int, values: np.ndarray, look: Trace, **more: object) -> Trace:
    """A line of a lane over evenly spaced days; lines of one lane share its place in the legend."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": lane.label,
        "legendgroup": lane.label,
        "legendrank": 1001 + rank,
        "visible": lane.visible,
        "x0": 0.0,
        "dx": part.contest.days / (len(values) - 1),
        "y": values.astype(np.float32),
        "line": look,
        **more,
    }


def _world_panel(part: Part, name: str, traces: list[Trace], title: str, about: dict[str, object]) -> Panel:
    shapes, names = day_lines(part.data_switches)
    time = axis("days since the contest began", range=[0, part.contest.days])
    picture = layout(time, axis(title), shapes=shapes, annotations=names)
    return Panel(name, traces, picture, height(len(part.drawn.lanes), 540), about)
