"""The history of a search: what each trial was worth, and the best so far."""

import numpy as np

from experiments.report.figure import INK, Figure, Panel, Trace, axis, height, layout
from experiments.report.study.material import Material
from experiments.report.study.numbers import numbers
from experiments.report.study.shots import Shot
from experiments.report.text import label

FAR = 3.0
"""A close-up is offered where the worst is so many times farther below the best than the middle is."""
KINDS = {
    (True, True): ("", 8, 0.85),
    (False, True): ("-open", 8, 0.85),
    (True, False): ("x-thin-open", 6, 0.55),
    (False, False): ("x-thin-open", 6, 0.55),
}
"""Symbol, size and opacity by whether a trial kept all limits, and whether it was measured to the end."""


def figure(material: Material) -> Figure:
    """The figure, one panel per objective; with a close-up of the first where trials lie far below the others."""
    panels = [_panel(material, i, measure.short) for i, measure in enumerate(material.measures)]
    floor = _floor(np.array([shot.gains[0] for shot in material.shots if shot.whole]))
    if floor is not None:
        name = material.objective.short
        panels[:1] = [_panel(material, 0, f"{name}, close-up", floor), _panel(material, 0, f"{name}, everything")]
    return Figure(
        "history",
        "The search",
        (
            "A mark is a trial, at its gain over the baseline in the search worlds; the colour is its family. Filled "
            "marks kept all limits, hollow ones broke one. Faint crosses were stopped early because they were losing "
            "against the best: they stand as far below the best of all as they were in the worlds that both lived in. "
            "The line is the best so far of those that kept all limits and were measured to the end. The best of many "
            "noisy trials looks better than it is: what held up is above."
        ),
        panels if material.shots else [],
    )


def _floor(gains: np.ndarray) -> float | None:
    """Where a close-up ends; None where everything can be seen anyway."""
    if len(gains) < 2:
        return None
    best, middle, worst = gains.max(), float(np.median(gains)), gains.min()
    reach = FAR * max(best - middle, 0.0)
    return best - reach if reach > 0 and best - worst > 2 * reach else None


def _panel(material: Material, objective: int, name: str, floor: float | None = None) -> Panel:
    scale = material.measures[objective].scale
    traces = [_marks(material, objective, family, kind) for family in material.families for kind in KINDS]
    traces = [trace for trace in traces if len(trace["x"]) or trace["showlegend"]]
    traces += [*_best(material, objective), *_failed(material)]
    note = ""
    limits = {}
    if floor is not None:
        out = sum(shot.gains[objective] < floor for shot in material.shots)
        note = f"{out} trials lie below this picture; “everything” has them."
        top = max(scale * shot.gains[objective] for shot in material.shots)
        limits = {"range": [scale * floor, top + 0.06 * (top - scale * floor)]}
    picture = layout(axis("trial"), axis(material.measures[objective].axis, **limits), shapes=[_zero()])
    return Panel(name, traces, picture, height(len(material.families) + 2, 480), note)


def _marks(material: Material, objective: int, family: str, kind: tuple[bool, bool]) -> Trace:
    symbol, size, opacity = KINDS[kind]
    shots = [shot for shot in material.shots if shot.family == family and (shot.kept, shot.whole) == kind]
    measure = material.measures[objective]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label(family),
        "legendgroup": family,
        "showlegend": kind == (True, True),
        "x": [shot.trial.number for shot in shots],
        "y": [measure.scale * float(shot.gains[objective]) for shot in shots],
        "text": [says(material, shot) for shot in shots],
        "hovertemplate": "%{text}<extra></extra>",
        "opacity": opacity,
        "marker": {
            "size": size,
            "color": material.colour(family),
            "symbol": symbol if symbol.startswith("x") else f"circle{symbol}",
            "line": {"width": 1.2, "color": "white" if kind == (True, True) else material.colour(family)},
        },
    }


def says(material: Material, shot: Shot) -> str:
    """What is read at a trial, as plotly's HTML."""
    gains = [
        f"{measure.short} {measure.scale * gain:+.3g} {measure.apart}"
        for measure, gain in zip(material.measures, shot.gains.tolist(), strict=True)
    ]
    given = [f"{each.name} = {each.value:.4g}" for each in numbers(material.spec.space, shot.trial.params)]
    broken = [f"breaks {name}" for name, missed in shot.trial.constraints.items() if missed > 0]
    early = [] if shot.whole else ["stopped early"]
    head = f"{shot.family}, trial {shot.trial.number}"
    return "<br>".join(
        label(line, 120) for line in [head, *(gains if shot.whole else gains[:1]), *given, *broken, *early]
    )


def _best(material: Material, objective: int) -> list[Trace]:
    shots = [shot for shot in material.shots if shot.kept and shot.whole]
    if not shots:
        return []
    so_far = material.measures[objective].scale * np.maximum.accumulate([shot.gains[objective] for shot in shots])
    last = max(trial.number for trial in material.trials)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "best so far",
            "x": [*(shot.trial.number for shot in shots), last],
            "y": [*so_far.tolist(), float(so_far[-1])],
            "line": {"color": INK, "width": 1.6, "shape": "hv"},
            "hoverinfo": "skip",
        }
    ]


def _failed(material: Material) -> list[Trace]:
    """Trials without a value, along the lower edge."""
    if not material.failures:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "failed",
            "x": [number for number, _ in material.failures],
            "y": [0.0] * len(material.failures),
            "text": [label(error, 120) for _, error in material.failures],
            "hovertemplate": "trial %{x} failed: %{text}<extra></extra>",
            "marker": {"size": 11, "color": INK, "symbol": "y-down-open", "line": {"width": 1.5}},
        }
    ]


def _zero() -> Trace:
    line = {"color": INK, "width": 1.2, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "layer": "below", "line": line}
