"""Differences to the baseline: over all worlds, case by case, against what they cost, and of single deviants."""

from itertools import cycle

import numpy as np

from experiments.report.drawn_lanes import DrawnLane, DrawnLanes, Part
from experiments.report.figure import (
    PAPER,
    Figure,
    Panel,
    Trace,
    axis,
    dots,
    ends_of,
    error_bars,
    height,
    layout,
    markers,
    rows_axis,
    zero_line,
)
from experiments.report.results import Results
from experiments.report.text import format_estimate, label, percent, verdict
from experiments.results.compare import policy_name
from experiments.results.estimate import Estimate, estimate

AXIS = "A less that of the baseline (≈ % of the loss)"
SPREAD = 30.0
"""From this ratio of the largest to the median difference on, a stretched picture is offered too."""
COSTS = (
    ("misallocation", "misallocation", "paid to others than those who made the loss fall (% of the emission)", 100.0),
    ("dishonest_share", "dishonest share", "paid to dishonest strategies (% of the emission)", 100.0),
    ("gpu_hours", "GPU hours", "machine time of all miners (million GPU hours)", 1e-6),
)
"""Metric, its name, its axis, and what it is multiplied by."""
FILLINGS = {"": "filled", "-open": "hollow", "-dot": "filled with a dot", "-open-dot": "hollow with a dot"}
"""How symbols tell populations apart."""


def forest(results: Results, drawn: DrawnLanes, parts: list[Part]) -> Figure:
    """One dot with its interval per lane: all contests together, stretched too if need be, and each contest alone."""
    several = len(results.contests) > 1
    if results.world is None:
        whole = [("all races" if several else results.contests[0].name, drawn)]
        alone = [(race.name, drawn.rank(results.select_contest(race.name))) for race in results.contests]
    else:
        crowds = [(name, drawn.rank(results.select_population(name))) for name in results.crowds]
        whole = [(f"all cases | {name}" if several else name, lanes) for name, lanes in crowds]
        alone = [(part.name, part.drawn) for part in parts]
    panels = []
    for name, lanes in whole:
        panels.append(_forest_panel(name, lanes))
        sizes = np.array([abs(e.mean) for e in _gains(lanes.lanes) if e.n and e.mean])
        if len(sizes) >= 3 and sizes.max() >= SPREAD * np.quantile(sizes, 0.25):
            unit = float(10.0 ** np.floor(np.log10(max(sizes.min(), sizes.max() * 1e-5))))
            panels.append(_forest_panel(f"{name}, stretched", lanes, unit))
    panels += [_forest_panel(name, lanes) for name, lanes in alone] if several else []
    return Figure("forest", panels, {"base": policy_name(results.baseline), "world": results.world is not None})


def cases(results: Results, drawn: DrawnLanes) -> Figure:
    """What each policy is worth in each case, one panel per population; empty where there is one case."""
    panels = []
    for name in results.crowds if len(results.contests) > 1 else []:
        here = results.select_population(name)
        order, series = drawn.rank(here).lanes, []
        for case in results.contests:
            alone = here.select_contest(case.name)
            gains = [alone.lanes[lane.row].differences["descent_area"] for lane in order]
            series.append((case.name, gains, [_hover(lane, e) for lane, e in zip(order, gains, strict=True)]))
        panels.append(dots(name, [lane.label for lane in order], series, AXIS, 100.0))
    return Figure("cases", panels)


def deviations(results: Results, drawn: DrawnLanes) -> Figure:
    """Whether a single miner gains by leaving the crowd's strategy; empty where no miner deviates."""
    series = []
    for name in results.deviations:
        here = results.select_population(name)
        gaps = [here.lanes[lane.row].metrics["ic_gap"] for lane in drawn.lanes]
        hover = [
            f"{lane.title}<br>{format_estimate(e, 'equal shares')}, n = {e.n}"
            for lane, e in zip(drawn.lanes, gaps, strict=True)
        ]
        series.append((name, gaps, hover))
    panel = dots("all", [lane.label for lane in drawn.lanes], series, "IC gap (equal shares of emission)", 1.0)
    return Figure("deviations", [panel] if series else [])


