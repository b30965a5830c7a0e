"""Reigns of the drawn world: which strategy was king when."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from experiments.report.figure import Figure, Panel, Trace, height
from experiments.report.gantt import bars, chart, counts, merged
from experiments.report.reigns import Reigns, fine, reigns
from experiments.report.results import Results
from experiments.report.text import label, safe
from experiments.report.world.parts import Part
from experiments.report.world.strategies import Kind, kinds
from experiments.report.world.switches import switches

ROWS = 12
"""Policies; the story of one world is an illustration, and more do not help it."""
BINS, MOST = 600, 4000
"""Finest grid of times, and bars per panel."""
FAINT = 0.62
"""Every other reign is drawn so faint, so that reigns of one strategy can be told apart."""


def figure(parts: list[Part]) -> Figure:
    """The figure, one panel per population and case; empty where no crowns were kept."""
    kept = "events" in parts[0].results.kept
    return Figure(
        "reigns",
        "Reigns",
        (
            "One row per policy in a single world, the fastest descent on top; the colour is the king's strategy, and "
            "the tint changes with the king. Blue and green strategies are honest, orange and red ones (✗) are not. A "
            "stripe pattern is a crown that flaps. The number of crowns stands at the right."
        ),
        [_panel(part) for part in parts] if kept else [],
    )


def _panel(part: Part) -> Panel:
    front = [look for look in part.lanes.looks if look.shown]
    chosen = {look.row for look in [*front, *part.lanes.looks][:ROWS]}
    looks = [look for look in part.lanes.looks if look.row in chosen]
    kings, results = _numbered(part)
    found = reigns(results, part.case, [look.result.lane for look in looks], "king")
    drawn, bins = fine(found, part.case.days, BINS, MOST)
    picture = chart(part.case, looks, "days since the contest began", "the king's strategy")
    lines, names = switches(part)
    picture |= {"barmode": "overlay", "shapes": lines, "annotations": [*picture["annotations"], *names]}
    made = [bar for kind in kinds(part.results) for bar in _bars(drawn, kings, kind)]
    note = f"No world of {safe(part.case.name)} finished."
    if part.case.drawn is not None:
        note = f"World {part.case.drawn}. {merged(part.case, found, drawn, bins)}"
    tall = height(len({strategy for _, strategy in kings}) + 3, 100 + 26 * max(len(looks), 4))
    return Panel(part.name, [*made, counts(found, part.case)], picture, tall, note.strip())


def _numbered(part: Part) -> tuple[list[tuple[str, str]], Results]:
    """The kings as (miner, strategy), and results whose crowns have the column `king` that counts them."""
    crowns = part.results.crowns
    who = list(zip(crowns["miner"].to_pylist(), crowns["strategy"].to_pylist(), strict=True))
    kings = list(dict.fromkeys(who))
    place = {king: i for i, king in enumerate(kings)}
    column = pa.array([place[king] for king in who], pa.int32())
    return kings, replace(part.results, crowns=crowns.append_column("king", column))


def _bars(drawn: list[Reigns], kings: list[tuple[str, str]], kind: Kind) -> list[Trace]:
    """The reigns of a strategy, every other one fainter."""
    made: list[Trace] = []
    own = [np.array([kings[i][1] == kind.name for i in r.model], dtype=bool) for r in drawn]
    for odd in (False, True):
        mine = [np.flatnonzero(is_own & ((np.cumsum(is_own) % 2 == 0) == odd)) for is_own in own]
        start, end, model = (
            np.concatenate([getattr(r, key)[m] for r, m in zip(drawn, mine, strict=True)])
            for key in ("start", "end", "model")
        )
        if not len(start):
            continue
        row = np.repeat(np.arange(len(drawn)), [len(m) for m in mine])
        made.append(
            bars(
                row,
                start,
                end,
                kind.colour,
                name=kind.label,
                legendgroup=kind.name,
                showlegend=not made,
                opacity=FAINT if odd else 1.0,
                text=[label(kings[i][0]) for i in model],
                textposition="none",
                hovertemplate="%{text}, %{fullData.name}<br>day %{base:.2f} to %{customdata:.2f}<extra></extra>",
            )
        )
    return made
