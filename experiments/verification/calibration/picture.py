"""The picture: where the simulated noise looks like the logs, and where it does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.files import write
from experiments.verification.calibration.logs import Evaluations, read_history, read_later, read_steps
from experiments.verification.calibration.pairs import LEAST_STEPS, Kind, Pair, pairs
from experiments.verification.calibration.questions import against_level, difference, known_pairs
from experiments.verification.calibration.simulated import field, simulate
from experiments.verification.calibration.statistics import bootstrap, mean, spread
from sim.validators.noise import NOVEMBER_2023, NoiseLevel

Trace = dict[str, Any]
MILLI = 1e3
"""Gaps and sds are shown in thousandths of a nat."""
COLOURS, SYMBOLS = ("#0072b2", "#d55e00", "#009e73"), ("circle", "square", "diamond")
BLACK, GREY, BAND = "#222222", "#8c8c8c", "rgba(140, 140, 140, 0.3)"
TAILS = np.concatenate([[0.0005, 0.002, 0.005, 0.01], np.linspace(0.02, 0.98, 17), [0.99, 0.995, 0.998, 0.9995]])
TENTHS = 10
LOGARITHMIC = {"type": "log", "tickvals": [0.2, 0.5, 1, 2, 5, 10, 20, 50]}
WIDTH, HEIGHT = 1160, 940


def draw(folder: Path, path: Path) -> None:
    """Write the picture of a folder's logs, as SVG or PNG by the ending of the path; needs kaleido and a browser."""
    write(path, picture(folder).to_image(format=path.suffix[1:], width=WIDTH, height=HEIGHT))