def tradeoff(results: Results, drawn: DrawnLanes) -> Figure:
    """How fast the loss falls against what that costs, one panel per cost; none where all lanes cost the same."""
    area = results.values["descent_area"]
    base = area[results.lanes.index(results.baseline)]
    gains = {
        lane.lane: estimate(own - base, results.race, results.world)
        for lane, own in zip(results.lanes, area, strict=True)
    }
    fillings = dict(zip(results.crowds, cycle(FILLINGS), strict=False))
    panels = []
    for metric, name, title, scale in COSTS:
        lanes = [lane for lane in results.lanes if lane.population in results.crowds]
        if len({lane.metrics[metric].mean for lane in lanes if lane.metrics[metric].n}) < 2:
            continue
        traces = []
        for population, filling in fillings.items():
            here = results.select_population(population)
            for lane in drawn.lanes:
                result = here.lanes[lane.row]
                x, y = result.metrics[metric], gains[result.lane]
                defined = bool(x.n and y.n)
                cost = percent(x) if scale == 100 else format_estimate(x, "million", scale)
                trace = markers(
                    lane.label,
                    [scale * x.mean] if defined else [],
                    [100 * y.mean] if defined else [],
                    [f"{label(result.lane, 80)}<br>A {percent(y, sign=True)}<br>{metric.replace('_', ' ')} {cost}"],
                    {
                        "size": 11,
                        "color": lane.colour,
                        "symbol": f"{lane.symbol}{filling}",
                        "line": {"width": 1.5, "color": PAPER},
                    },
                    legendgroup=lane.label,
                    showlegend=population == results.crowds[0],
                    error_x=_cost_bar(x, scale, lane.colour, share=scale == 100),
                    error_y=_cost_bar(y, 100.0, lane.colour),
                )
                traces.append(trace)
        named = [f"{FILLINGS[filling]} {population}" for population, filling in fillings.items()]
        about = {"populations": named} if len(named) > 1 else {}
        panels.append(Panel(name, traces, layout(axis(title), axis(AXIS)), height(len(drawn.lanes), 520), about))
    return Figure("tradeoff", panels, {"baseline": results.manifest["baseline"]})


def _cost_bar(e: Estimate, scale: float, colour: str, share: bool = False) -> Trace:
    """An interval; that of a share is cut at 0 and 1, where no value can be."""
    ends = scale * np.clip([e.lo, e.mean, e.hi], *((0.0, 1.0) if share else (-np.inf, np.inf)))
    low, mean, high = np.nan_to_num(ends - ends[1])
    return error_bars(np.array([mean]), np.array([low]), np.array([high]), color=f"{colour}77", thickness=1.2, width=0)


def _gains(lanes: tuple[DrawnLane, ...]) -> list[Estimate]:
    return [lane.result.differences["descent_area"] for lane in lanes]


def _hover(lane: DrawnLane, e: Estimate) -> str:
    return f"{lane.title}<br>{percent(e, sign=True)}, n = {e.n}"


def _forest_panel(name: str, drawn: DrawnLanes, unit: float | None = None) -> Panel:
    """One picture; filled dots are told apart from the baseline, hollow ones are not.

    Args:
        name: of the panel.
        drawn: its lanes.
        unit: where a stretched axis stops being linear, a power of ten; None for the true scale.
    """
    lanes = tuple(sorted(drawn.lanes, key=lambda lane: -np.nan_to_num(_gains((lane,))[0].mean, nan=-np.inf)))
    gains = _gains(lanes)

    def place(values: np.ndarray) -> np.ndarray:
        # asinh has no jump where linear turns into logarithmic
        return 100 * values if unit is None else np.arcsinh(values / unit)

    ticks: Trace = {}
    if unit is not None:
        ends = np.concatenate(ends_of([e for e in gains if e.n]))
        sides = [(-1, -np.nanmin(ends)), (1, np.nanmax(ends))]
        marks = [0.0] + [side * unit * 10.0**k for side, end in sides for k in range(8) if unit * 10.0**k <= 3 * end]
        texts = [f"{100 * mark:+.6g}".replace("-", "−") if mark else "0" for mark in marks]
        ticks = {"tickvals": place(np.array(marks)), "ticktext": texts}
    traces = []
    for firm in (True, False):
        chosen = [i for i, e in enumerate(gains) if e.n and (verdict(e) in ("above", "below")) == firm]
        mean, lo, hi = (place(values) for values in ends_of([gains[i] for i in chosen]))
        colours = [lanes[i].colour for i in chosen]
        trace = markers(
            "",
            mean,
            chosen,
            [_hover(lanes[i], gains[i]) for i in chosen],
            {
                "size": 10,
                "color": colours if firm else PAPER,
                "symbol": [lanes[i].symbol for i in chosen],
                "line": {"color": colours, "width": 2},
            },
            error_x=error_bars(mean, lo, hi, color="#777777", thickness=1.5, width=4),
        )
        traces.append(trace)
    picture = layout(
        axis(AXIS, **ticks),
        rows_axis([lane.label for lane in lanes]),
        showlegend=False,
        shapes=[zero_line()],
    )
    no_interval = any(e.n for e in gains) and not any(np.isfinite(e.lo) for e in gains)
    about = {"unit": unit, "no_interval": no_interval} if unit is not None or no_interval else {}
    return Panel(name, traces, picture, 100 + 24 * max(len(lanes), 4), about)
