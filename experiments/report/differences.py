"""Differences to the baseline: over all worlds, case by case, against what they cost, and of single deviants."""

from itertools import cycle

import numpy as np

from experiments.report.figure import (
    FAINT_GRID,
    PAPER,
    Figure,
    Panel,
    Series,
    Trace,
    axis,
    dots,
    error_bars,
    height,
    layout,
    markers,
    rows_axis,
    zero_line,
)
from experiments.report.looks import Lanes, Look
from experiments.report.results import Part, Results
from experiments.report.text import label, percent, plain, scaled, verdict
from experiments.results.compare import LaneResult, policy_name
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


def forest(results: Results, lanes: Lanes, parts: list[Part]) -> Figure:
    """One dot with its interval per lane: all races or cases in true scale, stretched if need be, and each alone."""
    several, panels = len(results.races) > 1, []
    base = policy_name(results.baseline)
    if results.world is None:
        than = f"than under {base}"
        panels += _panels("all races" if several else results.races[0].name, lanes)
        alone = [(race.name, lanes.rank(results.of_race(race.name))) for race in results.races]
    else:
        than = f"than under {base} in the same worlds and the same population"
        for name in results.crowds:
            panels += _panels(f"all cases | {name}" if several else name, lanes.rank(results.of_population(name)))
        alone = [(part.name, part.lanes) for part in parts]
    if several:
        panels += [_panel(name, looks) for name, looks in alone]
    return Figure("forest", panels, {"than": than})


def cases(results: Results, lanes: Lanes) -> Figure:
    """What each policy is worth in each case, one panel per population; empty where there is one case."""
    panels = []
    for name in results.crowds if len(results.races) > 1 else []:
        here = results.of_population(name)
        order, series = lanes.rank(here).looks, []
        for case in results.races:
            alone = here.of_race(case.name)
            gains = [alone.lanes[look.row].differences["descent_area"] for look in order]
            series.append(Series(case.name, gains, [_hover(look, e) for look, e in zip(order, gains, strict=True)]))
        panels.append(dots(name, [look.label for look in order], series, AXIS, 100.0))
    return Figure("cases", panels)


def deviations(results: Results, lanes: Lanes) -> Figure:
    """Whether a single miner gains by leaving the crowd's strategy; empty where no miner deviates."""
    looks, series = lanes.looks, []
    for name in results.deviations:
        here = results.of_population(name)
        gaps = [here.lanes[look.row].metrics["ic_gap"] for look in looks]
        hover = [f"{look.title}<br>{plain(e, 'equal shares')}, n = {e.n}" for look, e in zip(looks, gaps, strict=True)]
        series.append(Series(name, gaps, hover))
    panel = dots("all", [look.label for look in looks], series, "IC gap (equal shares of emission)", 1.0)
    return Figure("deviations", [panel] if series else [])


def tradeoff(results: Results, lanes: Lanes) -> Figure:
    """How fast the loss falls against what that costs, one panel per cost."""
    return Figure(
        "tradeoff",
        [_cost_panel(results, lanes, *each) for each in COSTS if _differs(results, each[0])],
        {"baseline": results.manifest["baseline"]},
    )


def _hover(look: Look, e: Estimate) -> str:
    return f"{look.title}<br>{percent(e, sign=True)}, n = {e.n}"


def _panels(name: str, lanes: Lanes) -> list[Panel]:
    """The lanes in true scale, and stretched where that shows more."""
    unit = _stretch([look.result.differences["descent_area"] for look in lanes.looks])
    return [_panel(name, lanes), *([_panel(f"{name}, stretched", lanes, unit)] if unit is not None else [])]


def _panel(name: str, lanes: Lanes, unit: float | None = None) -> Panel:
    """One picture; with a unit, the axis is stretched around it."""
    means = [look.result.differences["descent_area"].mean for look in lanes.looks]
    order = sorted(range(len(means)), key=lambda i: -np.nan_to_num(means[i], nan=-np.inf))
    looks = [lanes.looks[i] for i in order]
    differences = [look.result.differences["descent_area"] for look in looks]
    picture = layout(
        axis(AXIS, **_ticks(unit, differences)),
        rows_axis([look.label for look in looks], gridcolor=FAINT_GRID),
        showlegend=False,
        shapes=[zero_line()],
    )
    note = []
    if unit is not None:
        note.append(
            f"Stretched: the axis is linear up to ±{100 * unit:.6g} % and logarithmic beyond, "
            "so that small differences can be seen; they look larger than they are."
        )
    if any(e.n for e in differences) and not any(np.isfinite(e.lo) for e in differences):
        note.append("A single world gives no interval: these differences may be noise.")
    data = [_forest_dots(looks, differences, unit, firm) for firm in (True, False)]
    return Panel(name, data, picture, 100 + 24 * max(len(looks), 4), " ".join(note))


