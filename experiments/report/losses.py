"""The king's loss over time: of replayed races beside the submissions, of simulated worlds as means over worlds."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from experiments.report.figure import INK, PAPER, Figure, Panel, Trace, axis, day_lines, height, layout, markers
from experiments.report.looks import Look
from experiments.report.reigns import Reigns, crowns_of, of_lanes, thinned
from experiments.report.results import Part, RaceFacts, numbers
from experiments.report.text import count, label, number
from experiments.results.estimate import student

BINS, MOST = 2000, 20_000
"""Finest grid of times, and points per race, where crowns are too many to draw."""
WIDE = 2.0
"""From this ratio of largest to smallest loss on, the loss axis is logarithmic."""
LINES = {
    "anywhere": ("best anywhere", "dot", 1.0),
    "committed": ("best committed", "dash", 1.0),
    "king": ("king", "solid", 2.2),
}
"""Loss -> its name, its dash, its width; the last is drawn on top."""


def of_race(parts: list[Part]) -> Figure:
    """Best loss and kings, one panel per race."""
    return Figure("kings", [_race_panel(part) for part in parts])


def of_world(parts: list[Part]) -> Figure:
    """Loss over time, two panels per population and case; empty where no curves were kept."""
    kept = "curves" in parts[0].results.kept
    return Figure(
        "descent", [panel for part in parts for panel in (_loss_panel(part), _lead_panel(part))] if kept else []
    )


def _race_panel(part: Part) -> Panel:
    race, looks = part.case, part.lanes.looks
    crowns = crowns_of(part)
    reigns = of_lanes(crowns, looks, numbers(crowns, "submission"))
    bins = 0
    if sum(map(len, reigns)) > MOST:
        reigns, bins = thinned(reigns, race.days, BINS, MOST)
    names = [f"#{i} {label(miner)}" for i, miner in enumerate(race.miner)]
    lines = [
        {**_king(race, r, look, names), "legendrank": 1001 + i}
        for i, (r, look) in enumerate(zip(reigns, looks, strict=True))
    ]
    lines = [lines[i] for i in sorted(range(len(lines)), key=lambda i: -reigns[i].crowns)]  # flapping ones at the back
    ratio = race.loss.max() / race.loss.min() if len(race.loss) else 1.0
    kind = "log" if ratio >= WIDE else "linear"
    unit = f"{part.results.manifest['unit']}{', logarithmic' if kind == 'log' else ''}"
    picture = layout(
        axis("days since the first submission", rangemode="tozero"),
        axis(f"loss ({unit})", type=kind, range=_range(race, reigns, kind)),
    )
    tall = height(len(lines) + 2, 520)
    return Panel(part.name, [_best(race), _submissions(race, names), *lines], picture, tall, _note(part, reigns, bins))


def _best(race: RaceFacts) -> Trace:
    best = np.minimum.accumulate(race.loss)
    return {
        "type": "scatter",
        "name": "best published",
        "mode": "lines",
        "x": np.append(race.day, race.days),
        "y": np.append(best, best[-1:]),
        "line": {"shape": "hv", "color": "#c9c9c9", "width": 7},
        "hoverinfo": "skip",
        "legendrank": 1,
    }


def _submissions(race: RaceFacts, names: list[str]) -> Trace:
    return markers(
        "submissions",
        race.day,
        race.loss,
        names,
        {"size": 10, "color": PAPER, "line": {"color": INK, "width": 1.5}},
        legendrank=2,
        customdata=100 * race.gain,
        hovertemplate="submission %{text}<br>day %{x:.2f}, loss %{y:.5~g}<br>"
        "%{customdata:+.3f} % better than the best before<extra></extra>",
    )


def _king(race: RaceFacts, reigns: Reigns, look: Look, names: list[str]) -> Trace:
    last = reigns.end[-1:]
    model = np.append(reigns.model, reigns.model[-1:])
    size = np.append(np.full(len(reigns), 5), np.zeros(len(last))).astype(np.uint8)  # no dot where time ends
    return {
        "type": "scatter",
        "name": look.label,
        "mode": "lines+markers",
        "visible": look.visible,
        "x": np.append(reigns.start, last).astype(np.float32),
        "y": race.loss[model].astype(np.float32),
        "text": [names[i] for i in model],
        "customdata": np.append(reigns.end - reigns.start, last * 0).astype(np.float32),
        "line": {"shape": "hv", "color": look.colour, "dash": look.dash, "width": 1.8},
        "marker": {"size": size, "color": look.colour, "symbol": look.symbol, "line": {"width": 0}},
        "hovertemplate": "king %{text}<br>crowned on day %{x:.2f} for %{customdata:.2f} days<br>"
        "loss %{y:.5~g}<extra>%{fullData.name}</extra>",
    }


def _range(race: RaceFacts, reigns: list[Reigns], kind: str) -> list[float] | None:
    """From the best loss to the worst one that ever mattered: a hopeless submission must not flatten the picture."""
    if not len(race.loss):
        return None
    shown = np.concatenate([np.minimum.accumulate(race.loss), *(race.loss[r.model] for r in reigns)])
    ends = np.array([shown.min(), shown.max()])
    ends = np.log10(ends) if kind == "log" else ends
    margin = 0.06 * (ends[1] - ends[0]) or 0.05 * abs(ends[0]) or 1.0
    return [float(ends[0] - margin), float(ends[1] + margin)]


def _note(part: Part, reigns: list[Reigns], bins: int) -> str:
    race = part.case
    if race.drawn is None:
        return f"No world of {race.name} finished: there are submissions, but no kings."
    text = f"World {race.drawn} of {race.finished}: kings depend on the evaluation noise, so other worlds differ."
    if bins:
        moments = number(24 * race.days / bins, 1)
        text += f" So many crowns cannot be drawn: kings are those at one moment in every {moments} hours."
    never = [look.name for look, r in zip(part.lanes.looks, reigns, strict=True) if not len(r)]
    without = f" Without any king: {', '.join(never)}." if never else ""
    top = _range(race, reigns, "linear")
    above = int((race.loss > top[1]).sum()) if top else 0
    out = f" {above} submissions of larger loss lie above the picture; double-click it to see them." if above else ""
    return f"{text}{without}{out}"


@dataclass(frozen=True)
class Losses:
    """True losses of one lane at evenly spaced moments, float64 `[worlds, points]`; NaN before there is a king.

    Attributes:
        king: of the king.
        committed: of the best model that was committed.
        anywhere: of the best model that there was, committed or not.
    """

    king: np.ndarray
    committed: np.ndarray
    anywhere: np.ndarray

    @property
    def crowned(self) -> bool:
        """Whether there is a moment at which every world has a king: only there a mean is one of all worlds."""
        return bool(np.isfinite(self.king).all(axis=0).any())


def _losses(part: Part) -> Iterator[tuple[int, Look, Losses]]:
    """Rank, look and losses of every policy; nothing where no world finished."""
    table = part.results.curves
    if table is None or not part.case.finished:
        return
    for rank, look in enumerate(part.lanes.looks):
        mine = table.filter(pc.and_(pc.equal(table["race"], part.case.name), pc.equal(table["lane"], look.result.lane)))
        columns = ("king_loss", "best_loss", "front_loss")
        yield rank, look, Losses(*(numbers(mine, column).reshape(part.case.finished, -1) for column in columns))


def _loss_panel(part: Part) -> Panel:
    lines, never = [], []
    for rank, look, losses in _losses(part):
        if not losses.crowned:
            never.append(look.name)
            continue
        for name, (text, dash, width) in LINES.items():
            king = name == "king"
            line = {"color": look.colour, "dash": look.dash if king else dash, "width": width}
            hover = f"{text} on day %{{x:.1f}}: %{{y:.4f}}<extra>%{{fullData.name}}</extra>"
            curve = getattr(losses, name).mean(axis=0)
            lines.append({**_line(part, look, rank, curve, hover), "line": line, "showlegend": king})
    title = f"true loss ({part.results.manifest['unit']})"
    without = f" Without a king in some world: {', '.join(never)}." if never else ""
    return _world_panel(part, part.name, lines, title, without)


def _lead_panel(part: Part) -> Panel:
    """How much of the difference of A had come together by each day: A is a mean over the contest of such gains."""
    every = list(_losses(part))
    base = next((losses for _, look, losses in every if look.result.lane == part.results.baseline.lane), None)
    lines = []
    for rank, look, own in every:
        if base is None or not base.crowned or not own.crowned:
            continue
        gain = np.nan_to_num(np.log(base.king / own.king))
        sums = 100 * np.cumsum(gain, axis=1) / gain.shape[1]
        hover = "until day %{x:.1f}: %{y:+.4f} % of the loss<extra>%{fullData.name}</extra>"
        middle = _line(part, look, rank, sums.mean(axis=0), hover)
        line = {"color": look.colour, "dash": look.dash, "width": 2.0}
        if own is not base and len(sums) > 1:
            half = student(len(sums) - 1) * sums.std(axis=0, ddof=1) / np.sqrt(len(sums))
            edge = {**middle, "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
            lines.append({**edge, "y": (sums.mean(axis=0) - half).astype(np.float32)})
            fill = {"fill": "tonexty", "fillcolor": f"{look.colour}1c"}
            lines.append({**edge, "y": (sums.mean(axis=0) + half).astype(np.float32), **fill})
        lines.append({**middle, "line": line, "showlegend": True})
    title = "A less that of the baseline, so far (≈ % of the loss)"
    return _world_panel(part, f"{part.name}, against the baseline", lines, title)


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


def _world_panel(part: Part, name: str, lines: list[Trace], title: str, without: str = "") -> Panel:
    case, (shapes, names) = part.case, day_lines(part.data_switches)
    picture = layout(
        axis("days since the contest began", range=[0, case.days]), axis(title), shapes=shapes, annotations=names
    )
    over = case.unfinished or f"Mean over {count(case.finished, 'world')}."
    return Panel(name, lines, picture, height(len(part.lanes.looks), 540), f"{over}{without}")
