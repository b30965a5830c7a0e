"""Who is paid: emission against descent, by miner in replayed races and by strategy in simulated worlds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.report.figure import PALE, PAPER, Figure, Panel, Trace, axis, height, layout, markers, rows_axis
from experiments.report.looks import Lanes, Look
from experiments.report.results import RaceFacts, Results
from experiments.report.strategies import Kind, kinds
from experiments.report.text import label, number, percent
from experiments.results.estimate import Estimate, estimate

MOST = 60
"""Miners with a dot of their own."""
PAID, CREDITED = (-0.12, 0.54), (0.33, 0.2)
"""Where in its row a bar is, and how high it is."""
WRITTEN = 3.0
"""Percent from which on a bar has its number written in it."""
Shares = dict[str, tuple[float, float]]
"""Miner -> credited share and emission share, in percent."""


def of_race(results: Results, lanes: Lanes) -> Figure:
    """Miners as dots, one panel per race."""
    return Figure("emission", [_race_panel(results, race, lanes) for race in results.races])


def of_world(results: Results, lanes: Lanes) -> Figure:
    """Strategies as bars, one panel per population of more than one strategy."""
    strategies, panels = kinds(results), []
    for name in results.crowds:
        here = results.of_population(name)
        incomes = sums(here, [kind.name for kind in strategies])
        if (incomes.miners > 0).any(axis=(0, 1)).sum() > 1:
            panels.append(_world_panel(name, lanes.rank(here).looks, strategies, incomes))
    return Figure("pay", panels)


def _race_panel(results: Results, race: RaceFacts, lanes: Lanes) -> Panel:
    means = _means(results.emission, race.name, lanes)
    miners, note = _largest(means)
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
    about = race.unfinished or (f"Means over {race.finished} worlds." if race.finished > 1 else "")
    return Panel(race.name, [diagonal, *marks], picture, height(len(marks) + 1, 540), f"{about} {note}".strip())


def _means(table: pa.Table, race: str, lanes: Lanes) -> dict[str, Shares]:
    """The shares in each lane, miners by name."""
    names = pa.array([look.result.lane for look in lanes.looks])
    mine = table.filter(pc.and_(pc.equal(table["race"], race), pc.is_in(table["lane"], value_set=names)))
    groups = mine.group_by(["lane", "miner"], use_threads=False).aggregate([("share", "mean"), ("credit", "mean")])
    means: dict[str, Shares] = {}
    for row in groups.sort_by([("lane", "ascending"), ("miner", "ascending")]).to_pylist():
        means.setdefault(row["lane"], {})[row["miner"]] = (100 * row["credit_mean"], 100 * row["share_mean"])
    return means


def _largest(means: dict[str, Shares]) -> tuple[list[str], str]:
    """The miners that matter most in any lane, and a sentence about the others."""
    size: dict[str, float] = {}
    for lane in means.values():
        for miner, shares in lane.items():
            size[miner] = max(size.get(miner, 0.0), *shares)
    chosen = sorted(size, key=lambda miner: (-size[miner], miner))[:MOST]
    left = len(size) - len(chosen)
    return chosen, f"The {left} miners with the smallest shares are summed up in one mark per lane." if left else ""


def _marks(means: Shares, look: Look, miners: list[str]) -> Trace:
    shares = [means[miner] for miner in miners]
    names = [label(miner) for miner in miners]
    rest = [shares for miner, shares in means.items() if miner not in set(miners)]
    if rest:
        shares.append((sum(r[0] for r in rest), sum(r[1] for r in rest)))
        names.append(f"the other {len(rest)} miners")
    x, y = (np.array([s[part] for s in shares], dtype=np.float32) for part in (0, 1))
    line = {"color": PAPER, "width": 0.8}
    return markers(
        look.label,
        x,
        y,
        names,
        {"size": 9, "color": look.colour, "symbol": look.symbol, "opacity": 0.8, "line": line},
        visible=look.visible,
        hovertemplate="%{text}<br>credited %{x:.1f} %, paid %{y:.1f} %<extra>%{fullData.name}</extra>",
    )


@dataclass(frozen=True)
class Incomes:
    """What miners of each strategy got, float64 `[lanes, worlds, strategies]`, in the order of the results.

    Attributes:
        race, world: the case and the number of each world.
        paid, credited, miners: shares of the emission, of the descent and of the miners.
        usd: what a miner earned less what it spent, per day; NaN where nobody follows the strategy.
    """

    race: np.ndarray
    world: np.ndarray | None
    paid: np.ndarray
    credited: np.ndarray
    miners: np.ndarray
    usd: np.ndarray

    def mean(self, values: np.ndarray, row: int, strategies: Sequence[int]) -> Estimate:
        """The estimate of one of the arrays for a lane and for some strategies together."""
        return estimate(values[row][:, strategies].sum(axis=1), self.race, self.world)


def sums(results: Results, strategies: Sequence[str]) -> Incomes:
    """The incomes under the lanes of these results.

    Args:
        results: of a run, or of one of its populations.
        strategies: all that any miner follows.
    """
    days = {case.name: case.days for case in results.races}
    table = results.emission
    codes = [
        pc.index_in(table[key], value_set=pa.array(names, pa.string())).fill_null(-1).to_numpy(zero_copy_only=False)
        for key, names in (("race", list(days)), ("lane", [lane.lane for lane in results.lanes]))
    ]
    mine = np.flatnonzero((codes[0] >= 0) & (codes[1] >= 0))
    race, lane = (code[mine] for code in codes)
    table = table.take(mine)
    worlds, world = np.unique(np.stack([race, table["world"].to_numpy()], axis=1), axis=0, return_inverse=True)
    strategy = pc.index_in(table["strategy"], value_set=pa.array(strategies, pa.string())).to_numpy()
    shape = (len(results.lanes), len(worlds), len(strategies))
    flat = np.ravel_multi_index((lane, world.ravel(), strategy), shape) if len(mine) else np.empty(0, dtype=int)

    def total(weights: np.ndarray | None) -> np.ndarray:
        return np.bincount(flat, weights, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)

    count = total(None)
    names = np.array(list(days), dtype=object)[worlds[:, 0]]
    length = np.array([days[name] for name in names])[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return Incomes(
            names,
            worlds[:, 1],
            total(table["share"].to_numpy()),
            total(table["credit"].to_numpy()),
            count / count.sum(axis=2, keepdims=True),
            total(table["usd"].to_numpy()) / count / length,
        )


def _world_panel(name: str, looks: tuple[Look, ...], strategies: list[Kind], incomes: Incomes) -> Panel:
    followed = [i for i in range(len(strategies)) if (incomes.miners[:, :, i] > 0).any()]
    bars = [_bar(i, strategies[i], looks, incomes) for i in followed]
    rows = ["<b>share of miners</b>", *(look.label for look in looks)]
    picture = layout(
        axis("share (%)", range=[0, 100.5]),
        rows_axis(rows, first=-1, range=[len(looks) - 0.4, -1.5], showgrid=False),
        barmode="stack",
    )
    picture["legend"] |= {"title": {"text": "strategy"}, "traceorder": "normal"}
    return Panel(name, bars, picture, height(len(followed) + 2, 110 + 34 * max(len(looks) + 1, 4)))


def _bar(place: int, kind: Kind, looks: tuple[Look, ...], incomes: Incomes) -> Trace:
    """One strategy: its share of the miners, then paid and credited of every policy."""
    rows = [look.row for look in looks]
    paid, credited, usd = (
        [incomes.mean(values, row, [place]) for row in rows] for values in (incomes.paid, incomes.credited, incomes.usd)
    )
    share = incomes.mean(incomes.miners, rows[0], [place])
    hover = [
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
        "hovertext": [f"{percent(share)} of the miners", *(text for text in hover for _ in range(2))],
        "hovertemplate": "%{hovertext}<extra>%{fullData.name}</extra>",
        "marker": {"color": kind.colour, "line": {"color": PAPER, "width": 0.8}},
    }