def _forest_dots(looks: list[Look], differences: list[Estimate], unit: float | None, firm: bool) -> Trace:
    """Filled dots for lanes that are told apart from the baseline, hollow ones for the others."""
    chosen = [i for i, e in enumerate(differences) if e.n and (verdict(e) in ("above", "below")) == firm]
    mean, lo, hi = (
        _stretched(np.array([getattr(differences[i], part) for i in chosen]), unit) for part in ("mean", "lo", "hi")
    )
    colours = [looks[i].colour for i in chosen]
    return markers(
        "",
        mean,
        chosen,
        [_hover(looks[i], differences[i]) for i in chosen],
        {
            "size": 10,
            "color": colours if firm else PAPER,
            "symbol": [looks[i].symbol for i in chosen],
            "line": {"color": colours, "width": 2},
        },
        error_x=error_bars(mean, lo, hi, color="#777777", thickness=1.5, width=4),
    )


def _stretch(differences: list[Estimate]) -> float | None:
    """Where the stretched axis stops being linear, a power of ten; None if the true scale shows everything."""
    sizes = np.array([abs(e.mean) for e in differences if e.n and e.mean])
    if len(sizes) < 3 or sizes.max() < SPREAD * np.quantile(sizes, 0.25):
        return None
    return float(10.0 ** np.floor(np.log10(max(sizes.min(), sizes.max() * 1e-5))))


def _stretched(values: np.ndarray, unit: float | None) -> np.ndarray:
    """In percent, or in the units of the stretched axis: asinh has no jump where linear turns into logarithmic."""
    return 100 * values if unit is None else np.arcsinh(values / unit)


def _ticks(unit: float | None, differences: list[Estimate]) -> Trace:
    if unit is None:
        return {}
    ends = np.array([v for e in differences if e.n for v in (e.mean, e.lo, e.hi) if np.isfinite(v)])
    sides = [(-1, -ends.min()), (1, ends.max())]
    values = [0.0] + [side * unit * 10.0**k for side, end in sides for k in range(8) if unit * 10.0**k <= 3 * end]
    return {
        "tickvals": _stretched(np.array(values), unit),
        "ticktext": [f"{100 * v:+.6g}".replace("-", "−") if v else "0" for v in values],
    }


def _differs(results: Results, metric: str) -> bool:
    """Where all lanes pay the same there is no trade-off."""
    lanes = [lane for lane in results.lanes if lane.population in results.crowds]
    return len({lane.metrics[metric].mean for lane in lanes if lane.metrics[metric].n}) > 1


def _cost_panel(results: Results, lanes: Lanes, metric: str, name: str, title: str, scale: float) -> Panel:
    traces, populations = [], []
    area = results.values["descent_area"]
    base = area[results.lanes.index(results.baseline)]
    gains = {
        lane.lane: estimate(a - base, results.race, results.world) for lane, a in zip(results.lanes, area, strict=True)
    }
    for i, (population, filling) in enumerate(zip(results.crowds, cycle(FILLINGS), strict=False)):
        here = results.of_population(population)
        for look in lanes.looks:
            lane = here.lanes[look.row]
            traces.append(_cost_dot(lane, gains[lane.lane], look, metric, scale, f"{look.symbol}{filling}", not i))
        populations.append(f"{FILLINGS[filling]} {population}")
    picture = layout(axis(title), axis(AXIS))
    note = f"Populations: {', '.join(populations)}." if len(populations) > 1 else ""
    return Panel(name, traces, picture, height(len(lanes.looks), 520), note)


def _cost_dot(lane: LaneResult, y: Estimate, look: Look, metric: str, scale: float, symbol: str, named: bool) -> Trace:
    x = lane.metrics[metric]
    defined = bool(x.n and y.n)
    cost = percent(x) if scale == 100 else plain(scaled(x, scale), "million")
    return markers(
        look.label,
        [scale * x.mean] if defined else [],
        [100 * y.mean] if defined else [],
        [f"{label(lane.lane, 80)}<br>A {percent(y, sign=True)}<br>{metric.replace('_', ' ')} {cost}"],
        {"size": 11, "color": look.colour, "symbol": symbol, "line": {"width": 1.5, "color": PAPER}},
        legendgroup=look.label,
        showlegend=named,
        error_x=_cost_bar(x, scale, look.colour, most=1.0 if scale == 100 else np.inf),
        error_y=_cost_bar(y, 100.0, look.colour),
    )


def _cost_bar(e: Estimate, scale: float, colour: str, most: float = np.inf) -> Trace:
    """An interval, cut where no value can be."""
    ends = scale * np.clip([e.lo, e.mean, e.hi], 0.0 if np.isfinite(most) else -np.inf, most)
    low, mean, high = np.nan_to_num(ends - ends[1])
    return error_bars(np.array([mean]), np.array([low]), np.array([high]), color=f"{colour}77", thickness=1.2, width=0)
