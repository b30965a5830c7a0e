"""Difference to the baseline: one dot with its interval per lane."""

import numpy as np

from experiments.estimate import Estimate
from experiments.report.figure import INK, Figure, Panel, Trace, axis, layout
from experiments.report.looks import Lanes, Look
from experiments.report.results import Results
from experiments.report.text import percent, safe
from experiments.report.verdict import verdict

TITLE = "Difference to the baseline"
SPREAD = 30.0
"""From this ratio of the largest to the median difference on, a stretched picture is offered too."""


def figure(results: Results, lanes: Lanes) -> Figure:
    """The figure of races: all in true scale, stretched if need be, and each race alone."""
    found = panels("all races" if len(results.races) > 1 else results.races[0].name, lanes)
    if len(results.races) > 1:
        found += [panel(race.name, lanes.among(results.alone(race.name))) for race in results.races]
    return Figure("forest", TITLE, f"{reading(f'than under {safe(results.baseline.lane)}')} {lanes.left_out}", found)


def reading(than: str) -> str:
    """How to read the figure; `than` says what is compared with."""
    return (
        "A dot is a lane's descent area A less that of the baseline: right of the line its king had a lower loss "
        f"{than}, averaged over the contest, left of it a higher one. The bar is the 95 % "
        "interval of the paired difference; hollow dots: the interval contains 0, so the lane is not told apart "
        "from the baseline."
    )


def panels(name: str, lanes: Lanes) -> list[Panel]:
    """The lanes in true scale, and stretched where that shows more."""
    unit = _stretch([look.result.differences["descent_area"] for look in lanes.looks])
    return [panel(name, lanes), *([panel(f"{name}, stretched", lanes, unit)] if unit is not None else [])]


def panel(name: str, lanes: Lanes, unit: float | None = None) -> Panel:
    """One picture; with a unit, the axis is stretched around it."""
    key = [look.result.differences["descent_area"].mean for look in lanes.looks]
    rows = sorted(range(len(key)), key=lambda i: -np.nan_to_num(key[i], nan=-np.inf))
    looks = [lanes.looks[i] for i in rows]
    chosen = [look.result.differences["descent_area"] for look in looks]
    picture = layout(
        axis("A less that of the baseline (≈ % of the loss)", **_ticks(unit, chosen)),
        axis(
            "",
            tickvals=list(range(len(rows))),
            ticktext=[look.label for look in looks],
            range=[len(rows) - 0.4, -0.6],
            gridcolor="#f4f4f4",
        ),
        showlegend=False,
        shapes=[
            {
                "type": "line",
                "x0": 0,
                "x1": 0,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "layer": "below",
                "line": {"color": INK, "width": 1.5},
            }
        ],
    )
    note = []
    if unit is not None:
        note.append(
            f"Stretched: the axis is linear up to ±{100 * unit:.6g} % and logarithmic beyond, "
            "so that small differences can be seen; they look larger than they are."
        )
    if any(e.n for e in chosen) and not any(np.isfinite(e.lo) for e in chosen):
        note.append("A single world gives no interval: these differences may be noise.")
    dots = [_dots(looks, chosen, unit, firm) for firm in (True, False)]
    return Panel(name, dots, picture, 100 + 24 * max(len(rows), 4), " ".join(note))


def _dots(looks: list[Look], differences: list[Estimate], unit: float | None, firm: bool) -> Trace:
    """Filled dots for lanes that are told apart from the baseline, hollow ones for the others."""
    chosen = [i for i, e in enumerate(differences) if e.n and (verdict(e) in ("above", "below")) == firm]
    mean, lo, hi = (
        _scaled(np.array([getattr(differences[i], part) for i in chosen]), unit) for part in ("mean", "lo", "hi")
    )
    colours = [looks[i].colour for i in chosen]
    hover = [f"{looks[i].title}<br>{percent(differences[i], sign=True)}, n = {differences[i].n}" for i in chosen]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": mean,
        "y": chosen,
        "text": hover,
        "hovertemplate": "%{text}<extra></extra>",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(hi - mean),
            "arrayminus": np.nan_to_num(mean - lo),
            "color": "#777777",
            "thickness": 1.5,
            "width": 4,
        },
        "marker": {
            "size": 10,
            "color": colours if firm else "white",
            "symbol": [looks[i].symbol for i in chosen],
            "line": {"color": colours, "width": 2},
        },
    }


def _stretch(differences: list[Estimate]) -> float | None:
    """Where the stretched axis stops being linear, a power of ten; None if the true scale shows everything."""
    sizes = np.array([abs(e.mean) for e in differences if e.n and e.mean])
    if len(sizes) < 3 or sizes.max() < SPREAD * np.quantile(sizes, 0.25):
        return None
    return float(10.0 ** np.floor(np.log10(max(sizes.min(), sizes.max() * 1e-5))))


def _scaled(values: np.ndarray, unit: float | None) -> np.ndarray:
    """In percent, or in the units of the stretched axis: asinh has no jump where linear turns into logarithmic."""
    return 100 * values if unit is None else np.arcsinh(values / unit)


def _ticks(unit: float | None, differences: list[Estimate]) -> Trace:
    if unit is None:
        return {}
    ends = np.array([v for e in differences if e.n for v in (e.mean, e.lo, e.hi) if np.isfinite(v)])
    sides = [(-1, -ends.min()), (1, ends.max())]
    values = [0.0] + [side * unit * 10.0**k for side, end in sides for k in range(8) if unit * 10.0**k <= 3 * end]
    return {
        "tickvals": _scaled(np.array(values), unit),
        "ticktext": [f"{100 * v:+.6g}".replace("-", "−") if v else "0" for v in values],
    }
