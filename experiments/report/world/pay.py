"""Who is paid: emission by strategy, beside its share of the miners and of the descent."""

import numpy as np

from experiments.report.figure import Figure, Panel, Trace, axis, height, layout
from experiments.report.looks import Lanes, Look
from experiments.report.results import Results
from experiments.report.text import number, percent
from experiments.report.world.incomes import Incomes, incomes
from experiments.report.world.parts import crowds, within
from experiments.report.world.strategies import Kind, kinds

PAID, CREDITED = (-0.12, 0.54), (0.33, 0.2)
"""Where in its row a bar is, and how high it is."""
WRITTEN = 3.0
"""Percent from which on a bar has its number written in it."""


def figure(results: Results, lanes: Lanes) -> Figure:
    """The figure, one panel per population of more than one strategy."""
    found, panels = kinds(results), []
    for name in crowds(results):
        here = within(results, name)
        got = incomes(here, [kind.name for kind in found])
        if (got.miners > 0).any(axis=(0, 1)).sum() > 1:
            panels.append(_panel(name, lanes.among(here).looks, found, got))
    return Figure(
        "pay",
        "Who is paid",
        (
            "The high bar of a policy is its emission by the strategy of who was paid, the low bar below it the "
            "descent by the strategy of who is credited with it; the top row is how many miners follow each. "
            "Strategies in blue and green try to make the loss fall, those in orange and red (✗) try to be paid "
            f"without it: where the warm part is longer than in the top row, cheating pays. {lanes.left_out}"
        ),
        panels,
    )


def _panel(name: str, looks: tuple[Look, ...], found: list[Kind], got: Incomes) -> Panel:
    there = [i for i in range(len(found)) if (got.miners[:, :, i] > 0).any()]
    bars = [_bar(i, found[i], looks, got) for i in there]
    picture = layout(
        axis("share (%)", range=[0, 100.5]),
        axis(
            "",
            tickvals=list(range(-1, len(looks))),
            ticktext=["<b>share of miners</b>", *(look.label for look in looks)],
            range=[len(looks) - 0.4, -1.5],
            showgrid=False,
        ),
        barmode="stack",
    )
    picture["legend"] |= {"title": {"text": "strategy"}, "traceorder": "normal"}
    return Panel(name, bars, picture, height(len(there) + 2, 110 + 34 * max(len(looks) + 1, 4)))


def _bar(place: int, kind: Kind, looks: tuple[Look, ...], got: Incomes) -> Trace:
    """One strategy: its share of the miners, then paid and credited of every policy."""
    rows = [look.row for look in looks]
    paid = [got.of(got.paid, row, [place]) for row in rows]
    credited = [got.of(got.credited, row, [place]) for row in rows]
    usd = [got.of(got.usd, row, [place]) for row in rows]
    share = got.of(got.miners, rows[0], [place])
    says = [
        f"{look.title}<br>paid {percent(p)} of the emission<br>credited {percent(c)} of the descent<br>"
        f"{number(u.mean)} USD per day and miner, after costs"
        for look, p, c, u in zip(looks, paid, credited, usd, strict=True)
    ]
    x = 100 * np.array([share.mean, *(e.mean for pair in zip(paid, credited, strict=True) for e in pair)])
    centre = [-1.0, *(i + shift for i in range(len(looks)) for shift in (PAID[0], CREDITED[0]))]
    wide = [PAID[1], *(width for _ in looks for width in (PAID[1], CREDITED[1]))]
    high = [True, *(high for _ in looks for high in (True, False))]
    return {
        "type": "bar",
        "orientation": "h",
        "name": kind.label,
        "y": centre,
        "x": x,
        "width": wide,
        "text": [f"{v:.0f}" if h and v >= WRITTEN else "" for v, h in zip(x, high, strict=True)],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"size": 11},
        "constraintext": "none",
        "hovertext": [f"{percent(share)} of the miners", *(s for s in says for _ in range(2))],
        "hovertemplate": "%{hovertext}<extra>%{fullData.name}</extra>",
        "marker": {"color": kind.colour, "line": {"color": "white", "width": 0.8}},
    }
