"""Best loss and kings: the race as everybody saw it, and whom each lane crowned."""

import numpy as np

from experiments.report.figure import INK, Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import Lanes, Look
from experiments.report.reigns import Reigns, fine, reigns
from experiments.report.results import RaceFacts, Results
from experiments.report.text import label, number, safe

BINS, MOST = 2000, 20_000
"""Finest grid of times, and points per race, where crowns are too many to draw."""
WIDE = 2.0
"""From this ratio of largest to smallest loss on, the loss axis is logarithmic."""


def figure(results: Results, lanes: Lanes) -> Figure:
    """The figure, one panel per race."""
    return Figure(
        "kings",
        "Best loss and kings",
        (
            "Each circle is a submission. The grey line is the best loss published so far: an ideal mechanism would "
            "crown along it. Coloured lines are the loss of each lane's king, a dot is a crown: the longer a line "
            "stays above the grey one, the longer that lane held on to an old king. Click a lane in the legend to show "
            f"or hide it. {lanes.left_out}"
        ),
        [_panel(results, race, lanes) for race in results.races],
    )


def _panel(results: Results, race: RaceFacts, lanes: Lanes) -> Panel:
    found = reigns(results, race, [look.result.lane for look in lanes.looks])
    bins = 0
    if sum(map(len, found)) > MOST:
        found, bins = fine(found, race.days, BINS, MOST)
    who = [f"#{i} {label(miner)}" for i, miner in enumerate(race.miner)]
    lines = [
        {**_king(race, r, look, who), "legendrank": 1001 + i}
        for i, (r, look) in enumerate(zip(found, lanes.looks, strict=True))
    ]
    lines = [lines[i] for i in sorted(range(len(lines)), key=lambda i: -found[i].crowns)]  # flapping ones at the back
    ratio = race.loss.max() / race.loss.min() if len(race.loss) else 1.0
    kind = "log" if ratio >= WIDE else "linear"
    picture = layout(
        axis("days since the first submission", rangemode="tozero"),
        axis(
            f"loss ({results.manifest['unit']}{', logarithmic' if kind == 'log' else ''})",
            type=kind,
            range=_range(race, found, kind),
        ),
    )
    return Panel(
        race.name,
        [_best(race), _submissions(race, who), *lines],
        picture,
        height(len(lines) + 2, 520),
        _note(race, found, lanes, bins),
    )


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


def _submissions(race: RaceFacts, who: list[str]) -> Trace:
    return {
        "type": "scatter",
        "name": "submissions",
        "legendrank": 2,
        "mode": "markers",
        "x": race.day,
        "y": race.loss,
        "text": who,
        "customdata": 100 * race.gain,
        "marker": {"size": 10, "color": "white", "line": {"color": INK, "width": 1.5}},
        "hovertemplate": "submission %{text}<br>day %{x:.2f}, loss %{y:.5~g}<br>"
        "%{customdata:+.3f} % better than the best before<extra></extra>",
    }


def _king(race: RaceFacts, found: Reigns, look: Look, who: list[str]) -> Trace:
    last = found.end[-1:]
    model = np.append(found.model, found.model[-1:])
    size = np.append(np.full(len(found), 5), np.zeros(len(last))).astype(np.uint8)  # no dot where time ends
    return {
        "type": "scatter",
        "name": look.label,
        "mode": "lines+markers",
        "visible": look.visible,
        "x": np.append(found.start, last).astype(np.float32),
        "y": race.loss[model].astype(np.float32),
        "text": [who[i] for i in model],
        "customdata": np.append(found.end - found.start, last * 0).astype(np.float32),
        "line": {"shape": "hv", "color": look.colour, "dash": look.dash, "width": 1.8},
        "marker": {"size": size, "color": look.colour, "symbol": look.symbol, "line": {"width": 0}},
        "hovertemplate": "king %{text}<br>crowned on day %{x:.2f} for %{customdata:.2f} days<br>"
        "loss %{y:.5~g}<extra>%{fullData.name}</extra>",
    }


def _range(race: RaceFacts, found: list[Reigns], kind: str) -> list[float] | None:
    """From the best loss to the worst one that ever mattered: a hopeless submission must not flatten the picture."""
    if not len(race.loss):
        return None
    seen = np.concatenate([np.minimum.accumulate(race.loss), *(race.loss[r.model] for r in found)])
    ends = np.array([seen.min(), seen.max()])
    ends = np.log10(ends) if kind == "log" else ends
    margin = 0.06 * (ends[1] - ends[0]) or 0.05 * abs(ends[0]) or 1.0
    return [float(ends[0] - margin), float(ends[1] + margin)]


def _note(race: RaceFacts, found: list[Reigns], lanes: Lanes, bins: int) -> str:
    if race.drawn is None:
        return f"No world of {safe(race.name)} finished: there are submissions, but no kings."
    parts = [f"World {race.drawn} of {race.finished}: kings depend on the evaluation noise, so other worlds differ."]
    if bins:
        parts.append(
            f"So many crowns cannot be drawn: kings are those at one moment in every "
            f"{number(24 * race.days / bins, 1)} hours."
        )
    never = [look.label for look, r in zip(lanes.looks, found, strict=True) if not len(r)]
    if never:
        parts.append(f"Without any king: {', '.join(never)}.")
    top = _range(race, found, "linear")
    above = int((race.loss > top[1]).sum()) if top else 0
    if above:
        parts.append(f"{above} submissions of larger loss lie above the picture; double-click it to see them.")
    return " ".join(parts)
