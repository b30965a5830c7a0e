"""Payment: emission against descent, by miner in replayed races and by strategy in simulated worlds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.report.drawn_lanes import DrawnLane, DrawnLanes
from experiments.report.figure import PALE, PAPER, Figure, Panel, Trace, axis, height, layout, line, markers, rows_axis
from experiments.report.results import Contest, Results
from experiments.report.strategies import Kind, kinds
from experiments.report.text import label, number, percent
from experiments.results.estimate import Estimate, estimate

MOST = 60  #: miners with a dot of their own
PAID, CREDITED = (-0.12, 0.54), (0.33, 0.2)  #: where in its row a bar is, and how high it is
WRITTEN = 3.0  #: the least percentage that is written into its bar


def race_pay(results: Results, drawn: DrawnLanes) -> Figure:
    """Miners as dots, one panel per race."""
    return Figure("emission", [_race_panel(results, race, drawn) for race in results.contests])


def world_pay(results: Results, drawn: DrawnLanes) -> Figure:
    """Strategies as bars, one panel per population of more than one strategy."""
    strategies, panels = kinds(results.populations), []
    for name in results.crowds:
        here = results.select_population(name)
        incomes = sum_incomes(here, [kind.name for kind in strategies])
        followed = np.flatnonzero((incomes.miners > 0).any(axis=(0, 1))).tolist()
        if len(followed) < 2:
            continue
        lanes = drawn.rank(here).lanes
        first = incomes.miners[lanes[0].row]
        alike = all(np.array_equal(incomes.miners[lane.row], first, equal_nan=True) for lane in lanes)
        whose = "" if alike else f" under {lanes[0].label}"  # crowds that settled have a mix for each policy
        rows = [f"<b>share of miners{whose}</b>", *(lane.label for lane in lanes)]
        picture = layout(
            axis("share (%)", range=[0, 100.5]),
            rows_axis(rows, first=-1, range=[len(lanes) - 0.4, -1.5], showgrid=False),
            barmode="stack",
            legend={"title": {"text": "strategy"}, "traceorder": "normal"},
        )
        bars = [_bar(i, strategies[i], lanes, incomes) for i in followed]
        panels.append(Panel(name, bars, picture, height(len(bars) + 2, 110 + 34 * max(len(lanes) + 1, 4))))
    return Figure("pay", panels)


def _race_panel(results: Results, race: Contest, drawn: DrawnLanes) -> Panel:
    table, names = results.emission, pa.array([lane.result.lane for lane in drawn.lanes])
    mine = table.filter(pc.and_(pc.equal(table["race"], race.name), pc.is_in(table["lane"], value_set=names)))
    groups = mine.group_by(["lane", "miner"], use_threads=False).aggregate([("share", "mean"), ("credit", "mean")])
    # lane -> miner -> percent credited and paid
    shares: dict[str, dict[str, tuple[float, float]]] = {}
    # miner -> the largest of these in any lane
    size: dict[str, float] = {}
    for row in groups.sort_by([("lane", "ascending"), ("miner", "ascending")]).to_pylist():
        miner, pair = row["miner"], (100 * row["credit_mean"], 100 * row["share_mean"])
        shares.setdefault(row["lane"], {})[miner] = pair
        size[miner] = max(size.get(miner, 0.0), *pair)
    largest = sorted(size, key=lambda miner: (-size[miner], miner))[:MOST]
    marks = []
    for lane in drawn.lanes:
        own = shares.get(lane.result.lane)
        if own is None:
            continue
        pairs, texts = [own[miner] for miner in largest], [label(miner) for miner in largest]
        others = [pair for miner, pair in own.items() if miner not in largest]
        if others:
            pairs.append((sum(pair[0] for pair in others), sum(pair[1] for pair in others)))
            texts.append(f"the other {len(others)} miners")
        x, y = (np.array([pair[i] for pair in pairs], dtype=np.float32) for i in (0, 1))
        look = {"size": 9, "color": lane.colour, "symbol": lane.symbol, "opacity": 0.8}
        mark = markers(
            lane.label,
            x,
            y,
            texts,
            {**look, "line": {"color": PAPER, "width": 0.8}},
            visible=lane.visible,
            hovertemplate="%{text}<br>credited %{x:.1f} %, paid %{y:.1f} %<extra>%{fullData.name}</extra>",
        )
        marks.append(mark)
    ends = [float(np.max(mark[key])) for mark in marks for key in ("x", "y") if len(mark[key])]
    end = 1.08 * max(ends, default=1.0) or 1.0
    diagonal = line("paid for the descent", [0, 100], [0, 100], {"color": PALE, "width": 2}, hoverinfo="skip")
    picture = layout(
        axis("credited share of the published descent (%)", range=[-0.03 * end, end]),
        axis("share of emission (%)", range=[-0.03 * end, end]),
    )
    about = {"contest": race, "others": len(size) - len(largest)}
    return Panel(race.name, [diagonal, *marks], picture, height(len(marks) + 1, 540), about)


@dataclass(frozen=True)
class Incomes:
    """The incomes of miners by strategy, float64 `[lanes, worlds, strategies]`, in the order of the results."""

    race: np.ndarray  #: the case of each world
    world: np.ndarray  #: its number
    paid: np.ndarray  #: shares of the emission
    credited: np.ndarray  #: shares of the descent
    miners: np.ndarray  #: shares of the miners
    usd: np.ndarray  #: a miner's earnings less its costs, per day; NaN where no miner follows the strategy

    def mean(self, values: np.ndarray, row: int, strategies: Sequence[int]) -> Estimate:
        """The estimate of one of the arrays for a lane and for some strategies together."""
        return estimate(values[row][:, strategies].sum(axis=1), self.race, self.world)


def sum_incomes(results: Results, strategies: Sequence[str]) -> Incomes:
    """The incomes under the lanes of a run or of one of its populations, by the strategies that any miner follows."""
    days = {case.name: case.days for case in results.contests}
    lanes = [lane.lane for lane in results.lanes]
    table = results.emission

    def places(column: str, names: Sequence[str]) -> np.ndarray:
        found = pc.index_in(table[column], value_set=pa.array(names, pa.string()))
        return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False))

    table = table.take(np.flatnonzero((places("race", list(days)) >= 0) & (places("lane", lanes) >= 0)))
    race, lane, strategy = places("race", list(days)), places("lane", lanes), places("strategy", strategies)
    worlds, world = np.unique(np.stack([race, table["world"].to_numpy()], axis=1), axis=0, return_inverse=True)
    shape = (len(lanes), len(worlds), len(strategies))
    flat = np.ravel_multi_index((lane, world.ravel(), strategy), shape) if len(lane) else np.empty(0, dtype=int)

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


def _bar(place: int, kind: Kind, lanes: tuple[DrawnLane, ...], incomes: Incomes) -> Trace:
    """One strategy: its share of the miners, then paid and credited of every policy."""
    share = incomes.mean(incomes.miners, lanes[0].row, [place])
    bars = [(share, -1.0, PAID[1], True, f"{percent(share)} of the miners")]
    for i, lane in enumerate(lanes):
        paid, credited, usd = (
            incomes.mean(values, lane.row, [place]) for values in (incomes.paid, incomes.credited, incomes.usd)
        )
        miners = incomes.mean(incomes.miners, lane.row, [place])
        hover = (
            f"{lane.title}<br>{percent(miners)} of the miners<br>paid {percent(paid)} of the emission<br>"
            f"credited {percent(credited)} of the descent<br>"
            f"{number(usd.mean)} USD per day and miner, after costs"
        )
        bars += [(paid, i + PAID[0], PAID[1], True, hover), (credited, i + CREDITED[0], CREDITED[1], False, hover)]
    means, centres, widths, high, texts = zip(*bars, strict=True)
    x = 100 * np.array([e.mean for e in means])
    return {
        "type": "bar",
        "orientation": "h",
        "name": kind.label,
        "y": list(centres),
        "x": x,
        "width": list(widths),
        "text": [f"{v:.0f}" if is_high and v >= WRITTEN else "" for v, is_high in zip(x, high, strict=True)],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"size": 11},
        "constraintext": "none",
        "hovertext": list(texts),
        "hovertemplate": "%{hovertext}<extra>%{fullData.name}</extra>",
        "marker": {"color": kind.colour, "line": {"color": PAPER, "width": 0.8}},
    }