def picture(folder: Path, level: NoiseLevel = NOVEMBER_2023) -> Any:
    """The plotly figure of a folder's logs, in four panels."""
    from plotly.subplots import make_subplots  # noqa: PLC0415 - slow to import

    logged = read_steps(folder)
    worlds = simulate(field(logged), level)
    drawn = (
        levels(logged, worlds),
        spreads((logged, read_history(folder), read_later(folder)), worlds, level),
        tails(logged, worlds),
        slopes(logged, worlds),
    )
    titles = [f"{letter}. {panel.title}" for letter, panel in zip("ABCD", drawn, strict=True)]
    figure = make_subplots(rows=2, cols=2, subplot_titles=titles, vertical_spacing=0.13, horizontal_spacing=0.09)
    for number, panel in enumerate(drawn):
        place = {"row": number // 2 + 1, "col": number % 2 + 1}
        figure.add_traces(
            panel.traces, rows=[place["row"]] * len(panel.traces), cols=[place["col"]] * len(panel.traces)
        )
        figure.update_xaxes(gridcolor="#e8e8e8", zeroline=False, **panel.x, **place)
        figure.update_yaxes(gridcolor="#e8e8e8", zeroline=False, **panel.y, **place)
    figure.update_layout(
        template="plotly_white",
        margin={"t": 50, "r": 20, "b": 20, "l": 70},
        legend={"orientation": "h", "y": -0.09, "x": 0.5, "xanchor": "center"},
    )
    return figure


@dataclass(frozen=True)
class Panel:
    """One of the four panels: plotly's traces and the settings of its axes."""

    title: str
    traces: list[Trace]
    x: Trace
    y: Trace


def levels(logged: Evaluations, worlds: list[Evaluations]) -> Panel:
    """Histogram of the mean loss of the first model, in the logs and in all worlds."""
    edges = np.arange(3.50, 4.36, 0.04)
    middle = (edges[1:] + edges[:-1]) / 2
    seen, made = (
        100 * np.histogram(values, edges)[0] / len(values)
        for values in (logged.loss[:, 0], np.concatenate([world.loss[:, 0] for world in worlds]))
    )
    bars = {"type": "bar", "x": middle, "y": seen, "width": 0.036, "marker": {"color": "#b8c4d6"}}
    curve = _line(middle, made, "simulated", BLACK) | {"showlegend": True}
    return Panel(
        f"Mean loss of uid {logged.models[0]} in a step",
        [bars | {"name": f"uid {logged.models[0]}, {len(logged.loss):,} steps"}, curve],
        {"title": "mean loss of a step (nats per token)"},
        {"title": "steps (%)", "rangemode": "tozero"},
    )


def spreads(logs: Sequence[Evaluations], worlds: list[Evaluations], level: NoiseLevel) -> Panel:
    """Paired sd against gap of every pair in the logs, and the simulator's two sds with their ranges over worlds."""
    reach = np.array([1.0, 60.0])
    traces = []
    logged, *shorter = logs
    sizes: tuple[tuple[float, Kind, str], ...]
    sizes = ((level.stranger, "unrelated", "strangers"), (level.kin, "near", "near relatives"))
    for height, kind, name in sizes:
        alike = [difference(pair) for pair in known_pairs(logged) if pair.kind == kind]
        ends = np.quantile([MILLI * spread(columns(world)) for world in worlds for columns in alike], [0.025, 0.975])
        traces += _band(reach, np.repeat(ends[:, None], 2, axis=1), "simulated, 95 % of worlds", shown=False)
        said = {"text": [f"simulated: {name}<br> ", ""], "textposition": "top right", "textfont": {"size": 11}}
        traces.append(_line(reach, [MILLI * height] * 2, name, BLACK) | said | {"mode": "lines+text"})
    for place, pair in enumerate(known_pairs(logged)):
        traces.append(_spread(logged, [pair]) | {"name": _name(logged, pair), "marker": _marker(place)})
    for other, symbol in zip(shorter, ("triangle-up-open", "circle-open"), strict=True):
        found = [pair for pair in pairs(other.loss) if pair.kind != "copy"]
        name = f"{len(found)} pair{'s' * (len(found) > 1)} of {len(other.loss)} steps"
        traces.append(_spread(other, found) | {"name": name, "marker": {"color": GREY, "symbol": symbol, "size": 8}})
    return Panel(
        "Paired sd against gap, all pairs",
        traces,
        {"title": "gap of the mean losses (0.001 nats)"} | LOGARITHMIC,
        {"title": "sd of the difference in a step (0.001 nats)"} | LOGARITHMIC,
    )


def tails(logged: Evaluations, worlds: list[Evaluations]) -> Panel:
    """Quantiles of the paired differences, standardised, against those of a normal; the band is 95 % of worlds."""
    from scipy.special import ndtri  # noqa: PLC0415 - a slow import that most commands do without

    normal, found = ndtri(TAILS), known_pairs(logged)
    made = [_quantiles(difference(pair)(world)) for world in worlds for pair in found]
    traces = _band(normal, np.quantile(made, [0.025, 0.975], axis=0), "simulated, 95 % of worlds")
    for place, pair in enumerate(found):
        quantiles = _quantiles(difference(pair)(logged))
        traces.append(_points(normal, quantiles, place) | {"name": _name(logged, pair), "showlegend": False})
    return Panel(
        "Tails of the paired difference",
        traces,
        {"title": "quantile of a normal (sd)"},
        {"title": "quantile of the difference (sd)"},
    )


def slopes(logged: Evaluations, worlds: list[Evaluations]) -> Panel:
    """Paired differences in tenths of the steps from easy to hard, less their mean."""
    found = known_pairs(logged)
    number = np.arange(1, TENTHS + 1)
    made = [[mean(values) for values in _tenths(against_level(pair)(world))] for world in worlds for pair in found]
    traces = _band(number, np.quantile(made, [0.025, 0.975], axis=0), "simulated, 95 % of worlds", shown=False)
    for place, pair in enumerate(found):
        tenths = _tenths(against_level(pair)(logged))
        middle = np.array([mean(values) for values in tenths])
        lo, hi = np.transpose([bootstrap(mean, values) for values in tenths])
        bars = {"error_y": {"array": hi - middle, "arrayminus": middle - lo, "thickness": 1, "width": 2}}
        traces.append(_points(number, middle, place) | bars | {"name": _name(logged, pair), "showlegend": False})
    return Panel(
        "Difference in easy and hard steps",
        traces,
        {"title": "tenth of the steps by mean loss (1 easiest, 10 hardest)", "dtick": 1},
        {"title": "difference less its mean (sd)"},
    )


def _spread(seen: Evaluations, chosen: list[Pair]) -> Trace:
    points: Trace = {"x": [MILLI * pair.gap for pair in chosen], "y": [MILLI * pair.sd for pair in chosen]}
    if len(seen.loss) >= LEAST_STEPS:  # the interval of fewer says nothing
        ends = np.array([bootstrap(spread, difference(pair)(seen)) for pair in chosen]) * MILLI
        points["error_y"] = {"array": ends[:, 1] - points["y"], "arrayminus": points["y"] - ends[:, 0], "thickness": 1}
    return points | {"type": "scatter", "mode": "markers"}


def _quantiles(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.quantile((values - values.mean()) / values.std(), TAILS))


def _tenths(sample: np.ndarray) -> list[np.ndarray]:
    """The first column, standardised, in tenths of the second."""
    apart = (sample[:, :1] - sample[:, :1].mean()) / sample[:, :1].std()
    return [apart[chosen] for chosen in np.array_split(np.argsort(sample[:, 1]), TENTHS)]


def _marker(place: int) -> Trace:
    return {"color": COLOURS[place], "symbol": SYMBOLS[place], "size": 8}


def _points(x: np.ndarray, y: np.ndarray, place: int) -> Trace:
    line = {"color": COLOURS[place], "width": 1}
    return {"type": "scatter", "mode": "lines+markers", "x": x, "y": y, "line": line, "marker": _marker(place)}


def _line(x: Any, y: Any, name: str, colour: str) -> Trace:
    line = {"color": colour, "width": 2, "dash": "dash"}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": line, "showlegend": False}


def _band(x: np.ndarray, ends: np.ndarray, name: str, shown: bool = True) -> list[Trace]:
    around = {
        "x": [*x, *x[::-1]],
        "y": [*ends[1], *ends[0][::-1]],
        "fill": "toself",
        "fillcolor": BAND,
        "line": {"width": 0},
    }
    return [{"type": "scatter", "mode": "lines", "name": name, "showlegend": shown, **around}]


def _name(seen: Evaluations, pair: Pair) -> str:
    return f"uid {seen.models[pair.better]} and {seen.models[pair.worse]}, {len(seen.loss):,} steps"
