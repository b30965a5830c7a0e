"""Emission against descent: who was paid, and who made the loss fall."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.report.figure import PALE, Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import Lanes, Look
from experiments.report.results import RaceFacts, Results
from experiments.report.text import label

MOST = 60
"""Miners with a dot of their own."""


def figure(results: Results, lanes: Lanes) -> Figure:
    """The figure, one panel per race."""
    return Figure(
        "emission",
        "Emission against descent",
        (
            "Each mark is a miner under one lane: to the right is how much of the fall of the published loss is "
            "credited to the miner, upwards the share of emission that the miner was paid. On the diagonal pay is "
            f"exact; above it a miner is overpaid, below it underpaid. {lanes.left_out}"
        ),
        [_panel(results, race, lanes) for race in results.races],
    )


def _panel(results: Results, race: RaceFacts, lanes: Lanes) -> Panel:
    means = _means(results.emission, race.name, lanes)
    miners, note = _miners(means)
    marks = [_marks(means[look.result.lane], look, miners) for look in lanes.looks if look.result.lane in means]
    ends = [float(np.max(mark[key])) for mark in marks for key in ("x", "y") if len(mark[key])]
    end = 1.08 * max(ends, default=1.0) or 1.0
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, 100],
        "y": [0, 100],
        "name": "paid for the descent",
        "line": {"color": PALE, "width": 2},
        "hoverinfo": "skip",
    }
    picture = layout(
        axis("credited share of the published descent (%)", range=[-0.03 * end, end]),
        axis("share of emission (%)", range=[-0.03 * end, end]),
    )
    about = f"Means over {race.finished} worlds." if race.finished > 1 else ""
    about = about if race.finished else "No world of this race finished."
    return Panel(race.name, [diagonal, *marks], picture, height(len(marks) + 1, 540), f"{about} {note}".strip())


def _means(table: pa.Table, race: str, lanes: Lanes) -> dict[str, dict[str, tuple[float, float]]]:
    """Lane -> miner -> credited share and emission share, in percent, miners by name."""
    names = pa.array([look.result.lane for look in lanes.looks])
    mine = table.filter(pc.and_(pc.equal(table["race"], race), pc.is_in(table["lane"], value_set=names)))
    groups = mine.group_by(["lane", "miner"], use_threads=False).aggregate([("share", "mean"), ("credit", "mean")])
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for row in groups.sort_by([("lane", "ascending"), ("miner", "ascending")]).to_pylist():
        found.setdefault(row["lane"], {})[row["miner"]] = (100 * row["credit_mean"], 100 * row["share_mean"])
    return found


def _miners(means: dict[str, dict[str, tuple[float, float]]]) -> tuple[list[str], str]:
    """The miners that matter most in any lane, and a sentence about the others."""
    size: dict[str, float] = {}
    for lane in means.values():
        for miner, shares in lane.items():
            size[miner] = max(size.get(miner, 0.0), *shares)
    chosen = sorted(size, key=lambda miner: (-size[miner], miner))[:MOST]
    left = len(size) - len(chosen)
    return chosen, f"The {left} miners with the smallest shares are summed up in one mark per lane." if left else ""


def _marks(means: dict[str, tuple[float, float]], look: Look, miners: list[str]) -> dict[str, Any]:
    shares = [means[miner] for miner in miners]
    names = [label(miner) for miner in miners]
    rest = [shares for miner, shares in means.items() if miner not in set(miners)]
    if rest:
        shares.append((sum(r[0] for r in rest), sum(r[1] for r in rest)))
        names.append(f"the other {len(rest)} miners")
    x, y = (np.array([s[part] for s in shares], dtype=np.float32) for part in (0, 1))
    trace: Trace = {
        "type": "scatter",
        "mode": "markers",
        "name": look.label,
        "x": x,
        "y": y,
        "text": names,
        "visible": look.visible,
        "marker": {
            "size": 9,
            "color": look.colour,
            "symbol": look.symbol,
            "opacity": 0.8,
            "line": {"color": "white", "width": 0.8},
        },
        "hovertemplate": "%{text}<br>credited %{x:.1f} %, paid %{y:.1f} %<extra>%{fullData.name}</extra>",
    }
    return trace
